"""Taking a token back.

Source: RFC 7009.
"""

from dataclasses import dataclass
from typing import Protocol

from doorward.core.audit.ports import HasAuditLog
from doorward.core.audit.record import record
from doorward.core.audit.records import AuditKind, Event
from doorward.core.kernel.clock import Clock
from doorward.core.kernel.ids import SessionId
from doorward.core.kernel.work import OpensWork
from doorward.core.keys.errors import TokenRefused
from doorward.core.keys.keyring import Keyring
from doorward.core.oauth.errors import OAuthCode, OAuthError
from doorward.core.oauth.ports import HasGrants
from doorward.core.oauth.records import Client
from doorward.core.sessions.ports import HasSessions
from doorward.core.sessions.records import EndReason
from doorward.core.sessions.tokens import RefreshTokens


class RevokeWork(HasGrants, HasSessions, HasAuditLog, Protocol):
    """What taking a token back writes."""


@dataclass(frozen=True, slots=True)
class Revoke:
    """End the session that a token of a client belongs to, and with it every token of that session.

    What kind of token it is, is told by the token; a hint is not needed.
    """

    work: OpensWork[RevokeWork]
    keyring: Keyring
    refresh_tokens: RefreshTokens
    clock: Clock

    def __call__(self, client: Client, presented: str) -> None:
        """Return when the end is durable. A token that is unknown or spent changes nothing (RFC 7009 section 2.2).

        Raises: OAuthError, when the token is another client's, or stands by itself; Unavailable.
        """
        session_id = self._session_of(client, presented)
        if session_id is None:
            return
        now = self.clock.now()
        with self.work() as work:
            grant = work.grants.of_session(session_id)
            if grant is None:
                return
            if grant.client_id != client.id:
                raise foreign()
            if work.sessions.end(session_id, at=now, reason=EndReason.REVOKED):
                event = Event(
                    AuditKind.GRANT_REVOKED,
                    account_id=grant.account_id,
                    session_id=session_id,
                    detail={"client": client.id},
                )
                record(work.audit, event, now)

    def _session_of(self, client: Client, presented: str) -> SessionId | None:
        opened = self.refresh_tokens.open(presented)
        if opened is not None:
            return opened.session_id
        try:
            self.keyring.refresh()
            token = self.keyring.read_any(presented)
        except TokenRefused:
            return None
        if token.client_id != client.id:
            raise foreign()
        if token.session_id is None:
            what = "A token that a client got for itself is kept nowhere; it ends within minutes."
            raise OAuthError(OAuthCode.UNSUPPORTED_TOKEN_TYPE, what)
        return token.session_id


def foreign() -> OAuthError:
    """Return how a token is refused that was issued to another client (RFC 7009 section 2.1)."""
    return OAuthError(OAuthCode.INVALID_GRANT, "The token was not issued to this client.")
