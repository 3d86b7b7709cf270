"""Going every way once, as people and applications do, and saying how it went."""

import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from time import monotonic
from typing import IO, Final

import httpx2

from examples.demo.agents import PROJECT, Agents
from examples.demo.person import Person
from examples.demo.place import APP, PASSWORD, USERNAME, Place
from examples.mobile.app import Keeper, Server

PROGRAM: Final = PROJECT / "examples" / "mobile" / "app.py"
PATIENCE_SECONDS: Final = 10.0
OWNER_ALONE: Final = 0o600
Way = Callable[[], str]


class Failed(Exception):
    """Something did not go as it should; the message says what."""


@dataclass(frozen=True)
class Checks:
    """The ways through a demonstration that runs."""

    place: Place
    agents: Agents
    has_page: bool

    def __call__(self) -> Iterator[tuple[str, str | None, str]]:
        """Yield each way: its name, what was found, and what went wrong (empty when nothing did)."""
        for name, way in self._ways().items():
            try:
                yield name, way(), ""
            except (Failed, httpx2.HTTPError, LookupError, ValueError, subprocess.SubprocessError) as error:
                yield name, None, f"{type(error).__name__}: {error}"

    def _ways(self) -> Mapping[str, Way]:
        ways: dict[str, Way] = {
            "nobody": self.refuse_nobody,
            "app": self.use_app,
            "reading": self.narrow_scope,
            "signing out": self.end_session,
            "browser": self.write_in_browser,
            "forgery": self.forge,
            "phone": self.write_in_app,
        }
        return ways | ({"page": self.show_page} if self.has_page else {})

    def refuse_nobody(self) -> str:
        """Ask the API without a token."""
        refused = httpx2.get(f"{self.place.api}/notes")
        expect(refused, 401)
        challenge = refused.headers["www-authenticate"]
        require("resource_metadata=" in challenge, f"the challenge is {challenge}")
        metadata = httpx2.get(f"{self.place.api}/.well-known/oauth-protected-resource").json()
        require(metadata["authorization_servers"] == [self.place.issuer], "the API names another server")
        return "the API refuses whoever has no token, and says where to get one"

    def use_app(self) -> str:
        """Sign in from the command line, with a browser, and keep a note."""
        with self._signing_in() as question, Person() as person:
            person.allow(question, username=USERNAME, password=PASSWORD)
            require("Back in the terminal" in person.page.text, f"the browser ended at {person.address}")
        self._run("add", "water the plants")
        notes = self._run("notes")
        require("water the plants" in notes, f"the notes are {notes}")
        mode = self._kept.stat().st_mode & 0o777
        require(mode == OWNER_ALONE, f"the file of the session has the mode {mode:o}")
        return "the app on the command line signs in through the browser, and keeps a note"

    def narrow_scope(self) -> str:
        """Show the API a token that reaches less far than what is asked."""
        token = self._access_token(scope="notes:read")
        headers = {"authorization": f"Bearer {token}"}
        expect(httpx2.get(f"{self.place.api}/notes", headers=headers), 200)
        refused = httpx2.post(f"{self.place.api}/notes", json={"text": "no"}, headers=headers)
        expect(refused, 403)
        return "a token that may only read cannot write"

    def end_session(self) -> str:
        """Sign out, and see when the API refuses the access token that is still in its five minutes."""
        headers = {"authorization": f"Bearer {self._access_token()}"}
        expect(httpx2.get(f"{self.place.api}/notes", headers=headers), 200)
        self._run("sign-out")
        begun, pause = monotonic(), Event()
        while httpx2.get(f"{self.place.api}/notes", headers=headers).status_code != httpx2.codes.UNAUTHORIZED:
            require(monotonic() - begun < PATIENCE_SECONDS, "the API still takes the token of the ended session")
            pause.wait(0.02)
        return f"the API refuses the token of an ended session after {monotonic() - begun:.2f} s"

    def write_in_browser(self) -> str:
        """Write into the guest book as its page does."""
        with self._browser() as browser:
            expect(browser.post(f"{self.place.mounted}/web/entries", json={"text": "from a browser"}), 201)
            entries = browser.get(f"{self.place.mounted}/web/entries").json()
            expect(browser.get(f"{self.place.mounted}/app/entries"), 401)
        require(entries[0]["author"] == USERNAME, f"the author is {entries[0]['author']}")
        return "the guest book knows a browser by its cookies, and on the routes of apps it does not"

    def forge(self) -> str:
        """Send what another site would make a browser send."""
        forged, address = {"text": "forged"}, f"{self.place.mounted}/web/entries"
        with self._browser() as browser:
            expect(browser.post(address, json=forged, headers={"sec-fetch-site": "cross-site"}), 403)
            del browser.headers["x-csrf-token"]
            expect(browser.post(address, json=forged), 403)
        return "the guest book refuses what another site makes a browser send"

    def write_in_app(self) -> str:
        """Write into the guest book as an app does."""
        credentials = {"username": USERNAME, "password": PASSWORD, "device_name": "phone"}
        signed_in = httpx2.post(f"{self.place.mounted}/auth/v1/auth/login_mobile", json=credentials)
        expect(signed_in, 200)
        headers = {"authorization": f"Bearer {signed_in.json()['access_token']}"}
        written = httpx2.post(f"{self.place.mounted}/app/entries", json={"text": "from a phone"}, headers=headers)
        expect(written, 201)
        expect(httpx2.get(f"{self.place.mounted}/web/entries", headers=headers), 401)
        return "the guest book knows an app by its token, and on the routes of browsers it does not"

    def show_page(self) -> str:
        """Open the page, at its start and where people come back to."""
        start, back = httpx2.get(self.place.page), httpx2.get(f"{self.place.page}/signed-in")
        expect(start, 200)
        expect(back, 200)
        require(start.text == back.text and "<script" in start.text, "that is not the page")
        require(self.place.api in start.headers["content-security-policy"], "the page may not ask the API")
        return "the page is served, at every path of its own"

    @property
    def _kept(self) -> Path:
        return self.agents.folder / "session.json"

    @contextmanager
    def _browser(self) -> Iterator[httpx2.Client]:
        """Give a browser that is signed in at the guest book."""
        server = f"{self.place.mounted}/auth/v1/auth"
        with httpx2.Client(headers={"sec-fetch-site": "same-origin"}) as browser:
            browser.headers["x-csrf-token"] = browser.get(f"{server}/csrf").json()["csrf_token"]
            expect(browser.post(f"{server}/login_web", json={"username": USERNAME, "password": PASSWORD}), 200)
            browser.headers["x-csrf-token"] = browser.cookies["dw_csrf"]
            yield browser

    def _access_token(self, **narrowed: str) -> str:
        """Return an access token of the app's session, whose refresh token is used up by that."""
        require(self._kept.exists(), "the app is not signed in")
        keeper = Keeper(self._kept)
        kept = keeper.read()
        fields = {"grant_type": "refresh_token", "refresh_token": kept.refresh_token, "client_id": APP}
        answer = Server.found(kept.issuer).token(**fields, **narrowed)
        expect(answer, 200)
        tokens: dict[str, str] = answer.json()
        keeper.write(kept.followed_by(tokens["refresh_token"]))
        return tokens["access_token"]

    def _words(self, *words: str) -> list[str]:
        return [sys.executable, str(PROGRAM), "--keep", str(self._kept), *words]

    def _run(self, *words: str) -> str:
        environment = self.agents.environment({})
        ran = subprocess.run(self._words(*words), env=environment, capture_output=True, text=True, check=False)
        require(ran.returncode == 0, f"`{words[0]}` says: {ran.stderr.strip()}")
        return ran.stdout

    @contextmanager
    def _signing_in(self) -> Iterator[str]:
        """Run the app's sign-in around somebody who follows the address that it says."""
        place = self.place
        words = self._words("sign-in", "--no-browser", "--issuer", place.issuer, "--api", place.api)
        process = subprocess.Popen(words, env=self.agents.environment({}), stdout=subprocess.PIPE, text=True)
        try:
            yield question_in(process.stdout)
            require(process.wait(PATIENCE_SECONDS) == 0, "`sign-in` ended badly")
        finally:
            process.kill()
            process.communicate()


def question_in(said: IO[str] | None) -> str:
    """Return the address that the app says, as soon as it does.

    Raises: Failed.
    """
    for line in said or ():
        if line.strip().startswith("http"):
            return line.strip()
    raise Failed("the app said no address")


def expect(answer: httpx2.Response, status: int) -> None:
    """Return when an answer has this status.

    Raises: Failed.
    """
    require(answer.status_code == status, f"{answer.request.url} answers {answer.status_code} instead of {status}")


def require(condition: object, otherwise: str) -> None:
    """Return when something is so.

    Raises: Failed.
    """
    if not condition:
        raise Failed(otherwise)
