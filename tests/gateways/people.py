"""People before a gateway, as far as the requests of their browsers tell."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any, Final, Self
from urllib.parse import urljoin

import httpx2

from tests.gateways.servers import Ports
from tests.processes import PATIENCE, Server, wait_until

PASSWORD: Final = "correct horse battery staple"
NAVIGATION: Final = {"sec-fetch-mode": "navigate", "sec-fetch-dest": "document", "accept": "text/html"}
_OWN: Final = {"sec-fetch-site": "same-origin"}


def an_account(server: Server, name: str) -> None:
    """Make an account."""
    mail = f"{name}@mail.example"
    server.post("/v1/auth/register_mobile", {"username": name, "email": mail, "password": PASSWORD})
    mails: list[dict[str, Any]] = []

    def has_come() -> bool:
        mails[:] = server.get(f"/dev/mail.json?to={mail}").json()
        return bool(mails)

    wait_until(has_come)
    server.post("/v1/auth/verify_email", {"token": mails[0]["token"]})


@dataclass(frozen=True)
class Place:
    """A gateway that runs."""

    name: str
    ports: Ports


@dataclass
class Person:
    """A browser, as far as its requests tell; it follows no redirect by itself."""

    place: Place
    client: httpx2.Client = field(default_factory=lambda: httpx2.Client(timeout=PATIENCE))
    answer: httpx2.Response = field(init=False)

    def open(self, address: str, **headers: str) -> Self:
        """Open an address."""
        self.answer = self.client.get(address, headers={**NAVIGATION, **headers})
        return self

    def follow(self) -> Self:
        """Go where the last answer leads."""
        assert self.answer.status_code in (302, 303, 307), (self.answer.status_code, self.answer.text)
        return self.open(urljoin(str(self.answer.url), self.answer.headers["location"]))

    def arrive(self, address: str, *, name: str = "margaret") -> Self:
        """Open an address, sign in where the page is shown, and stand at the end of every redirect."""
        self.open(address)
        seen: list[str] = []
        while self.answer.status_code != 200 or "sign-in-form" in self.answer.text:
            seen.append(str(self.answer.url))
            assert len(seen) < 10, seen
            if self.answer.status_code == 200:
                self._sign_in(name)
            else:
                self.follow()
        return self

    def _sign_in(self, name: str) -> None:
        fields = {**_hidden(self.answer.text, "sign-in-form"), "username": name, "password": PASSWORD}
        self.answer = self.client.post(f"{self.place.ports.issuer}/sign-in", data=fields, headers=_OWN)

    def sign_out(self) -> None:
        """Sign out of everything."""
        page = self.open(f"{self.place.ports.issuer}/sign-out").answer.text
        fields = _hidden(page, "sign-out-form")
        self.client.post(f"{self.place.ports.issuer}/sign-out", data=fields, headers=_OWN)

    @property
    def told(self) -> dict[str, str]:
        """What the application was told, which repeats it; of each field there may be one."""
        found: list[list[str]] = self.answer.json()["headers"]
        fields = [(name.lower().replace("_", "-"), value) for name, value in found]
        told = {name: value for name, value in fields if name.startswith("x-auth-") and value}
        assert len(told) == sum(name in told and bool(value) for name, value in fields), fields
        return told


class _Hidden(HTMLParser):
    def __init__(self, form: str) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self._form = form
        self._is_ours = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "form":
            self._is_ours = found.get("id") == self._form
        if tag == "input" and found.get("type") == "hidden" and self._is_ours:
            self.fields[found.get("name") or ""] = found.get("value") or ""


def _hidden(page: str, form: str) -> dict[str, str]:
    parser = _Hidden(form)
    parser.feed(page)
    return parser.fields
