"""Applications that speak with the site over HTTP."""

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import quote_plus, urlencode

import pytest
from httpx2 import Client as Http
from httpx2 import Response

from doorward.core.oauth.records import Client
from tests.applications import SERVER, SPA, VERIFIER, Application, another
from tests.builders import CALLBACK
from tests.functional.site import Site
from tests.house import House


@dataclass
class Caller:
    """An application at the site: what it may do inside stands in `app`, what it sends goes over HTTP."""

    site: Site
    client: Client
    login: str = "margaret"
    app: Application = field(init=False)
    http: Http = field(init=False)

    def __post_init__(self) -> None:
        self.app = Application(self.site.house, self.client, self.login)
        self.http = self.site.client()

    @property
    def house(self) -> House:
        """The house behind the site."""
        return self.site.house

    def credentials(self) -> dict[str, str]:
        """Return what proves the client in a header; nothing for a public one."""
        if not self.app.secret:
            return {}
        pair = f"{quote_plus(self.client.id)}:{quote_plus(self.app.secret)}"
        return {"authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}

    def post(self, path: str, headers: Mapping[str, str] | None = None, **fields: str) -> Response:
        """Send a form, with what proves the client."""
        sent = fields if self.app.secret else {"client_id": self.client.id} | fields
        return self.http.post(path, data=sent, headers={**self.credentials(), **(headers or {})})

    def post_text(self, path: str, text: str) -> Response:
        """Send a form as it is spelled."""
        kind = {"content-type": "application/x-www-form-urlencoded"}
        return self.http.post(path, content=text, headers={**self.credentials(), **kind})

    def exchange(self, code: str | None = None, headers: Mapping[str, str] | None = None, **changes: str) -> Response:
        """Exchange a code."""
        return self.post("/oauth/token", headers, **(self.form(code) | changes))

    def form(self, code: str | None = None) -> dict[str, str]:
        """Return the fields that exchange a code."""
        return {
            "grant_type": "authorization_code",
            "code": code or self.app.code(),
            "redirect_uri": CALLBACK,
            "code_verifier": VERIFIER,
        }

    def text(self, code: str | None = None) -> str:
        """Return the same as a body."""
        return urlencode({"client_id": self.client.id} | self.form(code))

    def tokens(self, **changes: object) -> dict[str, str]:
        """Return the tokens for a fresh code."""
        answer = self.exchange(self.app.code(**changes))
        assert answer.status_code == 200, answer.text
        issued: dict[str, str] = answer.json()
        return issued


DESCRIPTION: Final = re.compile(r"[\x20\x21\x23-\x5b\x5d-\x7e]+")


def error(answer: Response) -> tuple[int, str]:
    """Return status and error of a refusal, which must be said as RFC 6749 section 5.2 wants it."""
    body = answer.json()
    assert answer.headers["content-type"] == "application/json", answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["pragma"] == "no-cache"
    assert set(body) <= {"error", "error_description"}
    assert all(
        letter.isascii() and letter.isprintable() and letter not in '"\\' for letter in body["error_description"]
    )
    return answer.status_code, body["error"]


@pytest.fixture
def people(settled: Site) -> Site:
    """Return a site with one person in it."""
    return settled


@pytest.fixture
def spa(people: Site) -> Caller:
    return Caller(people, SPA)


@pytest.fixture
def server(people: Site) -> Caller:
    return Caller(people, another(SERVER, redirect_uris=(CALLBACK,)))
