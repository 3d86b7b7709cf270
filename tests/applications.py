"""Applications that people let act for them, as far as the core sees them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Final

from doorward.core.kernel.ids import AccountId, ClientId, SessionId, new_id
from doorward.core.keys import jose
from doorward.core.keys.jose import JsonValue
from doorward.core.keys.records import Algorithm
from doorward.core.oauth.codes import Approved, Codes
from doorward.core.oauth.errors import OAuthCode, OAuthError
from doorward.core.oauth.grants.records import Issued
from doorward.core.oauth.records import Client, ClientAuthentication, ClientSecret, ClientType, Consent, GrantType
from doorward.core.oauth.rules import scopes
from doorward.core.oauth.tokens.kinds import userinfo_audience
from doorward.core.sessions.records import EndReason, Session
from tests.builders import CALLBACK, ISSUER, NOW
from tests.house import House

VERIFIER: Final = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
CHALLENGE: Final = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
OTHER_VERIFIER: Final = VERIFIER.swapcase()
SCOPE: Final = "openid profile email reports:read"
REPORTS: Final = "https://reports.example"
INVOICES: Final = "https://invoices.example"
USERINFO: Final = userinfo_audience(ISSUER)
EVERY_GRANT: Final = (
    GrantType.AUTHORIZATION_CODE,
    GrantType.REFRESH_TOKEN,
    GrantType.CLIENT_CREDENTIALS,
    GrantType.DEVICE_CODE,
    GrantType.TOKEN_EXCHANGE,
)

SPA: Final = Client(
    id=ClientId("reports-spa"),
    name="Reports",
    type=ClientType.SPA,
    authentication=ClientAuthentication.NONE,
    created_at=NOW,
    scopes=(*scopes.split(SCOPE), "offline_access"),
    redirect_uris=(CALLBACK,),
    id_token_algorithm=Algorithm.ES256,
)
SERVER: Final = replace(
    SPA,
    id=ClientId("reports-server"),
    name="Reports server",
    type=ClientType.WEB,
    authentication=ClientAuthentication.SECRET_BASIC,
    grants=EVERY_GRANT,
    resources=(REPORTS, INVOICES),
)

_NUMBERS: Final = count(1)


@dataclass
class Application:
    """An application, and the person who lets it act; what it was answered last is kept."""

    house: House
    client: Client = SPA
    login: str = "margaret"
    consents: bool = True
    browser: SessionId = field(init=False)
    account_id: AccountId = field(init=False)
    secret: str = field(default="", init=False)

    def __post_init__(self) -> None:
        remembered = self.house.sign_in(self.login)
        self.browser, self.account_id = remembered.session_id, remembered.profile.id
        if self.client.authentication is not ClientAuthentication.NONE:
            self.secret, kept = self.house.tools.client_secrets.make(self.house.clock.now())
            self.client = replace(self.client, secrets=(ClientSecret(kept.digest, kept.created_at),))
        with self.house.store.work() as work:
            work.clients.add(self.client)
            if self.consents:
                work.consents.put(Consent(self.account_id, self.client.id, f"{SCOPE} offline_access", NOW))

    def introspected(self, token: str) -> Mapping[str, JsonValue]:
        """Return what the application is told of a token."""
        told: dict[str, JsonValue] = json.loads(self.house.flows.tokens.introspect(self.client, token))
        return told

    def approved(self, **changes: object) -> Approved:
        """Return what somebody allows it, but for the changes."""
        approved = Approved(
            session_id=SessionId(new_id(self.house.clock.now())),
            is_offline=False,
            client_id=self.client.id,
            account_id=self.account_id,
            parent_id=self.browser,
            scope=SCOPE,
            authenticated_at=self.house.clock.now(),
            redirect_uri=CALLBACK,
            challenge=CHALLENGE,
            nonce="a nonce",
        )
        return replace(approved, **changes)  # type: ignore[arg-type]  # what a test changes is its own affair

    def code(self, **changes: object) -> str:
        """Return a fresh code."""
        now = self.house.clock.now()
        artefact, code = Codes(self.house.tools.envelopes).make(self.approved(**changes), now=now)
        with self.house.store.work() as work:
            work.onetimes.add(artefact)
        return code

    def ask(self, *, proof: str | None = None, **parameters: str) -> Issued:
        """Ask the token endpoint."""
        return self.house.flows.tokens.give(self.client, parameters, proof=proof)

    def exchange(self, code: str | None = None, *, proof: str | None = None, **changes: str) -> Issued:
        """Exchange a code."""
        sent = {
            "grant_type": "authorization_code",
            "code": code or self.code(),
            "redirect_uri": CALLBACK,
            "code_verifier": VERIFIER,
        }
        return self.ask(proof=proof, **{name: value for name, value in (sent | changes).items() if value})

    def refresh(self, refresh_token: str | None, *, proof: str | None = None, **more: str) -> Issued:
        """Use a refresh token."""
        return self.ask(proof=proof, grant_type="refresh_token", refresh_token=refresh_token or "", **more)

    def sign_out(self) -> None:
        """Let the person sign out in the browser."""
        self.house.flows.end_session(self.account_id, self.browser, reason=EndReason.SIGNED_OUT)

    def session_of(self, issued: Issued) -> Session:
        """Return the session that tokens belong to."""
        session_id = claims(issued.access_token)["sid"]
        with self.house.store.view() as view:
            session = view.sessions.by_id(SessionId(str(session_id)))
        assert session is not None
        return session

    def is_live(self, issued: Issued) -> bool:
        """Tell whether the session that tokens belong to has not ended."""
        return self.session_of(issued).ended_at is None


def claims(token: str) -> dict[str, JsonValue]:
    """Return what a token says."""
    return dict(jose.parse(token).claims)


def another(client: Client, **changes: object) -> Client:
    """Return a client like this one, under an id of its own."""
    changed = replace(client, id=ClientId(f"{client.id}-{next(_NUMBERS)}"))
    return replace(changed, **changes)  # type: ignore[arg-type]  # what a test changes is its own affair


def code_of(error: OAuthError) -> OAuthCode:
    """Return what an error is called."""
    return error.error
