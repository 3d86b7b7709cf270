"""Starting a session of the first party. Only signing in may do this."""

from dataclasses import dataclass
from datetime import datetime

from doorward.core.access.decide import scopes_of
from doorward.core.kernel import secrets
from doorward.core.kernel.ids import DeviceId, SessionId, new_id
from doorward.core.sessions.ports import Sessions
from doorward.core.sessions.records import FIRST_PARTY, LIFETIMES, Authentication, Kind, Profile, Session
from doorward.core.sessions.tokens import RefreshTokens


@dataclass(frozen=True, slots=True)
class StartSession:
    """Writes a new session, and returns it with its first refresh token."""

    tokens: RefreshTokens

    def __call__(
        self,
        sessions: Sessions,
        profile: Profile,
        *,
        kind: Kind,
        device_name: str,
        place: str,
        device_id: DeviceId | None,
        now: datetime,
        authentication: Authentication,
        authenticated_at: datetime | None = None,
    ) -> tuple[Session, str]:
        """Add the session to the caller's unit of work. The id is new at every sign-in (OWASP ASVS 5.0, 7.2.4).

        `authentication` is how the person proved who they are, `authenticated_at` when, where that was not now.
        Raises: ValueError, for a kind that nobody signs in to.
        """
        if kind not in FIRST_PARTY:
            raise ValueError("signing in starts no session of a client")
        secret = secrets.random_bytes(secrets.SECRET_BYTES)
        lifetimes = LIFETIMES[kind]
        session = Session(
            id=SessionId(new_id(now)),
            account_id=profile.id,
            kind=kind,
            device_name=device_name,
            place=place,
            scope=scopes_of(profile.roles),
            created_at=now,
            authenticated_at=min(authenticated_at or now, now),
            last_seen_at=now,
            idle_expires_at=now + lifetimes.idle,
            expires_at=now + lifetimes.absolute,
            digest=secrets.digest(secret),
            device_id=device_id,
            authentication=authentication,
        )
        sessions.add(session)
        return session, self.tokens.close(session.id, session.generation, secret)
