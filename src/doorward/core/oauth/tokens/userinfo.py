"""Telling an application of the person whose access token it shows.

Source: OpenID Connect Core 1.0 section 5.3; RFC 6750; RFC 9449 section 7.
"""

from dataclasses import dataclass
from typing import Final, Protocol

from doorward.core.kernel.clock import Clock
from doorward.core.kernel.ids import ClientId, SessionId
from doorward.core.kernel.work import OpensView
from doorward.core.keys.errors import TokenRefused
from doorward.core.keys.jose import JsonValue
from doorward.core.keys.keyring import Keyring
from doorward.core.keys.records import AccessToken
from doorward.core.oauth.clients.find import FindClient
from doorward.core.oauth.errors import OAuthCode, OAuthError
from doorward.core.oauth.may_issue import Standing, StandingWork, may_issue
from doorward.core.oauth.ports import HasGrants
from doorward.core.oauth.proofs.check_proof import CheckProof
from doorward.core.oauth.records import Grant
from doorward.core.oauth.rules import scopes
from doorward.core.oauth.subjects import Subjects
from doorward.core.oauth.tokens import person
from doorward.core.oauth.tokens.id_token import ID_TOKEN_TYPE
from doorward.core.oauth.tokens.kinds import userinfo_audience
from doorward.core.sessions.records import Kind

PATH: Final = "/oauth/userinfo"


class UserinfoView(StandingWork, HasGrants, Protocol):
    """What is read to tell of somebody."""


@dataclass(frozen=True, slots=True)
class Shown:
    """An access token as it was shown: by which scheme, by which method, and with which proof, if any."""

    access_token: str
    is_bound: bool
    method: str
    proof: str | None = None

    def __repr__(self) -> str:
        return f"Shown(is_bound={self.is_bound!r})"


@dataclass(frozen=True, slots=True)
class Told:
    """What is told of somebody: claims, or those claims signed, for a client that registered for it."""

    claims: dict[str, JsonValue]
    signed: str | None = None


@dataclass(frozen=True, slots=True)
class Userinfo:
    """Tell a client of the owner of an access token that is meant for this endpoint."""

    view: OpensView[UserinfoView]
    find: FindClient
    keyring: Keyring
    check_proof: CheckProof
    subjects: Subjects
    clock: Clock

    def __call__(self, shown: Shown) -> Told:
        """Return what the token's scopes tell.

        Raises: OAuthError, Unavailable.
        """
        token = self._read(shown)
        self._check_possession(token, shown)
        if scopes.OPENID not in scopes.split(token.scope) or token.session_id is None:
            raise OAuthError(OAuthCode.INSUFFICIENT_SCOPE, "The token does not have the scope openid.")
        standing, grant = self._standing(token, token.session_id)
        names = person.asked_for(grant.claims, "userinfo")
        told = person.by_scope(standing.profile, scopes=scopes.split(token.scope)) | person.by_name(
            standing.profile, scopes=standing.client.scopes, names=names
        )
        claims = person.around({"sub": self.subjects.of(standing.client, grant.account_id)}, told)
        algorithm = standing.client.userinfo_algorithm
        if algorithm is None:
            return Told(claims)
        whole: dict[str, JsonValue] = {**claims, "iss": self.keyring.issuer, "aud": standing.client.id}
        return Told(claims, self.keyring.sign_claims(ID_TOKEN_TYPE, whole, algorithm))

    def _read(self, shown: Shown) -> AccessToken:
        try:
            self.keyring.refresh()
            return self.keyring.read(shown.access_token, userinfo_audience(self.keyring.issuer))
        except TokenRefused:
            raise refused() from None

    def _check_possession(self, token: AccessToken, shown: Shown) -> None:
        """Return when the token came as it was issued: with a proof by its key, or with none where it has no key.

        Source: RFC 9449 sections 7.1 and 7.2.
        """
        if shown.is_bound != (token.key_thumbprint is not None):
            raise refused()
        if not shown.is_bound:
            return
        if shown.proof is None:
            raise OAuthError(OAuthCode.INVALID_DPOP_PROOF, "The token must come with a proof of possession.")
        thumbprint = self.check_proof(shown.proof, method=shown.method, path=PATH, access_token=shown.access_token)
        if thumbprint != token.key_thumbprint:
            raise refused()

    def _standing(self, token: AccessToken, session_id: SessionId) -> tuple[Standing, Grant]:
        with self.view() as view:
            grant = view.grants.of_session(session_id)
            client = self.find.within(view, ClientId(token.client_id))
            standing = may_issue(view, client, None, session_id=session_id, scope=token.scope, now=self.clock.now())
        if grant is None or standing is None or standing.session.kind is not Kind.CLIENT:
            raise refused()
        return standing, grant


def refused() -> OAuthError:
    """Return how a token is refused that is not good for this (RFC 6750 section 3.1)."""
    return OAuthError(OAuthCode.INVALID_TOKEN, "The access token is not valid here.")
