"""Whether anything may be issued, asked by every way that ends in a token."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from doorward.core.kernel.ids import SessionId
from doorward.core.oauth.ports import HasClients, HasConsents
from doorward.core.oauth.records import Client, Consent, GrantType
from doorward.core.oauth.rules.scopes import split
from doorward.core.sessions.ports import HasSessions
from doorward.core.sessions.records import Profile, Session
from doorward.core.sessions.rules import is_live


class StandingWork(HasClients, HasConsents, HasSessions, Protocol):
    """What is read to find out whether a token may be issued."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A client, and the session that it acts in, as they are now: nothing stands against a token for them."""

    client: Client
    session: Session
    profile: Profile


def may_act(client: Client, grant: GrantType | None) -> bool:
    """Tell whether a client is enabled, and may use a grant, where one is named."""
    return client.disabled_at is None and (grant is None or grant in client.grants)


def may_issue(
    work: StandingWork,
    client: Client | None,
    grant: GrantType | None,
    *,
    session_id: SessionId,
    now: datetime,
    scope: str | None = None,
) -> Standing | None:
    """Return the standing of a client that acts for somebody, read anew; None when something stands against it.

    `client` is as `FindClient.within` finds it in `work`: it is there, it is enabled, and it may use the grant, where
    one is named. The session lives, and so does the one that it was granted in; the account is active; and unless the
    client is our own, its owner still consents to the whole scope, that of the session where none is given.
    Source: RFC 9700 section 4.14.2; OWASP ASVS 5.0, 7.4.2 and 10.4.9.
    """
    found = work.sessions.with_snapshot(session_id)
    if client is None or not may_act(client, grant) or found is None:
        return None
    session, snapshot = found
    if not snapshot.is_live or not _lives(session, now) or not _has_living_parent(work, session, now):
        return None
    if not client.is_first_party and not _covers(
        work.consents.of(session.account_id, client.id), session.scope if scope is None else scope
    ):
        return None
    return Standing(client, session, snapshot.profile)


def _lives(session: Session | None, now: datetime) -> bool:
    return session is not None and is_live(session, now)


def _has_living_parent(work: HasSessions, session: Session, now: datetime) -> bool:
    return session.parent_id is None or _lives(work.sessions.by_id(session.parent_id), now)


def _covers(consent: Consent | None, scope: str) -> bool:
    return consent is not None and set(split(scope)) <= set(split(consent.scope))
