"""What callers do with django-allauth and django-oauth-toolkit."""

import base64
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Final
from urllib.parse import urlencode

from benchmarks.applications import asking, exchanging
from benchmarks.load import CALLERS
from benchmarks.peers.known.copies import WRITTEN, all_over, email_of
from benchmarks.peers.peer import PASSWORD, Operation, Place
from benchmarks.peers.playing.client import Client
from benchmarks.peers.playing.play import Deal, Play, Step, Take, Variables
from benchmarks.peers.playing.walk import walk

SECRET: Final = "a-secret-that-only-benchmarks-know"  # noqa: S105 (made up)
_APP: Final = "/_allauth/app/v1"
_BROWSER: Final = "/_allauth/browser/v1"
_TOKEN: Final = "/o/token/"  # noqa: S105 (an address)
_TOKENS: Final = 200
_CREDENTIALS: Final = {"grant_type": "client_credentials", "scope": "reports:read introspection"}
_BASIC: Final = {"Authorization": f"Basic {base64.b64encode(f'service:{SECRET}'.encode()).decode()}"}
_REGISTRATION: Final = {"email": "<<name>>@example.com", "password": PASSWORD}
_LOG_IN: Final = {"email": "<<email>>", "password": PASSWORD}
_ACCESS: Final = Take('"access_token": "', '"')
_REFRESH: Final = Take('"refresh_token": "', '"')
_NAMED: Final = {"email": Take('"email": "', '"')}


@dataclass(frozen=True, slots=True)
class _Rows:
    """What callers bring along: made anew whenever it is asked for."""

    place: Place
    names: Iterator[int] = field(default_factory=count)

    def registering(self, how_many: int) -> Sequence[Variables]:
        """Return names that nobody has."""
        return [{"name": f"new-{next(self.names):08d}"} for _ in range(how_many)]

    def logins(self, _: int) -> Sequence[Variables]:
        """Return accounts all over the store."""
        return [{"email": email_of(number)} for number in all_over(self.place.accounts or WRITTEN)]

    def browsers(self, how_many: int) -> Sequence[Variables]:
        """Return the same with what a browser has that is not signed in."""
        client = Client(self.place.port)
        client.get(f"{_BROWSER}/config")
        return [{**row, "csrf": client.cookies["csrftoken"]} for row in self.logins(how_many)]

    def sessions(self, _: int) -> Sequence[Variables]:
        """Return the cookies of browsers that have just signed in."""
        return [{"cookies": self._signed_in(row).header} for row in self.browsers(CALLERS)[:CALLERS]]

    def bearers(self, _: int) -> Sequence[Variables]:
        """Return the access tokens of apps that have just signed in."""
        return self._apps(_ACCESS)

    def refreshing(self, _: int) -> Sequence[Variables]:
        """Return the refresh tokens of apps that have just signed in."""
        return self._apps(_REFRESH)

    def of_services(self, _: int) -> Sequence[Variables]:
        """Return access tokens of an application for itself."""
        client = Client(self.place.port)
        answers = (client.post(_TOKEN, form=_CREDENTIALS, headers=_BASIC) for _ in range(_TOKENS))
        return [{"token": answer.member("access_token")} for answer in answers]

    def _apps(self, take: Take) -> Sequence[Variables]:
        way = Play((Step("POST", f"{_APP}/auth/login", json=_LOG_IN, takes={"token": take}),))
        return [{"token": walk(way, self.place.port, row)["token"]} for row in self.logins(CALLERS)[:CALLERS]]

    def _signed_in(self, row: Variables) -> Client:
        client = Client(self.place.port, {"csrftoken": row["csrf"]})
        given = {"email": row["email"], "password": PASSWORD}
        client.post(f"{_BROWSER}/auth/login", json=given, headers={"X-CSRFToken": row["csrf"]})
        return client


def plays(place: Place) -> Mapping[Operation, Play]:
    """Return the plays."""
    rows = _Rows(place)
    cookies = {"Cookie": "<<cookies>>"}
    bearer = {"Authorization": "Bearer <<token>>"}
    csrf = {"Origin": place.base, "Cookie": "csrftoken=<<csrf>>", "X-CSRFToken": "<<csrf>>"}
    introspected = {"client": Take('"active": true', ",")}
    return {
        Operation.REGISTER: Play(
            (
                Step(
                    "POST",
                    f"{_APP}/auth/signup",
                    json=_REGISTRATION,
                    status=401,
                    takes={"next": Take('"verify_email"', "}")},
                ),
            ),
            rows.registering,
            Deal.ONCE,
            note="Answered with 401: the address must be verified before there is a session.",
        ),
        Operation.LOGIN_WEB: Play(
            (Step("POST", f"{_BROWSER}/auth/login", csrf, json=_LOG_IN, takes=_NAMED),), rows.browsers
        ),
        Operation.LOGIN_MOBILE: Play(
            (Step("POST", f"{_APP}/auth/login", json=_LOG_IN, takes={"token": _ACCESS}),), rows.logins
        ),
        Operation.REFRESH: Play(
            (
                Step(
                    "POST",
                    f"{_APP}/tokens/refresh",
                    json={"refresh_token": "<<token>>"},
                    takes={"token": _REFRESH},
                ),
            ),
            rows.refreshing,
            Deal.KEPT,
        ),
        Operation.CODE: Play(_code_steps(), rows.sessions, Deal.KEPT),
        Operation.CLIENT_CREDENTIALS: Play(
            (Step("POST", _TOKEN, _BASIC, form=_CREDENTIALS, takes={"token": _ACCESS}),)
        ),
        Operation.VERIFY: Play((Step("GET", "/notes", bearer),), rows.of_services),
        Operation.SESSION: Play((Step("GET", f"{_BROWSER}/auth/session", cookies, takes=_NAMED),), rows.sessions),
        Operation.BEARER: Play((Step("GET", f"{_APP}/auth/session", bearer, takes=_NAMED),), rows.bearers),
        Operation.INTROSPECTION: Play(
            (Step("POST", "/o/introspect/", _BASIC, form={"token": "<<token>>"}, takes=introspected),),
            rows.of_services,
        ),
        Operation.KEYS: Play((Step("GET", "/o/.well-known/jwks.json"),)),
        Operation.DISCOVERY: Play((Step("GET", "/o/.well-known/openid-configuration"),)),
    }


def _code_steps() -> tuple[Step, ...]:
    path = f"/o/authorize/?{urlencode(asking('page'))}"
    code = Take("code=", "&", header="location")
    return (
        Step("GET", path, {"Cookie": "<<cookies>>"}, status=302, takes={"code": code}),
        Step("POST", _TOKEN, form=exchanging("page", "<<code>>"), takes={"id_token": Take('"id_token": "', '"')}),
    )
