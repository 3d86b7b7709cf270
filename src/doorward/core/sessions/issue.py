"""Turning a session into what its owner carries away."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from doorward.core.access.decide import narrowed
from doorward.core.kernel.ids import new_id
from doorward.core.keys.keyring import Keyring
from doorward.core.keys.records import AccessToken
from doorward.core.sessions.records import LIFETIMES, Kind, Profile, Remembered, Session

CLIENT_IDS: Final = {Kind.WEB: "doorward-web", Kind.MOBILE: "doorward-mobile"}
"""The first-party clients that the two kinds of session belong to."""


def audience_of(kind: Kind, issuer: str) -> str:
    """Return the audience of a kind's access tokens; they differ, so neither is accepted in place of the other."""
    return f"{issuer}/v1/web" if kind is Kind.WEB else issuer


@dataclass(frozen=True, slots=True)
class Issue:
    """Signs the access token that goes with a session."""

    keyring: Keyring

    def __call__(
        self,
        session: Session,
        profile: Profile,
        *,
        refresh_token: str,
        now: datetime,
        device_token: str | None = None,
    ) -> Remembered:
        """Return what the owner of `session` carries away. Call it when the session is durable, never before."""
        life = min(LIFETIMES[session.kind].access_token, session.expires_at - now)
        token = AccessToken(
            issuer=self.keyring.issuer,
            subject=session.account_id,
            audience=audience_of(session.kind, self.keyring.issuer),
            client_id=CLIENT_IDS[session.kind],
            session_id=session.id,
            token_id=new_id(now),
            scope=narrowed(session.scope, roles=profile.roles),
            issued_at=now,
            expires_at=now + life,
            authenticated_at=session.authenticated_at,
        )
        return Remembered(
            profile=profile,
            session_id=session.id,
            kind=session.kind,
            access_token=self.keyring.sign(token),
            access_expires_in=life,
            refresh_token=refresh_token,
            refresh_expires_in=session.idle_expires_at - now,
            device_token=device_token,
        )
