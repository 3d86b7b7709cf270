"""What operators do to accounts."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from doorward.core.access.decide import check_role
from doorward.core.access.ports import HasRoles
from doorward.core.access.records import OPERATOR
from doorward.core.accounts import names
from doorward.core.accounts.errors import UserExists
from doorward.core.accounts.ports import HasAccounts, HasClaims
from doorward.core.accounts.records import Account, Status
from doorward.core.audit.ports import HasAuditLog
from doorward.core.audit.record import record
from doorward.core.audit.records import AuditKind, Event
from doorward.core.credentials.choose import ChoosePassword
from doorward.core.credentials.ports import HasPasswords
from doorward.core.credentials.records import PasswordRecord
from doorward.core.kernel.clock import Clock
from doorward.core.kernel.errors import Conflict, NotFound
from doorward.core.kernel.ids import AccountId, is_id, new_id
from doorward.core.kernel.pages import Page
from doorward.core.kernel.work import OpensView, OpensWork
from doorward.core.onetime.mint import Mint
from doorward.core.onetime.ports import HasOneTimes
from doorward.core.onetime.records import Purpose
from doorward.core.operating.last_operator import keep_one_operator
from doorward.core.sessions.ports import HasSessions
from doorward.core.sessions.records import EndReason


class OperateWork(HasAccounts, HasClaims, HasPasswords, HasRoles, HasSessions, HasOneTimes, HasAuditLog, Protocol):
    """What operators write."""


@dataclass(frozen=True, slots=True)
class AccountWithRoles:
    """An account and what it may do."""

    account: Account
    roles: tuple[str, ...]


def find(work: HasAccounts, wanted: str) -> Account:
    """Return the account with this id, username or address.

    Raises: NotFound.
    """
    by_id = work.accounts.by_id(AccountId(wanted)) if is_id(wanted) else None
    account = by_id or work.accounts.by_login(names.login_key(wanted))
    if account is None:
        raise NotFound
    return account


@dataclass(frozen=True, slots=True)
class Added:
    """A new account, and the token of the link by which its owner chooses a password (None: it has one)."""

    account: Account
    token: str | None

    def __repr__(self) -> str:
        return f"Added(account={self.account!r})"


@dataclass(frozen=True, slots=True)
class AddAccount:
    """Add an account whose address the operator vouches for.

    An operator never chooses somebody else's password: without one, the owner gets a link to choose it.
    Source: OWASP ASVS 5.0, 6.4.6.
    """

    work: OpensWork[OperateWork]
    mint: Mint
    choose: ChoosePassword
    clock: Clock

    def __call__(self, username: str, email: str, *, password: str | None = None, roles: tuple[str, ...] = ()) -> Added:
        """Return the new account.

        Raises: Invalid, PasswordUnsuitable, UserExists.
        """
        for role in roles:
            check_role(role, pointer="/role")
        name, address = names.username(username), names.email(email)
        context = (name.key, address.key.partition("@")[0])
        password_hash = self.choose(password, pointer="/password", context=context) if password else None
        now = self.clock.now()
        account = vouched_for(name, address, now=now)
        with self.work() as work:
            keep(work, account, password_hash, roles=roles, now=now)
            if password_hash:
                return Added(account, None)
            minted = self.mint.make(Purpose.CHOOSE_PASSWORD, account.id, now=now)
            work.onetimes.add(minted.artefact)
        return Added(account, minted.token)


def vouched_for(name: names.Username, address: names.Email, *, now: datetime) -> Account:
    """Return a new active account for somebody whose address needs no proof."""
    return Account(
        id=AccountId(new_id(now)),
        username=name.shown,
        username_key=name.key,
        username_skeleton=name.skeleton,
        email=address.shown,
        email_key=address.key,
        status=Status.ACTIVE,
        created_at=now,
        verified_at=now,
    )


def keep(
    work: OperateWork, account: Account, password_hash: str | None, *, roles: tuple[str, ...], now: datetime
) -> None:
    """Write a new account with its password and roles.

    Raises: UserExists.
    """
    if not work.accounts.add(account):
        raise UserExists
    if password_hash:
        work.passwords.put(PasswordRecord(account.id, password_hash, now))
    work.claims.remove_of_email(account.email_key)
    record(work.audit, Event(AuditKind.ACCOUNT_ADDED, account_id=account.id), now)
    for role in roles:
        work.roles.grant(account.id, role)
        event = Event(AuditKind.ROLE_GRANTED, account_id=account.id, detail={"role": role})
        record(work.audit, event, now)


@dataclass(frozen=True, slots=True)
class ListAccounts:
    """Return accounts page by page, the oldest first."""

    view: OpensView[OperateWork]

    def __call__(self, *, after: str | None = None, size: int = 50, contains: str | None = None) -> Page[Account]:
        """Return one page; `contains` narrows it to names and addresses with this text in them."""
        with self.view() as work:
            return work.accounts.page(after=after, size=size, contains=contains)


@dataclass(frozen=True, slots=True)
class ShowAccount:
    """Return one account by id, username or address."""

    view: OpensView[OperateWork]

    def __call__(self, wanted: str) -> AccountWithRoles:
        """Read it.

        Raises: NotFound.
        """
        with self.view() as work:
            account = find(work, wanted)
            return AccountWithRoles(account, work.roles.of(account.id))


@dataclass(frozen=True, slots=True)
class SetEnabled:
    """Disable an account, which ends its sessions and links, or enable it again."""

    work: OpensWork[OperateWork]
    clock: Clock

    def __call__(self, wanted: str, *, enabled: bool, actor_id: AccountId | None = None) -> Account:
        """Return the account as it is now; setting what is set already changes nothing.

        Raises: NotFound; Conflict; LastOperator, when somebody with an account disables the last one who operates.
        """
        now = self.clock.now()
        status = Status.ACTIVE if enabled else Status.DISABLED
        with self.work() as work:
            account = find(work, wanted)
            if account.status is status:
                return account
            if not enabled and actor_id is not None:
                account = keep_one_operator(work, account)
            changed = replace(account, status=status, delete_after=None)
            if not work.accounts.replace(changed, expected=account):
                raise Conflict
            if not enabled:
                work.sessions.end_all(account.id, at=now, reason=EndReason.DISABLED)
                work.onetimes.discard(account.id)
            kind = AuditKind.ACCOUNT_ENABLED if enabled else AuditKind.ACCOUNT_DISABLED
            record(work.audit, Event(kind, account_id=account.id, actor_id=actor_id), now)
        return replace(changed, version=account.version + 1)


@dataclass(frozen=True, slots=True)
class SetRole:
    """Grant a role to an account, or revoke it."""

    work: OpensWork[OperateWork]
    clock: Clock

    def __call__(self, wanted: str, role: str, *, granted: bool, actor_id: AccountId | None = None) -> AccountWithRoles:
        """Return the account with the roles that it has now.

        Raises: Invalid; NotFound; Conflict; LastOperator, when somebody with an account takes that role away from the
        last one who has it.
        """
        check_role(role, pointer="/role")
        now = self.clock.now()
        with self.work() as work:
            account = find(work, wanted)
            if role == OPERATOR and not granted and actor_id is not None:
                account = keep_one_operator(work, account)
            change = work.roles.grant if granted else work.roles.revoke
            if change(account.id, role):
                kind = AuditKind.ROLE_GRANTED if granted else AuditKind.ROLE_REVOKED
                event = Event(kind, account_id=account.id, actor_id=actor_id, detail={"role": role})
                record(work.audit, event, now)
            return AccountWithRoles(account, work.roles.of(account.id))
