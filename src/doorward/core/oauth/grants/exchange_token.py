"""Exchanging an access token for one that another resource takes.

Source: RFC 8693; RFC 9396 section 6.
"""

from dataclasses import dataclass
from typing import Final

from doorward.core.kernel.ids import ClientId, new_id
from doorward.core.kernel.work import OpensView
from doorward.core.keys.errors import TokenRefused
from doorward.core.keys.keyring import Keyring
from doorward.core.keys.records import AccessToken
from doorward.core.oauth.clients.find import FindClient
from doorward.core.oauth.errors import OAuthCode, OAuthError
from doorward.core.oauth.grants.narrow import DETAILS
from doorward.core.oauth.grants.records import Asked, Issued, refused
from doorward.core.oauth.may_issue import StandingWork, may_act, may_issue
from doorward.core.oauth.records import GrantType
from doorward.core.oauth.rules import details, scopes
from doorward.core.oauth.tokens.kinds import BEARER, DPOP
from doorward.core.sessions.records import LIFETIMES, Kind

ACCESS_TOKEN: Final = "urn:ietf:params:oauth:token-type:access_token"  # noqa: S105 (the name of a type)


@dataclass(frozen=True, slots=True)
class ExchangeToken:
    """Let a service that was called with somebody's token call the next service for them.

    The token must have been meant for the service itself: for one of the audiences that it is. What comes of it never
    goes further: no scope that the token does not have, no resource that the service is not registered for, no minute
    longer, no second exchange, and it ends with the same session. Of what the token allows in detail goes along what
    the service names, and nothing by itself: no client is registered for it, as it is for scopes. A token that is bound
    to a key is exchanged for one that is bound to the service's own.
    """

    view: OpensView[StandingWork]
    find: FindClient
    keyring: Keyring

    def __call__(self, asked: Asked) -> Issued:
        """Return the token.

        Raises: OAuthError, Unavailable.
        """
        if asked.client.is_public or not may_act(asked.client, GrantType.TOKEN_EXCHANGE):
            raise OAuthError(OAuthCode.UNAUTHORIZED_CLIENT, "The client may not exchange tokens.")
        _check_kinds(asked)
        subject = self._subject(asked)
        self._check_standing(asked, subject)
        granted = [scope for scope in scopes.split(subject.scope) if scope in asked.client.scopes]
        scope = scopes.join(scopes.narrow(asked.parameters.get("scope"), granted=granted))
        finer = _details(asked, subject)
        life = min(LIFETIMES[Kind.CLIENT].access_token, subject.expires_at - asked.now)
        token = AccessToken(
            issuer=self.keyring.issuer,
            subject=subject.subject,
            audience=_audience(asked, subject),
            client_id=asked.client.id,
            session_id=subject.session_id,
            token_id=new_id(asked.now),
            scope=scope,
            issued_at=asked.now,
            expires_at=asked.now + life,
            authenticated_at=subject.authenticated_at,
            key_thumbprint=asked.key_thumbprint,
            acr=subject.acr,
            amr=subject.amr,
            roles=subject.roles,
            details=finer,
            actor=asked.client.id,
        )
        return Issued(
            access_token=self.keyring.sign(token),
            token_type=DPOP if asked.key_thumbprint else BEARER,
            expires_in=life,
            scope=scope,
            details=finer,
            issued_token_type=ACCESS_TOKEN,
        )

    def _subject(self, asked: Asked) -> AccessToken:
        """Return the token that is presented, if it was meant for this client, is not spent, and may be exchanged."""
        try:
            token = self.keyring.read_any(asked.parameter("subject_token"))
        except TokenRefused:
            raise refused() from None
        is_bound_elsewhere = token.key_thumbprint is not None and asked.key_thumbprint is None
        if not asked.client.answers_for(token.audience) or token.actor is not None:
            raise refused()
        if is_bound_elsewhere or token.expires_at <= asked.now:
            raise refused()
        return token

    def _check_standing(self, asked: Asked, subject: AccessToken) -> None:
        """Return when the session that the token belongs to lives, and its client still has it.

        Raises: OAuthError.
        """
        if subject.session_id is None:
            raise refused()
        with self.view() as view:
            standing = may_issue(
                view,
                self.find.within(view, ClientId(subject.client_id)),
                None,
                session_id=subject.session_id,
                scope=subject.scope,
                now=asked.now,
            )
        if standing is None or standing.session.kind is not Kind.CLIENT:
            raise refused()


def _check_kinds(asked: Asked) -> None:
    """Return when an access token is to be exchanged for an access token, by the client itself.

    Raises: OAuthError.
    """
    kinds = {asked.parameter("subject_token_type"), asked.parameters.get("requested_token_type", ACCESS_TOKEN)}
    if kinds != {ACCESS_TOKEN} or not asked.parameters.keys().isdisjoint({"actor_token", "actor_token_type"}):
        raise OAuthError(OAuthCode.INVALID_REQUEST, "Only an access token is exchanged, for an access token.")


def _audience(asked: Asked, subject: AccessToken) -> str:
    """Return the one resource that the new token is for; `audience` names it too (RFC 8693 section 2.1)."""
    named = {asked.parameters[name] for name in ("resource", "audience") if name in asked.parameters}
    if len(named) > 1:
        raise OAuthError(OAuthCode.INVALID_TARGET, "A token is for one resource: name one.")
    wanted = next(iter(named), subject.audience)
    return scopes.audience(wanted, granted=asked.client.resources, default=subject.audience)


def _details(asked: Asked, subject: AccessToken) -> str | None:
    presented = asked.parameters.get(DETAILS)
    return None if presented is None else details.narrow(presented, granted=subject.details)
