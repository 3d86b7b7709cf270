"""What callers do with Glewlwyd, and how it is set up over its own API."""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final
from urllib.parse import urlencode

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from benchmarks.applications import CALLBACK, asking, exchanging
from benchmarks.load import CALLERS
from benchmarks.peers.known.copies import WRITTEN, all_over, name_of
from benchmarks.peers.peer import PASSWORD, Operation, Place
from benchmarks.peers.playing.client import Client
from benchmarks.peers.playing.play import Deal, Play, Step, Take, Variables
from benchmarks.peers.playing.walk import walk

_OIDC: Final = "/api/oidc"
_TOKEN: Final = f"{_OIDC}/token"
_TOKENS: Final = 200
_SECRET: Final = "a-secret-that-only-benchmarks-know"  # noqa: S105 (made up)
_OPERATOR: Final = {"username": "admin", "password": "password"}  # as its documentation's tables come with
_SCOPE: Final = "openid reports:read"
_CREDENTIALS: Final = {"grant_type": "client_credentials", "scope": "reports:read"}
_BASIC: Final = {"Authorization": f"Basic {base64.b64encode(f'service:{_SECRET}'.encode()).decode()}"}
_LOG_IN: Final = {"username": "<<login>>", "password": PASSWORD}
_ACCESS: Final = Take('"access_token":"', '"')
_REFRESH: Final = Take('"refresh_token":"', '"')


@dataclass(frozen=True, slots=True)
class _Rows:
    """What callers bring along: made anew whenever it is asked for."""

    place: Place

    def logins(self, _: int) -> Sequence[Variables]:
        """Return accounts all over the store."""
        return [{"login": name_of(number)} for number in all_over(self.place.accounts or WRITTEN)]

    def sessions(self, _: int) -> Sequence[Variables]:
        """Return the cookies of browsers that have just signed in."""
        return [{"cookies": _signed_in(self.place, row["login"]).header} for row in self.logins(CALLERS)[:CALLERS]]

    def bearers(self, _: int) -> Sequence[Variables]:
        """Return access tokens of people."""
        return self._exchanged(_ACCESS)

    def refreshing(self, _: int) -> Sequence[Variables]:
        """Return refresh tokens that were never used."""
        return self._exchanged(_REFRESH)

    def of_services(self, _: int) -> Sequence[Variables]:
        """Return access tokens of an application for itself."""
        client = Client(self.place.port)
        answers = (client.post(_TOKEN, form=_CREDENTIALS, headers=_BASIC) for _ in range(_TOKENS))
        return [{"token": answer.member("access_token")} for answer in answers]

    def _exchanged(self, take: Take) -> Sequence[Variables]:
        way = Play(_code_steps({"token": take}))
        return [{"token": walk(way, self.place.port, row)["token"]} for row in self.sessions(CALLERS)]


def plays(place: Place) -> Mapping[Operation, Play]:
    """Return the plays; the server is set up for them."""
    rows = _Rows(place)
    _set_up(place, [name_of(number) for number in range(1, WRITTEN + 1)])
    cookies = {"Cookie": "<<cookies>>"}
    bearer = {"Authorization": "Bearer <<token>>"}
    refreshing = {"grant_type": "refresh_token", "client_id": "page", "refresh_token": "<<token>>"}
    introspected = {"client": Take('"active":true', ",")}
    cookie = {"cookie": Take("GLEWLWYD2_SESSION_ID=", ";", header="set-cookie")}
    return {
        Operation.LOGIN_WEB: Play((Step("POST", "/api/auth", json=_LOG_IN, takes=cookie),), rows.logins),
        Operation.REFRESH: Play(
            (Step("POST", _TOKEN, form=refreshing, takes={"token": _REFRESH}),), rows.refreshing, Deal.KEPT
        ),
        Operation.CODE: Play(_code_steps({"id_token": Take('"id_token":"', '"')}), rows.sessions, Deal.KEPT),
        Operation.CLIENT_CREDENTIALS: Play(
            (Step("POST", _TOKEN, _BASIC, form=_CREDENTIALS, takes={"token": _ACCESS}),)
        ),
        Operation.SESSION: Play(
            (Step("GET", "/api/profile_list", cookies, takes={"name": Take('"username":"', '"')}),), rows.sessions
        ),
        Operation.BEARER: Play(
            (Step("GET", f"{_OIDC}/userinfo", bearer, takes={"sub": Take('"sub":"', '"')}),), rows.bearers
        ),
        Operation.INTROSPECTION: Play(
            (Step("POST", f"{_OIDC}/introspect", _BASIC, form={"token": "<<token>>"}, takes=introspected),),
            rows.of_services,
        ),
        Operation.KEYS: Play((Step("GET", f"{_OIDC}/jwks"),)),
        Operation.DISCOVERY: Play((Step("GET", f"{_OIDC}/.well-known/openid-configuration"),)),
    }


def _set_up(place: Place, names: Sequence[str]) -> None:
    """Set a place up, unless that was done before."""
    operator = Client(place.port)
    operator.post("/api/auth", json=_OPERATOR)
    if operator.ask(Step("GET", "/api/client/page")).status == HTTPStatus.OK:
        return
    operator.post("/api/mod/plugin/", json=_provider(place))
    operator.post("/api/scope/", json={"name": "reports:read", "password_required": False})
    for client in (_service(), _page()):
        operator.post("/api/client/", json=client)
    for name in names:
        account = {"username": name, "name": name, "email": f"{name}@example.com", "password": PASSWORD}
        operator.post("/api/user/", json={**account, "scope": ["g_profile", *_SCOPE.split()], "enabled": True})
        _grant(_signed_in(place, name))


def _grant(person: Client) -> None:
    """Let a person consent to what the page asks for."""
    consent = Step("PUT", "/api/auth/grant/page/", json={"scope": _SCOPE})
    reply = person.ask(consent)
    assert reply.status == HTTPStatus.OK, str(reply)


def _signed_in(place: Place, name: str) -> Client:
    client = Client(place.port)
    client.post("/api/auth", json={"username": name, "password": PASSWORD})
    return client


def _provider(place: Place) -> Mapping[str, object]:
    key = ec.generate_private_key(ec.SECP256R1())
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    parameters = {
        "iss": f"{place.base}{_OIDC}",
        "jwt-type": "ecdsa",
        "jwt-key-size": "256",
        "key": private,
        "cert": public,
        "jwks-show": True,
        "access-token-duration": 600,
        "refresh-token-duration": 14 * 24 * 3600,
        "code-duration": 60,
        "refresh-token-rolling": False,
        "refresh-token-one-use": "always",
        "allow-non-oidc": True,
        "auth-type-code-enabled": True,
        "auth-type-code-revoke-replayed": True,
        "auth-type-token-enabled": False,
        "auth-type-implicit-enabled": False,
        "auth-type-none-enabled": False,
        "auth-type-password-enabled": False,
        "auth-type-client-enabled": True,
        "auth-type-device-enabled": False,
        "auth-type-refresh-enabled": True,
        "pkce-allowed": True,
        "pkce-method-plain-allowed": False,
        "pkce-required": True,
        "introspection-revocation-allowed": True,
        "introspection-revocation-auth-scope": [],
        "introspection-revocation-allow-target-client": True,
        "subject-type": "public",
        "name-claim": "on-demand",
        "email-claim": "no",
        "scope-claim": "no",
        "allowed-scope": _SCOPE.split(),
    }
    return {"module": "oidc", "name": "oidc", "display_name": "A provider", "order_rank": 0, "parameters": parameters}


def _service() -> Mapping[str, object]:
    return {
        "client_id": "service",
        "name": "A service",
        "enabled": True,
        "confidential": True,
        "client_secret": _SECRET,
        "token_endpoint_auth_method": ["client_secret_basic"],
        "authorization_type": ["client_credentials"],
        "redirect_uri": [],
        "scope": ["reports:read"],
    }


def _page() -> Mapping[str, object]:
    return {
        "client_id": "page",
        "name": "A page",
        "enabled": True,
        "confidential": False,
        "token_endpoint_auth_method": ["none"],
        "authorization_type": ["code", "refresh_token"],
        "redirect_uri": [CALLBACK],
        "scope": [],
    }


def _code_steps(takes: Mapping[str, Take]) -> tuple[Step, ...]:
    # As its own pages say when somebody has signed in.
    asked = {**asking("page", _SCOPE), "g_continue": "true"}
    path = f"{_OIDC}/auth?{urlencode(asked)}"
    code = Take("code=", "&", header="location")
    return (
        Step("GET", path, {"Cookie": "<<cookies>>"}, status=302, takes={"code": code}),
        Step("POST", _TOKEN, form=exchanging("page", "<<code>>"), takes=takes),
    )
