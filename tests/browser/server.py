"""A real server in a process of its own, on a free port and a folder that goes away with it."""

import json
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from pathlib import Path
from threading import Event
from typing import Final, Self

import httpx2

PASSWORD: Final = "correct horse battery staple"
OTHER_PASSWORD: Final = "purple monkey dishwasher lamp"
WRONG_PASSWORD: Final = "incorrect zebra voltage clip"
_TRIES: Final = 200
_PAUSE: Final = timedelta(milliseconds=50)


@dataclass(frozen=True)
class Mail:
    """A mail in the development mailbox."""

    id: str
    subject: str
    token: str
    code: str


def _spelled(name: str) -> Iterator[str]:
    yield name
    yield from (f"{name}{number}" for number in count(2))


@dataclass(frozen=True)
class Server:
    """A running server, and what its terminal and its mailbox tell."""

    base: str
    folder: Path
    setup_link: str
    process: subprocess.Popen[bytes]
    _named: set[str] = field(default_factory=set)

    @classmethod
    def start(cls, variables: Mapping[str, str]) -> Self:
        """Return a server that answers, with these settings in its environment."""
        folder = Path(tempfile.mkdtemp(prefix="doorward-browser-"))
        port = _free_port()
        settings = ["env", *(f"{name}={value}" for name, value in variables.items())]
        serve = [sys.executable, "-m", "doorward", "serve", "--port", str(port), "--data-dir", str(folder), "--json"]
        command = settings + serve
        with (folder / "out").open("wb") as out, (folder / "log").open("wb") as log:
            process = subprocess.Popen(command, stdout=out, stderr=log)
        base = f"http://localhost:{port}"
        _until(lambda: process.poll() is not None or _answers(f"{base}/readyz"))
        if not _answers(f"{base}/readyz"):
            process.kill()
            process.wait()
            said = "\n".join((folder / name).read_text() for name in ("out", "log"))
            shutil.rmtree(folder)
            raise RuntimeError(said)
        setup = json.loads((folder / "out").read_text())["setup"]
        return cls(base, folder, setup, process)

    def stop(self) -> None:
        """End the process, and remove its folder."""
        self.process.terminate()
        try:
            self.process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.folder)

    def mail(self, to: str, subject: str) -> Mail:
        """Return the newest mail to an address whose subject has these words, as soon as it is there."""
        found: list[Mail] = []

        def look() -> bool:
            mails = httpx2.get(f"{self.base}/dev/mail.json", params={"to": to}).json()
            found.extend(
                Mail(each["id"], each["subject"], each["token"] or "", each["code"] or "")
                for each in mails
                if subject in each["subject"]
            )
            return bool(found)

        if not _until(look):
            raise AssertionError(f"no mail about {subject!r} to {to}")
        return found[0]

    def claim(self, name: str) -> Mail:
        """Register, and return the mail that comes of it."""
        self._post("register_mobile", username=name, email=f"{name}@mail.example", password=PASSWORD)
        return self.mail(f"{name}@mail.example", "Confirm")

    def account(self, name: str) -> str:
        """Make an account, and return its name: another one than was asked for, where a test before had that."""
        free = next(each for each in _spelled(name) if each not in self._named)
        self._named.add(free)
        self._post("verify_email", token=self.claim(free).token)
        return free

    def reset(self, name: str) -> Mail:
        """Return the mail by which a password is reset."""
        self._post("forgot_password", email=f"{name}@mail.example")
        return self.mail(f"{name}@mail.example", "new password")

    def suspend(self, name: str) -> Mail:
        """Guess wrong until nobody may guess on, and return the mail that lets the owner in."""
        for _ in range(5):
            assert self._send("login_mobile", username=name, password=WRONG_PASSWORD).is_client_error
        return self.mail(f"{name}@mail.example", "suspended")

    def sign_in_app(self, name: str, device: str) -> None:
        """Sign in from an app."""
        self._post("login_mobile", username=name, password=PASSWORD, device_name=device)

    def client(self, name: str, *options: str) -> str:
        """Register an application, and return its id, which is its name in lower case."""
        client_id = name.lower()
        self.run("clients", "add", name, "--id", client_id, *options)
        return client_id

    def run(self, *command: str) -> Mapping[str, object]:
        """Run a command beside the server, and return what it says."""
        whole = [sys.executable, "-m", "doorward", *command, "--data-dir", str(self.folder), "--json"]
        said: dict[str, object] = json.loads(subprocess.run(whole, check=True, capture_output=True).stdout)
        return said

    def id_of(self, name: str) -> str:
        """Return the id of an account."""
        return str(self.run("users", "show", name)["id"])

    def make_stale(self, name: str) -> None:
        """Let the sign-ins of an account be an hour old."""
        account = "(SELECT id FROM dw_accounts WHERE username = ?)"
        statement = f"UPDATE dw_sessions SET authenticated_at = authenticated_at - ? WHERE account_id = {account}"  # noqa: S608
        hour = int(timedelta(hours=1) / timedelta(microseconds=1))
        with closing(sqlite3.connect(next(self.folder.glob("*.sqlite3")), timeout=10)) as store, store:
            store.execute(statement, (hour, name))

    def _post(self, route: str, **body: str) -> None:
        answer = self._send(route, **body)
        assert answer.is_success, f"{route}: {answer.status_code} {answer.text}"

    def _send(self, route: str, **body: str) -> httpx2.Response:
        return httpx2.post(f"{self.base}/v1/auth/{route}", json=body)


@contextmanager
def a_server(variables: Mapping[str, str] | None = None) -> Iterator[Server]:
    """Run a server for a while."""
    server = Server.start(variables or {})
    try:
        yield server
    finally:
        server.stop()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _answers(address: str) -> bool:
    try:
        return httpx2.get(address).status_code == httpx2.codes.OK
    except httpx2.TransportError:
        return False


def _until(ask: Callable[[], bool]) -> bool:
    never = Event()
    return any(ask() or never.wait(_PAUSE.total_seconds()) for _ in range(_TRIES))
