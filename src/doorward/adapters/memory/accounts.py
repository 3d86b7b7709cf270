"""Accounts, and claims to addresses that are not proven."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from doorward.adapters.memory.tables import Access
from doorward.core.accounts.names import bounds
from doorward.core.accounts.ports import Accounts, Claims
from doorward.core.accounts.records import Account, Claim
from doorward.core.kernel.ids import AccountId, ClaimId
from doorward.core.kernel.pages import Page


@dataclass(frozen=True, slots=True)
class MemoryAccounts(Accounts):
    """Keeps accounts."""

    access: Access

    def by_id(self, account_id: AccountId) -> Account | None:
        return self.access.tables.accounts.get(account_id)

    def held(self, account_id: AccountId) -> Account | None:
        return self.by_id(account_id)  # units of work follow one another

    def by_login(self, login_key: str) -> Account | None:
        return _first(account for account in self._all() if login_key in (account.username_key, account.email_key))

    def by_email(self, email_key: str) -> Account | None:
        return _first(account for account in self._all() if account.email_key == email_key)

    def holder_of(self, *, username_key: str, username_skeleton: str, email_key: str) -> Account | None:
        holders = (
            account
            for account in self._all()
            if account.email_key == email_key
            or account.username_key == username_key
            or account.username_skeleton == username_skeleton
        )
        return min(holders, key=lambda holder: holder.email_key != email_key, default=None)

    def add(self, account: Account) -> bool:
        accounts = self.access.writable().accounts
        self.access.notes.accounts.add(account.id)
        if account.id in accounts or self._clashes(account):
            return False
        accounts[account.id] = account
        return True

    def replace(self, account: Account, *, expected: Account) -> bool:
        accounts = self.access.writable().accounts
        self.access.notes.accounts.add(account.id)
        kept = accounts.get(account.id)
        if kept is None or kept.version != expected.version or self._clashes(account):
            return False
        accounts[account.id] = replace(account, created_at=kept.created_at, version=expected.version + 1)
        return True

    def remove(self, account_id: AccountId) -> None:
        self.access.notes.accounts.add(account_id)
        self.access.writable().accounts.pop(account_id, None)

    def page(self, *, after: str | None = None, size: int = 50, contains: str | None = None) -> Page[Account]:
        begin, part = after or "", (contains or "").casefold()
        rest = [
            account
            for account in self._all()
            if account.id > begin and (part in account.username_key or part in account.email_key)
        ]
        items = tuple(rest[:size])
        return Page(items, items[-1].id if len(rest) > size else None)

    def newest(self, *, before: AccountId | None = None, limit: int = 50) -> tuple[Account, ...]:
        older = [account for account in self._all() if before is None or account.id < before]
        return tuple(older[::-1][:limit])

    def named(self, prefix: str, *, after: str = "", limit: int = 50) -> tuple[Account, ...]:
        begin, end = bounds(prefix, after)
        found = [account for account in self._all() if begin <= account.username_key < end]
        return tuple(sorted(found, key=lambda account: account.username_key)[:limit])

    def addressed(self, prefix: str, *, after: str = "", limit: int = 50) -> tuple[Account, ...]:
        begin, end = bounds(prefix, after)
        found = [account for account in self._all() if begin <= account.email_key < end]
        others = [account for account in found if not account.username_key.startswith(prefix)]
        return tuple(sorted(others, key=lambda account: account.email_key)[:limit])

    def due_for_deletion(self, now: datetime, *, limit: int) -> tuple[Account, ...]:
        due = [(account.delete_after, account.id) for account in self._all() if account.delete_after]
        return tuple(self.access.tables.accounts[of] for at, of in sorted(due) if at <= now)[:limit]

    def count(self) -> int:
        return len(self.access.tables.accounts)

    def _all(self) -> list[Account]:
        return sorted(self.access.tables.accounts.values(), key=lambda account: account.id)

    def _clashes(self, account: Account) -> bool:
        return any(
            other.id != account.id
            and (
                other.username_key == account.username_key
                or other.username_skeleton == account.username_skeleton
                or other.email_key == account.email_key
            )
            for other in self.access.tables.accounts.values()
        )


@dataclass(frozen=True, slots=True)
class MemoryClaims(Claims):
    """Keeps claims."""

    access: Access

    def add(self, claim: Claim) -> None:
        self.access.writable().claims[claim.id] = claim

    def by_id(self, claim_id: ClaimId) -> Claim | None:
        return self.access.tables.claims.get(claim_id)

    def newest(self, login_key: str) -> Claim | None:
        claims = self.access.tables.claims.values()
        found = (claim for claim in claims if login_key in (claim.username_key, claim.email_key))
        return max(found, key=lambda claim: claim.id, default=None)

    def remove_of_email(self, email_key: str) -> int:
        return self._remove(claim for claim in self.access.tables.claims.values() if claim.email_key == email_key)

    def purge(self, before: datetime) -> int:
        return self._remove(claim for claim in self.access.tables.claims.values() if claim.created_at < before)

    def _remove(self, claims: Iterable[Claim]) -> int:
        gone = [claim.id for claim in claims]
        for claim_id in gone:
            del self.access.writable().claims[claim_id]
        return len(gone)


def _first(accounts: Iterable[Account]) -> Account | None:
    return next(iter(accounts), None)
