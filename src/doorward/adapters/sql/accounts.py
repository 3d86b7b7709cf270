"""Accounts, and claims to addresses that are not proven."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Column, ColumnElement, Select, collate, delete, func, insert, or_, select, update

from doorward.adapters.sql import tables
from doorward.adapters.sql.engine.connection import Connection, Row
from doorward.adapters.sql.engine.statement import Statement, given, insert_unless_taken
from doorward.adapters.sql.engine.values import micros, micros_or_none, moment, moment_or_none
from doorward.core.accounts.names import bounds
from doorward.core.accounts.ports import Accounts, Claims
from doorward.core.accounts.records import Account, Claim, Status
from doorward.core.kernel.ids import AccountId, ClaimId
from doorward.core.kernel.pages import Page

_A = tables.accounts.c
_C = tables.claims.c

_BY_ID = Statement(select(tables.accounts).where(_A.id == given("id")))
# Whoever holds it may change it, too: two who shared it would wait for each other then.
_HELD = Statement(select(tables.accounts).where(_A.id == given("id")).with_for_update(key_share=True))
_BY_LOGIN = Statement(
    select(tables.accounts).where(or_(_A.username_key == given("login_key"), _A.email_key == given("login_key")))
)
_BY_EMAIL = Statement(select(tables.accounts).where(_A.email_key == given("email_key")))
_HOLDERS = Statement(
    select(tables.accounts)
    .where(
        or_(
            _A.email_key == given("email_key"),
            _A.username_key == given("username_key"),
            _A.username_skeleton == given("username_skeleton"),
        )
    )
    .order_by(_A.id)
)
_ADD = insert_unless_taken(tables.accounts)
_REPLACE = Statement(
    update(tables.accounts)
    .where(_A.id == given("account_id"), _A.version == given("expected_version"))
    .values(
        username=given("username"),
        username_key=given("username_key"),
        username_skeleton=given("username_skeleton"),
        email=given("email"),
        email_key=given("email_key"),
        status=given("status"),
        verified_at=given("verified_at"),
        delete_after=given("delete_after"),
        version=given("version"),
        updated_at=given("updated_at"),
    )
)
_REMOVE = Statement(delete(tables.accounts).where(_A.id == given("id")))
_PAGE = select(tables.accounts).where(_A.id > given("after")).order_by(_A.id).limit(given("size"))
_ANY_PAGE = Statement(_PAGE)
_NARROW_PAGE = Statement(
    _PAGE.where(
        or_(
            _A.username_key.like(given("pattern"), escape="\\"),
            _A.email_key.like(given("pattern"), escape="\\"),
        )
    )
)
_NEWEST = select(tables.accounts).order_by(_A.id.desc()).limit(given("limit"))
_NEWEST_OF_ALL, _NEWEST_BEFORE = Statement(_NEWEST), Statement(_NEWEST.where(_A.id < given("before")))


def _beginning(key: Column[str], *others: Column[str]) -> Statement:
    """Return a search for keys that begin with a text, which leaves out whose `others` do.

    PostgreSQL keeps these keys in the order of its locale; what begins alike stands together in that of code points.
    """

    def by_bytes(column: Column[str]) -> ColumnElement[str]:
        return collate(column, "C")

    def search(spelled: Callable[[Column[str]], ColumnElement[str]]) -> Select[tuple[str, ...]]:
        begins, without = spelled(key), [spelled(other) for other in others]
        return (
            select(tables.accounts)
            .where(begins >= given("begin"), begins < given("end"))
            .where(*(or_(other < given("prefix"), other >= given("end")) for other in without))
            .order_by(begins)
            .limit(given("limit"))
        )

    return Statement(search(lambda column: column), lambda: search(by_bytes))


_NAMED = _beginning(_A.username_key)
_ADDRESSED = _beginning(_A.email_key, _A.username_key)
_DUE = Statement(
    select(tables.accounts)
    .where(_A.delete_after.is_not(None), _A.delete_after <= given("now"))
    .order_by(_A.delete_after, _A.id)
    .limit(given("limit"))
)
_COUNT = Statement(select(func.count()).select_from(tables.accounts))

_ADD_CLAIM = Statement(insert(tables.claims))
_CLAIM = Statement(select(tables.claims).where(_C.id == given("id")))
_NEWEST_BY_NAME, _NEWEST_BY_EMAIL = (
    Statement(select(tables.claims).where(key == given("login_key")).order_by(_C.id.desc()).limit(1))
    for key in (_C.username_key, _C.email_key)
)
_REMOVE_CLAIMS = Statement(delete(tables.claims).where(_C.email_key == given("email_key")))
_PURGE_CLAIMS = Statement(delete(tables.claims).where(_C.created_at < given("before")))


@dataclass(frozen=True, slots=True)
class SqlAccounts(Accounts):
    """Keeps accounts."""

    connection: Connection

    def by_id(self, account_id: AccountId) -> Account | None:
        return _account_or_none(self.connection.one(_BY_ID, id=account_id))

    def held(self, account_id: AccountId) -> Account | None:
        # SQLite has one writer at a time and no clause for it; there this is a plain SELECT in the writer's turn.
        rows = self.connection.take(_HELD, id=account_id)
        return _account_or_none(rows[0] if rows else None)

    def by_login(self, login_key: str) -> Account | None:
        return _account_or_none(self.connection.one(_BY_LOGIN, login_key=login_key))

    def by_email(self, email_key: str) -> Account | None:
        return _account_or_none(self.connection.one(_BY_EMAIL, email_key=email_key))

    def holder_of(self, *, username_key: str, username_skeleton: str, email_key: str) -> Account | None:
        rows = self.connection.all(
            _HOLDERS, username_key=username_key, username_skeleton=username_skeleton, email_key=email_key
        )
        holders = [_account(row) for row in rows]
        return min(holders, key=lambda holder: holder.email_key != email_key, default=None)

    def add(self, account: Account) -> bool:
        self.connection.notes.accounts.add(account.id)
        written = self.connection.change(
            _ADD,
            id=account.id,
            username=account.username,
            username_key=account.username_key,
            username_skeleton=account.username_skeleton,
            email=account.email,
            email_key=account.email_key,
            status=account.status.value,
            created_at=micros(account.created_at),
            verified_at=micros(account.verified_at),
            delete_after=micros_or_none(account.delete_after),
            version=account.version,
            updated_at=micros_or_none(account.updated_at),
        )
        return written == 1

    def replace(self, account: Account, *, expected: Account) -> bool:
        self.connection.notes.accounts.add(account.id)
        written = self.connection.change_unless_taken(
            _REPLACE,
            account_id=account.id,
            expected_version=expected.version,
            username=account.username,
            username_key=account.username_key,
            username_skeleton=account.username_skeleton,
            email=account.email,
            email_key=account.email_key,
            status=account.status.value,
            verified_at=micros(account.verified_at),
            delete_after=micros_or_none(account.delete_after),
            version=expected.version + 1,
            updated_at=micros_or_none(account.updated_at),
        )
        return written == 1

    def remove(self, account_id: AccountId) -> None:
        self.connection.notes.accounts.add(account_id)
        self.connection.change(_REMOVE, id=account_id)

    def page(self, *, after: str | None = None, size: int = 50, contains: str | None = None) -> Page[Account]:
        begin, one_more = after or "", size + 1
        if contains is None:
            rows = self.connection.all(_ANY_PAGE, after=begin, size=one_more)
        else:
            rows = self.connection.all(_NARROW_PAGE, after=begin, size=one_more, pattern=_pattern(contains))
        items = tuple(_account(row) for row in rows[:size])
        return Page(items, items[-1].id if len(rows) > size else None)

    def newest(self, *, before: AccountId | None = None, limit: int = 50) -> tuple[Account, ...]:
        if before is None:
            return tuple(_account(row) for row in self.connection.all(_NEWEST_OF_ALL, limit=limit))
        return tuple(_account(row) for row in self.connection.all(_NEWEST_BEFORE, before=before, limit=limit))

    def named(self, prefix: str, *, after: str = "", limit: int = 50) -> tuple[Account, ...]:
        begin, end = bounds(prefix, after)
        rows = self.connection.all(_NAMED, begin=begin, end=end, limit=limit)
        return tuple(_account(row) for row in rows)

    def addressed(self, prefix: str, *, after: str = "", limit: int = 50) -> tuple[Account, ...]:
        begin, end = bounds(prefix, after)
        rows = self.connection.all(_ADDRESSED, prefix=prefix, begin=begin, end=end, limit=limit)
        return tuple(_account(row) for row in rows)

    def due_for_deletion(self, now: datetime, *, limit: int) -> tuple[Account, ...]:
        return tuple(_account(row) for row in self.connection.all(_DUE, now=micros(now), limit=limit))

    def count(self) -> int:
        row = self.connection.one(_COUNT)
        return row[0] if row else 0


@dataclass(frozen=True, slots=True)
class SqlClaims(Claims):
    """Keeps claims."""

    connection: Connection

    def add(self, claim: Claim) -> None:
        self.connection.change(
            _ADD_CLAIM,
            id=claim.id,
            username=claim.username,
            username_key=claim.username_key,
            username_skeleton=claim.username_skeleton,
            email=claim.email,
            email_key=claim.email_key,
            password_hash=claim.password_hash,
            created_at=micros(claim.created_at),
            is_verified=int(claim.is_verified),
        )

    def by_id(self, claim_id: ClaimId) -> Claim | None:
        row = self.connection.one(_CLAIM, id=claim_id)
        return None if row is None else _claim(row)

    def newest(self, login_key: str) -> Claim | None:
        rows = (
            self.connection.one(_NEWEST_BY_NAME, login_key=login_key),
            self.connection.one(_NEWEST_BY_EMAIL, login_key=login_key),
        )
        found = [_claim(row) for row in rows if row is not None]
        return max(found, key=lambda claim: claim.id, default=None)

    def remove_of_email(self, email_key: str) -> int:
        return self.connection.change(_REMOVE_CLAIMS, email_key=email_key)

    def purge(self, before: datetime) -> int:
        return self.connection.change(_PURGE_CLAIMS, before=micros(before))


def _pattern(contains: str) -> str:
    plain = contains.casefold()
    for sign in ("\\", "%", "_"):
        plain = plain.replace(sign, f"\\{sign}")
    return f"%{plain}%"


def _account_or_none(row: Row | None) -> Account | None:
    return None if row is None else _account(row)


def _account(row: Row) -> Account:
    return Account(
        id=row[0],
        username=row[1],
        username_key=row[2],
        username_skeleton=row[3],
        email=row[4],
        email_key=row[5],
        status=Status(row[6]),
        created_at=moment(row[7]),
        verified_at=moment(row[8]),
        delete_after=moment_or_none(row[9]),
        version=row[10],
        updated_at=moment_or_none(row[11]),
    )


def _claim(row: Row) -> Claim:
    return Claim(
        id=row[0],
        username=row[1],
        username_key=row[2],
        username_skeleton=row[3],
        email=row[4],
        email_key=row[5],
        password_hash=row[6],
        created_at=moment(row[7]),
        is_verified=bool(row[8]),
    )
