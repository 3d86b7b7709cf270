"""What callers do with Doorward."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from itertools import count
from typing import Final
from urllib.parse import urlencode

from benchmarks.applications import Applications, asking, exchanging, register
from benchmarks.deployment import Deployment
from benchmarks.filling import login_of, refresh_tokens_of
from benchmarks.load import CALLERS
from benchmarks.peers.known.doorward.resource import IN_FASTAPI
from benchmarks.peers.peer import PASSWORD, Operation, Place
from benchmarks.peers.playing.client import Client
from benchmarks.peers.playing.play import Deal, Play, Step, Take, Variables
from doorward.core.keys.records import Algorithm

_TOKEN: Final = "/oauth/token"  # noqa: S105 (an address)
_LOGIN_WEB: Final = "/v1/auth/login_web"
_LOGIN_MOBILE: Final = "/v1/auth/login_mobile"
_REFRESH: Final = "/v1/auth/refresh_mobile"
_REGISTER: Final = "/v1/auth/register_mobile"
_BEARER: Final = {"Authorization": "Bearer <<token>>"}
_CREDENTIALS: Final = {"grant_type": "client_credentials", "scope": "reports:read"}
_REGISTRATION: Final = {"username": "<<name>>", "email": "<<name>>@example.com", "password": PASSWORD}
_MOST_SESSIONS: Final = 20_000
_SESSIONS_SHARE: Final = 8
_STRIDE: Final = 7_368_787
_TOKENS: Final = 200
_ACCESS_TOKEN: Final = Take('"access_token":"', '"')
_NEXT_TOKEN: Final = Take('"refresh_token":"', '"')
_CODE: Final = Take("code=", "&", header="location")


@dataclass(frozen=True, slots=True)
class _Rows:
    """What callers bring along: made anew whenever it is asked for."""

    place: Place
    made: Applications
    token_of: Callable[[int], str]
    names: Iterator[int] = field(default_factory=count)
    numbers: Iterator[int] = field(default_factory=count)

    def registering(self, how_many: int) -> Sequence[Variables]:
        """Return names that nobody has."""
        return [{"name": f"new-{next(self.names):08d}"} for _ in range(how_many)]

    def logins(self, _: int) -> Sequence[Variables]:
        """Return accounts all over the store."""
        most = min(self.place.accounts, _MOST_SESSIONS)
        return [{"login": login_of(number * _STRIDE % self.place.accounts)} for number in range(most)]

    def browsers(self, how_many: int) -> Sequence[Variables]:
        """Return the same with what a browser has that is not signed in."""
        client = Client(self.place.port)
        token = client.get("/v1/auth/csrf").member("csrf_token")
        return [{**row, "csrf": token, "cookies": client.header} for row in self.logins(how_many)]

    def refreshing(self, how_many: int) -> Sequence[Variables]:
        """Return refresh tokens that were never used, of sessions all over the store."""
        most = max(how_many, min(self.place.accounts // _SESSIONS_SHARE, _MOST_SESSIONS))
        numbers = [next(self.numbers) * _STRIDE % self.place.accounts for _ in range(most)]
        return [{"token": self.token_of(number)} for number in numbers]

    def sessions(self, _: int) -> Sequence[Variables]:
        """Return the cookies of browsers that have just signed in."""
        return [{"cookies": self._browser(row).header} for row in self.browsers(CALLERS)[:CALLERS]]

    def bearers(self, _: int) -> Sequence[Variables]:
        """Return access tokens of apps that have just signed in."""
        client = Client(self.place.port)
        asked = [{"username": row["login"], "password": PASSWORD} for row in self.logins(CALLERS)[:CALLERS]]
        return [{"token": client.post(_LOGIN_MOBILE, json=one).member("access_token")} for one in asked]

    def of_services(self, _: int) -> Sequence[Variables]:
        """Return access tokens of an application for itself."""
        client = Client(self.place.port)
        answers = (client.post(_TOKEN, form=_CREDENTIALS, headers=self.made.basic) for _ in range(_TOKENS))
        return [{"token": answer.member("access_token")} for answer in answers]

    def _browser(self, row: Variables) -> Client:
        client = Client(self.place.port)
        headers = {"Origin": self.place.base, "Cookie": row["cookies"], "X-CSRF-Token": row["csrf"]}
        client.post(_LOGIN_WEB, json={"username": row["login"], "password": PASSWORD}, headers=headers)
        return client


def plays(place: Place, deployment: Deployment) -> Mapping[Operation, Play]:
    """Return the plays; the applications that some of them need are registered."""
    made = register(deployment)
    rows = _Rows(place, made, refresh_tokens_of(deployment))
    return {**_signing_in(rows), **_signed_in(rows), **_for_applications(rows)}


def _signing_in(rows: _Rows) -> Mapping[Operation, Play]:
    log_in = {"username": "<<login>>", "password": PASSWORD}
    browser = {"Origin": rows.place.base, "Cookie": "<<cookies>>", "X-CSRF-Token": "<<csrf>>"}
    refresh = Step("POST", _REFRESH, json={"refresh_token": "<<token>>"}, takes={"token": _NEXT_TOKEN})
    return {
        Operation.REGISTER: Play(
            (Step("POST", _REGISTER, json=_REGISTRATION, status=HTTPStatus.CREATED),), rows.registering, Deal.ONCE
        ),
        Operation.LOGIN_WEB: Play((Step("POST", _LOGIN_WEB, browser, json=log_in),), rows.browsers),
        Operation.LOGIN_MOBILE: Play(
            (Step("POST", _LOGIN_MOBILE, json=log_in, takes={"token": _ACCESS_TOKEN}),), rows.logins
        ),
        Operation.REFRESH: Play((refresh,), rows.refreshing, Deal.KEPT),
    }


def _signed_in(rows: _Rows) -> Mapping[Operation, Play]:
    cookies = {"Cookie": "<<cookies>>"}
    return {
        Operation.SESSION: Play((Step("GET", "/v1/web/me", cookies),), rows.sessions),
        Operation.BEARER: Play((Step("GET", "/v1/mobile/me", _BEARER),), rows.bearers),
        Operation.FORWARD_AUTH: Play((Step("GET", "/forward-auth", {**_asked(rows.place), **cookies}),), rows.sessions),
    }


def _for_applications(rows: _Rows) -> Mapping[Operation, Play]:
    basic = rows.made.basic
    introspect = Step(
        "POST", "/oauth/introspect", basic, form={"token": "<<token>>"}, takes={"rest": Take('"active":true', "}")}
    )
    return {
        Operation.CODE: Play(_code(rows.made.pages[Algorithm.ES256]), rows.sessions, Deal.KEPT),
        Operation.CLIENT_CREDENTIALS: Play(
            (Step("POST", _TOKEN, basic, form=_CREDENTIALS, takes={"token": _ACCESS_TOKEN}),)
        ),
        Operation.VERIFY: Play((Step("GET", "/notes", _BEARER),), rows.of_services),
        Operation.VERIFY_IN_FASTAPI: Play((Step("GET", IN_FASTAPI, _BEARER),), rows.of_services),
        Operation.INTROSPECTION: Play((introspect,), rows.of_services),
        Operation.KEYS: Play((Step("GET", "/.well-known/jwks.json"),)),
        Operation.DISCOVERY: Play((Step("GET", "/.well-known/openid-configuration"),)),
    }


def _code(client_id: str) -> tuple[Step, ...]:
    authorize = f"/oauth/authorize?{urlencode(asking(client_id))}"
    return (
        Step("GET", authorize, {"Cookie": "<<cookies>>"}, status=HTTPStatus.SEE_OTHER, takes={"code": _CODE}),
        Step("POST", _TOKEN, form=exchanging(client_id, "<<code>>"), takes={"id_token": Take('"id_token":"', '"')}),
    )


def _asked(place: Place) -> Mapping[str, str]:
    """Return what a gateway sends of a request."""
    return {
        "X-Forwarded-Method": "GET",
        "X-Forwarded-Proto": "http",
        "X-Forwarded-Host": f"localhost:{place.port}",
        "X-Forwarded-Uri": "/app/list?month=5",
        "X-Forwarded-For": "127.0.0.1",
    }
