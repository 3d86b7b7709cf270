"""What answers about accounts and consents hold. No password, no hash and no network address is in any."""

from datetime import datetime

from doorward.api.v1.bodies import AnswerBody
from doorward.core.accounts.records import Account, Status
from doorward.core.kernel.pages import Page
from doorward.core.oauth.authorize.applications import Application
from doorward.core.oauth.records import Client
from doorward.core.oauth.rules import scopes
from doorward.core.operating.people.consents import Allowed
from doorward.core.operating.people.see_account import AccountSeen, Lock
from doorward.core.sessions.records import Kind, Session


class AccountAnswer(AnswerBody):
    """An account. `delete_after` is set while it waits to be deleted, `updated_at` once name or address changed."""

    id: str
    username: str
    email: str
    status: Status
    created_at: datetime
    verified_at: datetime
    updated_at: datetime | None
    delete_after: datetime | None

    @classmethod
    def of(cls, account: Account) -> "AccountAnswer":
        """Return the answer for an account."""
        return cls(**{name: getattr(account, name) for name in AccountAnswer.model_fields})


class AccountsAnswer(AnswerBody):
    """One page of accounts; `next_after` is where the next one begins, null at the end."""

    accounts: list[AccountAnswer]
    next_after: str | None


class LockAnswer(AnswerBody):
    """Whether the password may be tried.

    Until `suspended_until`, only known devices may; `is_spent`: nobody may, until it is reset or unlocked. `failures`
    counts wrong passwords in a row.
    """

    suspended_until: datetime | None
    failures: int
    is_spent: bool

    @classmethod
    def of(cls, lock: Lock) -> "LockAnswer":
        """Return the answer for a lock."""
        return cls(suspended_until=lock.until, failures=lock.failures, is_spent=lock.is_spent)


class WayAnswer(AnswerBody):
    """Another provider that lets somebody in, and what it calls them."""

    provider: str
    label: str
    linked_at: datetime


class SeenAnswer(AccountAnswer):
    """An account with what it may do, and how its owner signs in."""

    roles: list[str]
    lock: LockAnswer
    has_password: bool
    ways_in: list[WayAnswer]

    @classmethod
    def of_seen(cls, seen: AccountSeen) -> "SeenAnswer":
        """Return the answer for how an account stands."""
        ways = [
            WayAnswer(provider=each.provider_id, label=each.label, linked_at=each.linked_at)
            for each in seen.ways_in.identities
        ]
        return cls(
            **AccountAnswer.of(seen.account).model_dump(),
            roles=list(seen.roles),
            lock=LockAnswer.of(seen.lock),
            has_password=seen.ways_in.has_password,
            ways_in=ways,
        )


class RolesAnswer(AnswerBody):
    """What an account may do now."""

    roles: list[str]


class SessionOfAnswer(AnswerBody):
    """Where somebody is signed in. `network` changes every day, and tells two networks apart within one."""

    id: str
    kind: Kind
    device_name: str
    network: str
    created_at: datetime
    last_seen_at: datetime

    @classmethod
    def of(cls, session: Session) -> "SessionOfAnswer":
        """Return the answer for a session."""
        own = {name: getattr(session, name) for name in cls.model_fields if name != "network"}
        return cls(**own, network=session.place)


class SessionsOfAnswer(AnswerBody):
    """Where somebody is signed in, the session seen last first."""

    sessions: list[SessionOfAnswer]


class EndedAnswer(AnswerBody):
    """How many sessions ended, those of applications among them."""

    ended: int


class ConsentAnswer(AnswerBody):
    """What an account lets a client use, since when."""

    account_id: str
    client_id: str
    client_name: str
    scopes: list[str]
    since: datetime


class ConsentsAnswer(AnswerBody):
    """One page of consents; `next_after` is where the next one begins, null at the end."""

    consents: list[ConsentAnswer]
    next_after: str | None

    @classmethod
    def of_account(cls, account: Account, applications: tuple[Application, ...]) -> "ConsentsAnswer":
        """Return the answer for all that acts for an account, the newest first."""
        consents = [
            ConsentAnswer(
                account_id=account.id,
                client_id=each.client.id,
                client_name=each.client.name,
                scopes=list(each.scopes),
                since=each.since,
            )
            for each in applications
        ]
        return cls(consents=consents, next_after=None)

    @classmethod
    def of_client(cls, client: Client, page: Page[Allowed]) -> "ConsentsAnswer":
        """Return the answer for those who allowed a client something, in the order of their ids."""
        consents = [
            ConsentAnswer(
                account_id=each.consent.account_id,
                client_id=client.id,
                client_name=client.name,
                scopes=list(scopes.split(each.consent.scope)),
                since=each.consent.granted_at,
            )
            for each in page.items
        ]
        return cls(consents=consents, next_after=page.next_after)
