"""Filling a store: one account and one session are made by the product's own flows, and then copied row by row.

So the rows are as real ones are, whatever the columns, and a million of them take a minute.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from benchmarks.deployment import Deployment
from benchmarks.rawstore import Cell, RawStore, raw_store
from doorward.assembly.house import House, open_house
from doorward.core.kernel.ids import AccountId, SessionId
from doorward.core.login.log_in import Attempt
from doorward.core.sessions.records import Caller, Kind

PASSWORD: Final = "correct horse battery staple"  # noqa: S105 (made up)
_ADDRESS: Final = "192.0.2.7"
ESTABLISHED: Final = timedelta(days=200)
_MICROSECOND: Final = timedelta(microseconds=1)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_AT_ONCE: Final = 20_000

Change = Mapping[str, Callable[[int], Cell]]


@dataclass(frozen=True, slots=True)
class Filled:
    """A deployment with `accounts` accounts, each with one session that can be refreshed."""

    deployment: Deployment
    accounts: int
    refresh_tokens: Callable[[int], str]


def login_of(number: int) -> str:
    """Return the username of an account."""
    return f"user-{number:08d}"


def fill(
    deployment: Deployment,
    accounts: int,
    *,
    age: timedelta = ESTABLISHED,
    hash_as: Callable[[str], str] | None = None,
) -> Filled:
    """Fill the store with accounts of this age, and return what callers need.

    The first sign-in on a new device is told to the owner by mail, once a day, but for accounts of the first hour.
    `hash_as` makes the password's hash where it is not the house's.
    """
    house = open_house(deployment.settings())
    try:
        house.prepare()
        template = _template(house)
        stored = hash_as(PASSWORD) if hash_as else house.flows.log_in.hasher.hash(PASSWORD)
        refresh_tokens = _tokens_of(house)
    finally:
        house.close()
    with raw_store(deployment) as store:
        for table, key, change in _copies(house.clock.now() - age, stored):
            _copy(store, table, key=key, value=template[table], change=change, count=accounts)
    return Filled(deployment, accounts, refresh_tokens)


def refresh_tokens_of(deployment: Deployment) -> Callable[[int], str]:
    """Return what makes the first refresh token of an account's session, in a deployment that was filled before."""
    house = open_house(deployment.settings())
    try:
        return _tokens_of(house)
    finally:
        house.close()


def _tokens_of(house: House) -> Callable[[int], str]:
    close = house.flows.refresh.tokens.close
    return lambda number: close(SessionId(session_id(number)), 0, _secret(number))


def _template(house: House) -> dict[str, str]:
    """Make the account that is copied, signed in once, and return the key of its row in each table."""
    account = house.flows.add_account("template", "template@example.com", password=PASSWORD).account
    attempt = Attempt(account.username, PASSWORD, Kind.MOBILE, Caller(_ADDRESS, "benchmarks"), "a phone")
    session = house.flows.log_in(attempt).session_id
    of_account = dict.fromkeys(("dw_accounts", "dw_passwords", "dw_attempts", "dw_devices"), str(account.id))
    return {**of_account, "dw_sessions": session}


def _copies(since: datetime, stored: str) -> Iterator[tuple[str, str, Change]]:
    """Yield each table, the column that finds the row to copy, and what differs in copy after copy."""
    verified = (since - _EPOCH) // _MICROSECOND
    yield (
        "dw_accounts",
        "id",
        {
            "id": _account_id,
            "username": login_of,
            "username_key": login_of,
            "username_skeleton": login_of,
            "email": _email,
            "email_key": _email,
            "created_at": lambda _: verified,
            "verified_at": lambda _: verified,
        },
    )
    yield "dw_passwords", "account_id", {"account_id": _account_id, "hash": lambda _: stored}
    yield "dw_attempts", "key", {"key": _account_id}
    yield "dw_devices", "account_id", {"id": _device_id, "account_id": _account_id}
    yield (
        "dw_sessions",
        "id",
        {
            "id": session_id,
            "account_id": _account_id,
            "device_id": _device_id,
            "digest": lambda number: hashlib.sha256(_secret(number)).digest(),
        },
    )


def _copy(store: RawStore, table: str, *, key: str, value: str, change: Change, count: int) -> None:
    columns, row = store.row(table, key, value)
    changed = [(place, change[column]) for place, column in enumerate(columns) if column in change]
    for first in range(0, count, _AT_ONCE):
        store.write(table, columns, _rows(row, changed, range(first, min(first + _AT_ONCE, count))))


def _rows(
    row: Sequence[Cell], changed: Sequence[tuple[int, Callable[[int], Cell]]], numbers: Iterable[int]
) -> Iterator[list[Cell]]:
    for number in numbers:
        copied = list(row)
        for place, made in changed:
            copied[place] = made(number)
        yield copied


def _account_id(number: int) -> AccountId:
    return AccountId(f"01ha{number:010d}{number * 2_654_435_761 % 10**12:012d}")


def session_id(number: int) -> str:
    """Return the identifier of an account's session."""
    return f"01hs{number:010d}{number * 2_246_822_519 % 10**12:012d}"


def _device_id(number: int) -> str:
    return f"01hd{number:010d}{number * 3_266_489_917 % 10**12:012d}"


def _email(number: int) -> str:
    return f"{login_of(number)}@example.com"


def _secret(number: int) -> bytes:
    return hashlib.sha256(f"benchmark {number}".encode()).digest()
