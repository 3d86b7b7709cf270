"""Applications that callers act for: one that acts for itself, and one that people let act for them."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final
from urllib.parse import parse_qs, urlencode, urlsplit

from benchmarks.callers import member
from benchmarks.deployment import Deployment
from benchmarks.run import CannotMeasure
from benchmarks.wire import Answer, get, post_form
from doorward.assembly.house import open_house
from doorward.core.keys.records import Algorithm
from doorward.core.oauth.clients.records import Registered, Wanted
from doorward.core.oauth.records import ClientType, GrantType

CALLBACK: Final = "http://127.0.0.1:9/signed-in"
RESOURCE: Final = "https://reports.example"
SCOPE: Final = "openid profile email"
_VERIFIER: Final = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
_CHALLENGE: Final = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


@dataclass(frozen=True, slots=True)
class Applications:
    """What was registered: a service with a secret, and a single-page application for each algorithm of ID tokens."""

    service: Registered
    pages: Mapping[Algorithm, str]

    @property
    def basic(self) -> Mapping[str, str]:
        """The header that proves the service."""
        pair = f"{self.service.client.id}:{self.service.secret}".encode()
        return {"Authorization": f"Basic {base64.b64encode(pair).decode()}"}


def register(deployment: Deployment) -> Applications:
    """Register the applications."""
    house = open_house(deployment.settings())
    try:
        add = house.flows.clients.add
        service = add(
            Wanted(
                "a service",
                ClientType.SERVICE,
                grants=(GrantType.CLIENT_CREDENTIALS,),
                scopes=("reports:read",),
                resources=(RESOURCE,),
            )
        )
        pages = {
            algorithm: add(
                Wanted(
                    "an application",
                    ClientType.SPA,
                    redirect_uris=(CALLBACK,),
                    is_first_party=True,
                    id_token_algorithm=algorithm,
                )
            ).client.id
            for algorithm in (Algorithm.ES256, Algorithm.RS256)
        }
    finally:
        house.close()
    return Applications(service, pages)


def asking(client_id: str, scope: str = SCOPE) -> Mapping[str, str]:
    """Return what an application asks for a code with (RFC 6749 section 4.1.1, RFC 7636 section 4.3)."""
    nonce = {"nonce": "nonce"} if "openid" in scope.split() else {}  # it is for ID tokens, and some refuse it elsewhere
    return {
        "response_type": "code",
        "client_id": client_id,
        "redirect_uri": CALLBACK,
        "scope": scope,
        "code_challenge": _CHALLENGE,
        "code_challenge_method": "S256",
        "state": "state",
        **nonce,
    }


def exchanging(client_id: str, code: str) -> Mapping[str, str]:
    """Return what it exchanges that code with (RFC 6749 section 4.1.3, RFC 7636 section 4.5)."""
    return {
        "grant_type": "authorization_code",
        "client_id": client_id,
        "code": code,
        "redirect_uri": CALLBACK,
        "code_verifier": _VERIFIER,
    }


@dataclass(frozen=True, slots=True)
class Posting:
    """Sends one form again and again."""

    wanted: bytes

    def request(self) -> bytes:
        """Return the request."""
        return self.wanted

    def take(self, answer: Answer) -> None:
        """Check that it was answered well."""
        if answer.status != HTTPStatus.OK:
            raise CannotMeasure(f"the form was answered with {answer.status}: {answer.body[:200]!r}")


@dataclass(slots=True)
class SigningInFor:
    """Goes the whole way of a code again and again: authorize with a live session, token, userinfo."""

    port: int
    client_id: str
    cookies: str
    _next: bytes = field(default=b"", init=False)
    _step: int = field(default=0, init=False)

    def request(self) -> bytes:
        """Return the next request of the way."""
        if self._step == 0:
            return get(f"/oauth/authorize?{urlencode(asking(self.client_id))}", self.port, {"Cookie": self.cookies})
        return self._next

    def take(self, answer: Answer) -> None:
        """Take the code, the token, and the owner."""
        if self._step == 0:
            self._next = post_form("/oauth/token", self.port, exchanging(self.client_id, _code_of(answer)))
        elif self._step == 1:
            token = member(answer, "access_token")
            self._next = get("/oauth/userinfo", self.port, {"Authorization": f"Bearer {token}"})
        elif "sub" not in json.loads(answer.body):
            raise CannotMeasure("userinfo names nobody")
        self._step = (self._step + 1) % 3


def _code_of(answer: Answer) -> str:
    head = answer.head.decode("latin-1")
    location = next((line for line in head.split("\r\n") if line.lower().startswith("location:")), "")
    found = parse_qs(urlsplit(location.partition(":")[2].strip()).query).get("code")
    if not found:
        raise CannotMeasure(f"there is no code in {answer.status} {location[:200]}")
    return found[0]
