"""What callers do with Better Auth."""

import base64
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

from benchmarks.applications import RESOURCE, asking, exchanging
from benchmarks.load import CALLERS
from benchmarks.peers.known.copies import WRITTEN, all_over, email_of, name_of
from benchmarks.peers.peer import PASSWORD, Operation, Place
from benchmarks.peers.playing.client import Client
from benchmarks.peers.playing.play import Deal, Play, Step, Take, Variables
from benchmarks.peers.playing.walk import walk

_API: Final = "/api/auth"
_SIGN_IN: Final = f"{_API}/sign-in/email"
_TOKEN: Final = f"{_API}/oauth2/token"
_TOKENS: Final = 200
_CREDENTIALS: Final = {"grant_type": "client_credentials", "scope": "reports:read", "resource": RESOURCE}
_REGISTRATION: Final = {"name": "<<name>>", "email": "<<name>>@example.com", "password": PASSWORD}
_LOG_IN: Final = {"email": "<<email>>", "password": PASSWORD}
_ACCESS: Final = Take('"access_token":"', '"')
_REFRESH: Final = Take('"refresh_token":"', '"')
_CODE: Final = Take("code=", "&", header="location")
_NAMED: Final = {"email": Take('"email":"', '"')}


@dataclass(frozen=True, slots=True)
class Clients:
    """The clients that `prepare.mjs` made."""

    service: str
    secret: str
    page: str
    app: str

    @classmethod
    def made_in(cls, folder: Path) -> "Clients":
        """Return those that were made for the server of a folder."""
        made = json.loads((folder / "clients.json").read_text(encoding="utf-8"))
        ids = {name: made[name]["client_id"] for name in ("service", "page", "app")}
        return cls(secret=made["service"]["client_secret"], **ids)

    @property
    def basic(self) -> Mapping[str, str]:
        """The header that proves the service."""
        pair = f"{self.service}:{self.secret}".encode()
        return {"Authorization": f"Basic {base64.b64encode(pair).decode()}"}


@dataclass(frozen=True, slots=True)
class _Rows:
    """What callers bring along: made anew whenever it is asked for, but for the accounts."""

    place: Place
    clients: Clients
    names: Iterator[int] = field(default_factory=count)

    def registering(self, how_many: int) -> Sequence[Variables]:
        """Return names that nobody has."""
        return [{"name": f"new-{next(self.names):08d}"} for _ in range(how_many)]

    def logins(self, _: int) -> Sequence[Variables]:
        """Return accounts all over the store."""
        return [{"email": email_of(number)} for number in all_over(self.place.accounts or WRITTEN)]

    def sessions(self, _: int) -> Sequence[Variables]:
        """Return the cookies of browsers that have just signed in."""
        return [{"cookies": self._signed_in(row)[0].header} for row in self.logins(CALLERS)[:CALLERS]]

    def bearers(self, _: int) -> Sequence[Variables]:
        """Return the tokens of apps that have just signed in."""
        return [{"token": self._signed_in(row)[1]} for row in self.logins(CALLERS)[:CALLERS]]

    def refreshing(self, _: int) -> Sequence[Variables]:
        """Return refresh tokens of an application that got its access to a resource."""
        way = Play(code_steps(self.clients.app, "reports:read offline_access", {"token": _REFRESH}, RESOURCE))
        return [{"token": walk(way, self.place.port, row)["token"]} for row in self.sessions(CALLERS)]

    def of_services(self, _: int) -> Sequence[Variables]:
        """Return access tokens of an application for itself."""
        client = Client(self.place.port)
        answers = (client.post(_TOKEN, form=_CREDENTIALS, headers=self.clients.basic) for _ in range(_TOKENS))
        return [{"token": answer.member("access_token")} for answer in answers]

    def register(self) -> None:
        """Make the accounts."""
        for number in range(1, WRITTEN + 1):
            given = {"name": name_of(number), "email": email_of(number), "password": PASSWORD}
            Client(self.place.port).post(f"{_API}/sign-up/email", json=given)

    def _signed_in(self, row: Variables) -> tuple[Client, str]:
        client = Client(self.place.port)
        answer = client.post(_SIGN_IN, json={"email": row["email"], "password": PASSWORD})
        return client, answer.member("token")


def plays(place: Place) -> Mapping[Operation, Play]:
    """Return the plays; the accounts that some of them need are made."""
    clients = Clients.made_in(place.data)
    rows = _Rows(place, clients)
    rows.register()
    cookies = {"Cookie": "<<cookies>>"}
    bearer = {"Authorization": "Bearer <<token>>"}
    refreshing = {"grant_type": "refresh_token", "client_id": clients.app, "refresh_token": "<<token>>"}
    introspected = {"sub": Take('"active":true', ",")}
    page = code_steps(clients.page, "openid profile email offline_access", {"id_token": Take('"id_token":"', '"')})
    return {
        Operation.REGISTER: Play(
            (Step("POST", f"{_API}/sign-up/email", json=_REGISTRATION, takes=_NAMED),), rows.registering, Deal.ONCE
        ),
        Operation.LOGIN_WEB: Play(
            (
                Step(
                    "POST",
                    _SIGN_IN,
                    {"Origin": place.base},
                    json=_LOG_IN,
                    takes={"cookie": Take("session_token=", ";", header="set-cookie")},
                ),
            ),
            rows.logins,
        ),
        Operation.LOGIN_MOBILE: Play(
            (Step("POST", _SIGN_IN, json=_LOG_IN, takes={"token": Take('"token":"', '"')}),), rows.logins
        ),
        Operation.REFRESH: Play(
            (Step("POST", _TOKEN, form=refreshing, takes={"token": _REFRESH}),), rows.refreshing, Deal.KEPT
        ),
        Operation.CODE: Play(page, rows.sessions, Deal.KEPT),
        Operation.CLIENT_CREDENTIALS: Play(
            (Step("POST", _TOKEN, clients.basic, form=_CREDENTIALS, takes={"token": _ACCESS}),)
        ),
        Operation.VERIFY: Play((Step("GET", "/notes", bearer),), rows.of_services),
        Operation.SESSION: Play((Step("GET", f"{_API}/get-session", cookies, takes=_NAMED),), rows.sessions),
        Operation.BEARER: Play((Step("GET", f"{_API}/get-session", bearer, takes=_NAMED),), rows.bearers),
        Operation.INTROSPECTION: Play(
            (
                Step(
                    "POST", f"{_API}/oauth2/introspect", clients.basic, form={"token": "<<token>>"}, takes=introspected
                ),
            ),
            rows.of_services,
        ),
        Operation.KEYS: Play((Step("GET", f"{_API}/jwks"),)),
        Operation.DISCOVERY: Play((Step("GET", f"{_API}/.well-known/openid-configuration"),)),
    }


def code_steps(client_id: str, scope: str, takes: Mapping[str, Take], resource: str = "") -> tuple[Step, ...]:
    """Return the two steps of a code, from a live session."""
    wanted = {"resource": resource} if resource else {}
    path = f"{_API}/oauth2/authorize?{urlencode({**asking(client_id, scope), **wanted})}"
    headers = {"Cookie": "<<cookies>>", "Accept": "text/html"}
    return (
        Step("GET", path, headers, status=302, takes={"code": _CODE}),
        Step("POST", _TOKEN, form={**exchanging(client_id, "<<code>>"), **wanted}, takes=takes),
    )
