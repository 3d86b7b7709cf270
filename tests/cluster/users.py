"""People before the gateway: one with an app on a phone, and callers who ask on and on and note what they see."""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event
from typing import Any, Final

import httpx2

from tests.processes import PATIENCE, wait_until

PASSWORD: Final = "correct horse battery staple"
_BETWEEN_SECONDS: Final = 0.04
"""So few a second that the gateway's limit for one address is not met."""


@dataclass
class Phone:
    """An app that speaks JSON, and keeps its tokens itself."""

    issuer: str
    http: httpx2.Client
    tokens: dict[str, Any] = field(default_factory=dict)

    def register(self, name: str) -> int:
        """Ask for an account, and return the status."""
        wanted = {"username": name, "email": f"{name}@mail.example", "password": PASSWORD}
        return self._post("register_mobile", wanted).status_code

    def mails(self, name: str) -> list[dict[str, Any]]:
        """Return what was sent to somebody."""
        found: list[dict[str, Any]] = self.http.get(f"{self.issuer}/dev/mail.json?to={name}@mail.example").json()
        return found

    def verify(self, name: str) -> int:
        """Follow the link of the mail, once it has come, and return the status."""
        wait_until(lambda: bool(self.mails(name)))
        return self._post("verify_email", {"token": self.mails(name)[0]["token"]}).status_code

    def sign_in(self, name: str, password: str = PASSWORD) -> int:
        """Sign in, and return the status."""
        answer = self._post("login_mobile", {"username": name, "password": password, "device_name": "phone"})
        if answer.is_success:
            self.tokens = answer.json()
        return answer.status_code

    def refresh(self) -> int:
        """Use the refresh token, and return the status; where no answer comes, the token stays to be sent again."""
        answer = self._post("refresh_mobile", {"refresh_token": self.tokens["refresh_token"]})
        if answer.is_success:
            self.tokens = answer.json()
        return answer.status_code

    def keep(self, content: bytes) -> str:
        """Keep a file, and return the link at the origin of files by which it is fetched."""
        bearer = {"authorization": f"Bearer {self.tokens['access_token']}"}
        wanted = {"tus-resumable": "1.0.0", "upload-length": str(len(content)), "upload-metadata": "filename cmVwb3J0"}
        kind = {"content-type": "application/offset+octet-stream"}
        files = f"{self.issuer}/v1/mobile/files"
        made = self.http.post(files, headers={**bearer, **wanted, **kind}, content=content)
        assert made.status_code == httpx2.codes.CREATED, made.text
        kept = self.http.get(files, headers=bearer).json()["files"]
        link: str = self.http.get(f"{files}/{kept[0]['id']}", headers=bearer).json()["url"]
        return link

    def me(self) -> int:
        """Ask who one is, and return the status."""
        headers = {"authorization": f"Bearer {self.tokens['access_token']}"}
        return self.http.get(f"{self.issuer}/v1/mobile/me", headers=headers).status_code

    def _post(self, flow: str, body: object) -> httpx2.Response:
        return self.http.post(f"{self.issuer}/v1/auth/{flow}", json=body)


@dataclass
class Traffic:
    """What callers saw, in order: a status, or the name of what came instead of one."""

    seen: list[int | str] = field(default_factory=list)

    def goes_on(self, answers: int = 20) -> None:
        """Wait until so many more answers have come."""
        until = len(self.seen) + answers
        wait_until(lambda: len(self.seen) >= until)

    @property
    def counted(self) -> Counter[int | str]:
        """How often each was seen."""
        return Counter(self.seen)


@contextmanager
def asking(*asks: Callable[[], int]) -> Iterator[Traffic]:
    """Let callers ask until the block ends, each one question after another."""
    traffic, stop = Traffic(), Event()

    def ask_on(ask: Callable[[], int]) -> None:
        while not stop.wait(_BETWEEN_SECONDS):
            try:
                traffic.seen.append(ask())
            except httpx2.TransportError as error:
                traffic.seen.append(type(error).__name__)

    with ThreadPoolExecutor(len(asks)) as pool:
        callers = [pool.submit(ask_on, ask) for ask in asks]
        try:
            traffic.goes_on()
            yield traffic
        finally:
            stop.set()
        for caller in callers:
            caller.result(PATIENCE)
