"""The app on the command line, with somebody at the browser who is played over HTTP."""

import json
import stat
import webbrowser
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx2
import pytest

from examples.demo.person import Person
from examples.mobile.app import main
from tests.functional.examples.conftest import PASSWORD, Here

AtTheBrowser = Callable[[str], object]


@dataclass
class Terminal:
    """Where the app is used. `act` is what somebody does with the address that opens in the browser."""

    here: Here
    capsys: pytest.CaptureFixture[str]
    kept: Path
    act: AtTheBrowser = lambda _: None
    opened: list[Thread] = field(default_factory=list)

    def open(self, address: str) -> bool:
        """Be the browser of the system."""
        self.opened.append(Thread(target=self.act, args=(address,)))
        self.opened[-1].start()
        return True

    def type(self, *words: str) -> str:
        """Run a command, and return what it printed."""
        main(["--keep", str(self.kept), *words])
        return self.capsys.readouterr().out

    def sign_in(self, act: AtTheBrowser) -> str:
        """Sign in, with somebody at the browser."""
        self.act = act
        return self.type("sign-in", "--issuer", self.here.issuer, "--api", self.here.api)


@pytest.fixture
def terminal(
    here: Here, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Terminal]:
    terminal = Terminal(here, capsys, tmp_path / "home" / "session.json")
    monkeypatch.setattr(webbrowser, "open", terminal.open)
    yield terminal
    for thread in terminal.opened:
        thread.join()


def allowing(name: str) -> AtTheBrowser:
    def allow(address: str) -> None:
        with Person() as person:
            person.allow(address, username=name, password=PASSWORD)

    return allow


def test_whole_trip_from_signing_in_to_signing_out(terminal: Terminal, here: Here) -> None:
    signed_in = terminal.sign_in(allowing(here.person("hedy")))
    first = json.loads(terminal.kept.read_text())

    added, notes = terminal.type("add", "water the plants"), terminal.type("notes")
    last = json.loads(terminal.kept.read_text())
    signed_out = terminal.type("sign-out")

    assert signed_in.endswith("Signed in.\n")
    assert (added, notes, signed_out) == ("Noted.\n", "water the plants\n", "Signed out.\n")
    assert set(first) == {"issuer", "client_id", "api", "refresh_token"}
    assert first["refresh_token"] != last["refresh_token"]
    assert list(terminal.kept.parent.iterdir()) == []


def test_session_is_kept_for_its_owner_alone_and_signing_out_ends_it(terminal: Terminal, here: Here) -> None:
    terminal.sign_in(allowing(here.person("joan")))
    mode, stolen = stat.S_IMODE(terminal.kept.stat().st_mode), json.loads(terminal.kept.read_text())["refresh_token"]

    terminal.type("sign-out")

    fields = {"grant_type": "refresh_token", "refresh_token": stolen, "client_id": "notes-app"}
    refused = httpx2.post(f"{here.issuer}/oauth/token", data=fields)
    assert mode == 0o600
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")


def test_who_signed_in_again_in_the_browser_is_asked_again(terminal: Terminal, here: Here) -> None:
    name, asked = here.person("ruth"), list[str]()
    with Person() as person:
        terminal.sign_in(lambda address: person.allow(address, username=name, password=PASSWORD))

        def look(address: str) -> None:
            asked.extend(person.open(address).forms)
            person.send("consent-form", decision="allow")

        terminal.sign_in(look)

    assert "consent-form" in asked
    assert "sign-in-form" not in asked


def test_answer_that_is_not_ours_changes_nothing(terminal: Terminal, here: Here) -> None:
    name, seen = here.person("eve"), list[int]()
    forged: list[dict[str, str]] = [{"state": "another", "code": "x"}, {"state": "ß", "code": "x"}, {"code": "x"}, {}]

    def forge_first(address: str) -> None:
        callback = parse_qs(urlsplit(address).query)["redirect_uri"][0]
        seen.extend(httpx2.get(f"{callback}?{urlencode(told)}").status_code for told in forged)
        seen.append(httpx2.get(f"{callback}/elsewhere").status_code)
        allowing(name)(address)

    signed_in = terminal.sign_in(forge_first)

    assert seen == [404] * 5
    assert signed_in.endswith("Signed in.\n")


@pytest.mark.parametrize("issuer", ["https://evil.example", None], ids=["another", "none"])
def test_answer_of_another_server_is_not_believed(terminal: Terminal, issuer: str | None) -> None:
    def mix_up(address: str) -> None:
        asked = parse_qs(urlsplit(address).query)
        told = {"state": asked["state"][0], "code": "stolen"} | ({"iss": issuer} if issuer else {})
        httpx2.get(f"{asked['redirect_uri'][0]}?{urlencode(told)}")

    with pytest.raises(SystemExit, match="another server"):
        terminal.sign_in(mix_up)
    assert not terminal.kept.exists()


def test_refusal_of_the_person_is_told(terminal: Terminal, here: Here) -> None:
    name = here.person("adele")

    def refuse(address: str) -> None:
        with Person() as person:
            person.open(address).send("sign-in-form", username=name, password=PASSWORD)
            person.send("consent-form", decision="deny")

    with pytest.raises(SystemExit, match="access_denied"):
        terminal.sign_in(refuse)


def test_server_that_says_it_is_another_is_refused(terminal: Terminal, here: Here) -> None:
    other_name = here.issuer.replace("127.0.0.1", "localhost")

    with pytest.raises(SystemExit, match="says that it is"):
        terminal.type("sign-in", "--issuer", other_name)


def test_server_that_is_something_else_is_told_in_a_sentence(terminal: Terminal, here: Here) -> None:
    with pytest.raises(SystemExit, match="That did not work"):
        terminal.type("sign-in", "--issuer", here.api)


def test_access_that_its_owner_takes_back_is_gone_and_forgotten(terminal: Terminal, here: Here) -> None:
    name = here.person("annie")
    with Person() as person:
        terminal.sign_in(lambda address: person.allow(address, username=name, password=PASSWORD))
        person.open(f"{here.issuer}/account/applications")
        listed = person.forms[""].fields["client_id"]
        person.send("")

    with pytest.raises(SystemExit, match="The session has ended"):
        terminal.type("notes")
    assert listed == "notes-app"
    assert not terminal.kept.exists()


def test_nobody_who_is_not_signed_in_gets_anything(terminal: Terminal) -> None:
    for words in (["notes"], ["add", "x"], ["sign-out"]):
        with pytest.raises(SystemExit, match="You are not signed in"):
            terminal.type(*words)


def test_api_that_is_away_is_told_in_a_sentence(terminal: Terminal, here: Here) -> None:
    terminal.sign_in(allowing(here.person("betty")))
    kept = json.loads(terminal.kept.read_text())
    terminal.kept.write_text(json.dumps({**kept, "api": "http://127.0.0.1:9"}))

    with pytest.raises(SystemExit, match="That did not work"):
        terminal.type("notes")
