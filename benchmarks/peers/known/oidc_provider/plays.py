"""What callers do with oidc-provider."""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from benchmarks.applications import RESOURCE, SCOPE, asking, exchanging
from benchmarks.load import CALLERS
from benchmarks.peers.peer import Operation, Place
from benchmarks.peers.playing.client import Client
from benchmarks.peers.playing.play import Deal, Play, Step, Take, Variables
from benchmarks.peers.playing.walk import walk

SECRET: Final = "a-secret-that-only-benchmarks-know"  # noqa: S105 (made up)
_TOKENS: Final = 200
_TOKEN: Final = "/token"  # noqa: S105 (an address)
_CREDENTIALS: Final = {"grant_type": "client_credentials", "scope": "reports:read"}
_SIGNED_CREDENTIALS: Final = {"grant_type": "client_credentials", "scope": "reports:read", "resource": RESOURCE}
_BASIC: Final = {"Authorization": f"Basic {base64.b64encode(f'service:{SECRET}'.encode()).decode()}"}
_ACCESS: Final = Take('"access_token":"', '"')
_REFRESH: Final = Take('"refresh_token":"', '"')
_CODE: Final = Take("code=", "&", header="location")
_PERSON: Final = {"client_id": "page", "scope": SCOPE}
_API: Final = {"client_id": "app", "scope": "reports:read", "resource": RESOURCE}


@dataclass(frozen=True, slots=True)
class _Rows:
    """What callers bring along: made anew whenever it is asked for."""

    place: Place

    def sessions(self, _: int) -> Sequence[Variables]:
        """Return the cookies of browsers that have just signed in."""
        return [{"cookies": self._signed_in(number).header} for number in range(CALLERS)]

    def refreshing(self, _: int) -> Sequence[Variables]:
        """Return refresh tokens of an application that got its access to a resource."""
        return [{"token": self._exchanged(row, _API, _REFRESH)} for row in self.sessions(CALLERS)]

    def bearers(self, _: int) -> Sequence[Variables]:
        """Return access tokens that userinfo takes."""
        return [{"token": self._exchanged(row, _PERSON, _ACCESS)} for row in self.sessions(CALLERS)]

    def signed(self, _: int) -> Sequence[Variables]:
        """Return signed access tokens of an application for itself."""
        return self._of_services(_SIGNED_CREDENTIALS)

    def opaque(self, _: int) -> Sequence[Variables]:
        """Return opaque access tokens of an application for itself."""
        return self._of_services(_CREDENTIALS)

    def _of_services(self, form: Mapping[str, str]) -> Sequence[Variables]:
        client = Client(self.place.port)
        answers = (client.post(_TOKEN, form=form, headers=_BASIC) for _ in range(_TOKENS))
        return [{"token": answer.member("access_token")} for answer in answers]

    def _signed_in(self, number: int) -> Client:
        client = Client(self.place.port)
        asking = client.get(_authorize(_PERSON), expect=303)
        named = client.post(asking.location, form={"account": f"user-{number + 1:08d}"}, expect=303)
        client.get(named.location.removeprefix(self.place.base), expect=303)
        return client

    def _exchanged(self, row: Variables, asked: Mapping[str, str], take: Take) -> str:
        return walk(Play(_code(asked, {"wanted": take})), self.place.port, row)["wanted"]


def plays(place: Place) -> Mapping[Operation, Play]:
    """Return the plays."""
    rows = _Rows(place)
    bearer = {"Authorization": "Bearer <<token>>"}
    refreshing = {"grant_type": "refresh_token", "client_id": "app", "refresh_token": "<<token>>"}
    introspected = {"sub": Take('"active":true', ",")}
    return {
        Operation.REFRESH: Play(
            (Step("POST", _TOKEN, form=refreshing, takes={"token": _REFRESH}),), rows.refreshing, Deal.KEPT
        ),
        Operation.CODE: Play(_code(_PERSON, {"id_token": Take('"id_token":"', '"')}), rows.sessions, Deal.KEPT),
        Operation.CLIENT_CREDENTIALS: Play(
            (Step("POST", _TOKEN, _BASIC, form=_SIGNED_CREDENTIALS, takes={"token": _ACCESS}),)
        ),
        Operation.VERIFY: Play((Step("GET", "/notes", bearer),), rows.signed),
        Operation.BEARER: Play((Step("GET", "/me", bearer, takes={"sub": Take('"sub":"', '"')}),), rows.bearers),
        Operation.INTROSPECTION: Play(
            (Step("POST", "/token/introspection", _BASIC, form={"token": "<<token>>"}, takes=introspected),),
            rows.opaque,
        ),
        Operation.KEYS: Play((Step("GET", "/jwks"),)),
        Operation.DISCOVERY: Play((Step("GET", "/.well-known/openid-configuration"),)),
    }


def _code(asked: Mapping[str, str], takes: Mapping[str, Take]) -> tuple[Step, ...]:
    exchanged = exchanging(asked["client_id"], "<<code>>")
    cookies = {"Cookie": "<<cookies>>"}
    return (
        Step("GET", _authorize(asked), cookies, status=303, takes={"code": _CODE}),
        Step("POST", _TOKEN, form=exchanged, takes=takes),
    )


def _authorize(asked: Mapping[str, str]) -> str:
    common = asking(asked["client_id"], asked["scope"])
    return f"/auth?{urlencode({**common, **asked})}"
