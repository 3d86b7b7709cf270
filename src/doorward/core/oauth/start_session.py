"""Starting the session of a client. Only what ends in a grant may do this."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from doorward.core.access.decide import of_client
from doorward.core.kernel import secrets
from doorward.core.kernel.ids import SessionId
from doorward.core.oauth.ports import HasGrants
from doorward.core.oauth.records import Client, Grant
from doorward.core.sessions.ports import HasSessions
from doorward.core.sessions.records import LIFETIMES, Kind, Session
from doorward.core.sessions.tokens import RefreshTokens


class StartWork(HasSessions, HasGrants, Protocol):
    """What starting the session of a client writes."""


@dataclass(frozen=True, slots=True)
class StartClientSession:
    """Writes a grant and its session, a family of refresh tokens, and returns the session with its first token."""

    tokens: RefreshTokens

    def __call__(
        self,
        work: StartWork,
        grant: Grant,
        client: Client,
        *,
        scope: str,
        place: str,
        granted_in: SessionId | None,
        now: datetime,
        authenticated_at: datetime | None = None,
    ) -> tuple[Session, str] | None:
        """Add both to the caller's unit of work. The session has the id that the grant names.

        It ends with the session that it was `granted_in`, and no later, unless the grant is offline. None of its
        scopes is one that first-party sessions are for. Without `authenticated_at` it was the moment that the session
        it was granted in says. It has the device of that one where its refresh token is a cookie, for then another
        cookie proves the device. None: that session has ended, or is not the account's; nothing was written.
        """
        parent = None if granted_in is None else work.sessions.held(granted_in, now=now)
        if granted_in is not None and (parent is None or parent.account_id != grant.account_id):
            return None
        ends_with = None if grant.is_offline else parent
        expires_at = grant.expires_at if ends_with is None else min(grant.expires_at, ends_with.expires_at)
        secret = secrets.random_bytes(secrets.SECRET_BYTES)
        session = Session(
            id=grant.session_id,
            account_id=grant.account_id,
            kind=Kind.CLIENT,
            device_name=client.name,
            place=place,
            scope=of_client(scope),
            created_at=now,
            authenticated_at=authenticated_at or (parent.authenticated_at if parent else now),
            last_seen_at=now,
            idle_expires_at=min(now + LIFETIMES[Kind.CLIENT].idle, expires_at),
            expires_at=expires_at,
            digest=secrets.digest(secret),
            device_id=parent.device_id if parent and client.uses_refresh_cookie else None,
            parent_id=ends_with.id if ends_with else None,
        )
        work.sessions.add(session)
        work.grants.add(grant)
        return session, self.tokens.close(session.id, session.generation, secret)
