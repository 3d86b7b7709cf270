"""Accounts, and claims to addresses that are not proven."""

import re
from dataclasses import dataclass
from datetime import datetime

from doorward.adapters.mongo import tables
from doorward.adapters.mongo.engine.connection import Connection, Query
from doorward.adapters.mongo.engine.table import Document
from doorward.adapters.mongo.engine.values import micros, micros_or_none, moment, moment_or_none
from doorward.core.accounts.names import bounds
from doorward.core.accounts.ports import Accounts, Claims
from doorward.core.accounts.records import Account, Claim, Status
from doorward.core.kernel.ids import AccountId, ClaimId
from doorward.core.kernel.pages import Page


@dataclass(frozen=True, slots=True)
class MongoAccounts(Accounts):
    """Keeps accounts."""

    connection: Connection

    def by_id(self, account_id: AccountId) -> Account | None:
        return _account_or_none(self.connection.one(tables.accounts, {"_id": account_id}))

    def held(self, account_id: AccountId) -> Account | None:
        return self.by_id(account_id)  # units of work follow one another

    def by_login(self, login_key: str) -> Account | None:
        of_login = {"$or": [{"username_key": login_key}, {"email_key": login_key}]}
        return _account_or_none(self.connection.one(tables.accounts, of_login))

    def by_email(self, email_key: str) -> Account | None:
        return _account_or_none(self.connection.one(tables.accounts, {"email_key": email_key}))

    def holder_of(self, *, username_key: str, username_skeleton: str, email_key: str) -> Account | None:
        any_of = [
            {"email_key": email_key},
            {"username_key": username_key},
            {"username_skeleton": username_skeleton},
        ]
        found = self.connection.all(tables.accounts, {"$or": any_of}, order=[("_id", 1)])
        holders = [_account(document) for document in found]
        return min(holders, key=lambda holder: holder.email_key != email_key, default=None)

    def add(self, account: Account) -> bool:
        self.connection.notes.accounts.add(account.id)
        if self.connection.one(tables.accounts, {"$or": [{"_id": account.id}, *_keys(account)]}):
            return False
        self.connection.put(
            tables.accounts,
            {
                "id": account.id,
                **_changeable(account),
                "created_at": micros(account.created_at),
                "version": account.version,
            },
        )
        return True

    def replace(self, account: Account, *, expected: Account) -> bool:
        self.connection.notes.accounts.add(account.id)
        if self.connection.one(tables.accounts, {"_id": {"$ne": account.id}, "$or": _keys(account)}):
            return False
        written = self.connection.change(
            tables.accounts,
            {"_id": account.id, "version": expected.version},
            {**_changeable(account), "version": expected.version + 1},
        )
        return len(written) == 1

    def remove(self, account_id: AccountId) -> None:
        self.connection.notes.accounts.add(account_id)
        self.connection.remove(tables.accounts, {"_id": account_id})

    def page(self, *, after: str | None = None, size: int = 50, contains: str | None = None) -> Page[Account]:
        query: Query = {"_id": {"$gt": after or ""}, **({} if contains is None else _narrow(contains))}
        found = self.connection.all(tables.accounts, query, order=[("_id", 1)], limit=size + 1)
        items = tuple(_account(document) for document in found[:size])
        return Page(items, items[-1].id if len(found) > size else None)

    def newest(self, *, before: AccountId | None = None, limit: int = 50) -> tuple[Account, ...]:
        query: Query = {} if before is None else {"_id": {"$lt": before}}
        found = self.connection.all(tables.accounts, query, order=[("_id", -1)], limit=limit)
        return tuple(_account(document) for document in found)

    def named(self, prefix: str, *, after: str = "", limit: int = 50) -> tuple[Account, ...]:
        query: Query = {"username_key": _beginning(prefix, after)}
        found = self.connection.all(tables.accounts, query, order=[("username_key", 1)], limit=limit)
        return tuple(_account(document) for document in found)

    def addressed(self, prefix: str, *, after: str = "", limit: int = 50) -> tuple[Account, ...]:
        others = [{"username_key": {"$lt": prefix}}, {"username_key": {"$gte": bounds(prefix, "")[1]}}]
        query: Query = {"email_key": _beginning(prefix, after), "$or": others}
        found = self.connection.all(tables.accounts, query, order=[("email_key", 1)], limit=limit)
        return tuple(_account(document) for document in found)

    def due_for_deletion(self, now: datetime, *, limit: int) -> tuple[Account, ...]:
        due = {"delete_after": {"$lte": micros(now)}}
        found = self.connection.all(tables.accounts, due, order=[("delete_after", 1), ("_id", 1)], limit=limit)
        return tuple(_account(document) for document in found)

    def count(self) -> int:
        return self.connection.count(tables.accounts, {})


@dataclass(frozen=True, slots=True)
class MongoClaims(Claims):
    """Keeps claims."""

    connection: Connection

    def add(self, claim: Claim) -> None:
        self.connection.put(
            tables.claims,
            {
                "id": claim.id,
                "username": claim.username,
                "username_key": claim.username_key,
                "username_skeleton": claim.username_skeleton,
                "email": claim.email,
                "email_key": claim.email_key,
                "password_hash": claim.password_hash,
                "created_at": micros(claim.created_at),
                "is_verified": int(claim.is_verified),
            },
        )

    def by_id(self, claim_id: ClaimId) -> Claim | None:
        document = self.connection.one(tables.claims, {"_id": claim_id})
        return None if document is None else _claim(document)

    def newest(self, login_key: str) -> Claim | None:
        newest_first = [("_id", -1)]
        documents = (
            self.connection.one(tables.claims, {"username_key": login_key}, order=newest_first),
            self.connection.one(tables.claims, {"email_key": login_key}, order=newest_first),
        )
        found = [_claim(document) for document in documents if document is not None]
        return max(found, key=lambda claim: claim.id, default=None)

    def remove_of_email(self, email_key: str) -> int:
        return len(self.connection.remove(tables.claims, {"email_key": email_key}))

    def purge(self, before: datetime) -> int:
        return self.connection.purge(tables.claims, {"created_at": {"$lt": micros(before)}})


def _keys(account: Account) -> list[Query]:
    return [
        {"username_key": account.username_key},
        {"username_skeleton": account.username_skeleton},
        {"email_key": account.email_key},
    ]


def _changeable(account: Account) -> Document:
    return {
        "username": account.username,
        "username_key": account.username_key,
        "username_skeleton": account.username_skeleton,
        "email": account.email,
        "email_key": account.email_key,
        "status": account.status.value,
        "verified_at": micros(account.verified_at),
        "delete_after": micros_or_none(account.delete_after),
        "updated_at": micros_or_none(account.updated_at),
    }


def _narrow(contains: str) -> Query:
    plain = re.escape(contains.casefold())
    return {"$or": [{"username_key": {"$regex": plain}}, {"email_key": {"$regex": plain}}]}


def _beginning(prefix: str, after: str) -> Query:
    begin, end = bounds(prefix, after)
    return {"$gte": begin, "$lt": end}


def _account_or_none(document: Document | None) -> Account | None:
    return None if document is None else _account(document)


def _account(document: Document) -> Account:
    return Account(
        id=document["id"],
        username=document["username"],
        username_key=document["username_key"],
        username_skeleton=document["username_skeleton"],
        email=document["email"],
        email_key=document["email_key"],
        status=Status(document["status"]),
        created_at=moment(document["created_at"]),
        verified_at=moment(document["verified_at"]),
        delete_after=moment_or_none(document["delete_after"]),
        version=document["version"],
        updated_at=moment_or_none(document.get("updated_at")),
    )


def _claim(document: Document) -> Claim:
    return Claim(
        id=document["id"],
        username=document["username"],
        username_key=document["username_key"],
        username_skeleton=document["username_skeleton"],
        email=document["email"],
        email_key=document["email_key"],
        password_hash=document["password_hash"],
        created_at=moment(document["created_at"]),
        is_verified=bool(document["is_verified"]),
    )
