"""People who never were, with their devices and sessions: records that are made by rule."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final

from doorward.core.access.decide import scopes_of
from doorward.core.accounts.records import Status
from doorward.core.audit.rules import pseudonymise_address
from doorward.core.kernel.ids import AccountId, DeviceId, SessionId, id_of
from doorward.core.kernel.secrets import digest, encode, mac
from doorward.core.moving.records import ACCOUNTS, ATTEMPTS, DEVICES, PASSWORDS, SESSIONS, Kind, Row, Value
from doorward.core.sessions.records import BY_PASSWORD, LIFETIMES
from doorward.core.sessions.records import Kind as SessionKind
from doorward.core.sessions.tokens import DEVICE_LIVES_FOR

SPAN: Final = timedelta(days=365)
"""How long ago the first account was made, unless it is said otherwise."""

_QUIET: Final = 50  # accounts were made in all of the span but its last fiftieth part, sessions begun in that part
_DOMAIN: Final = "demo.example"  # RFC 2606 section 2: no mail ever gets there
_PLACE: Final = "192.0.2.1"  # RFC 5737 section 3
_PASSWORD_LETTERS: Final = 20
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_MILLISECOND: Final = 1000  # microseconds
_DAY: Final = timedelta(days=1) // _MICROSECOND
_HALF_OF_A_TAIL: Final = 40  # bits
_STRIDES: Final = {ACCOUNTS.name: 2_654_435_761, DEVICES.name: 3_266_489_917, SESSIONS.name: 2_246_822_519}
"""An odd number for each kind of identifier, so that those of one number do not look alike."""

_SCOPE: Final = scopes_of(())
_AMR: Final = " ".join(BY_PASSWORD.amr)
_DEVICE_LIVES_FOR: Final = DEVICE_LIVES_FOR // _MICROSECOND
_LIVES_FOR: Final = {
    kind: (lifetimes.idle // _MICROSECOND, lifetimes.absolute // _MICROSECOND) for kind, lifetimes in LIFETIMES.items()
}
_DEVICE_NAMES: Final = {SessionKind.MOBILE: "A phone", SessionKind.WEB: "A browser"}


@dataclass(frozen=True, slots=True)
class Demo:
    """So many accounts with one password, and so many sessions that they began in turns, each on a device of its own.

    The same key makes the same names, secrets and tails of identifiers; moments count back from `at`. Accounts and
    sessions are counted from 1 on. Sessions that follow each other are of the `kinds` in turns.
    """

    accounts: int
    sessions: int
    key: bytes
    at: datetime
    password_hash: str
    span: timedelta = SPAN
    kinds: tuple[SessionKind, ...] = (SessionKind.MOBILE, SessionKind.WEB)

    def __repr__(self) -> str:
        return f"Demo(accounts={self.accounts}, sessions={self.sessions}, at={self.at!r})"

    def made(self) -> tuple[tuple[Kind, int], ...]:
        """Return the kinds of records that are made, in their order, and how many there are of each."""
        signed_in = min(self.accounts, self.sessions)
        return (
            (ACCOUNTS, self.accounts),
            (PASSWORDS, self.accounts),
            (ATTEMPTS, signed_in),
            (DEVICES, self.sessions),
            (SESSIONS, self.sessions),
        )

    def rows(self, kind: Kind, numbers: range) -> list[Row]:
        """Return the records of a kind with these numbers."""
        make = _MAKERS[kind.name]
        return [tuple(map(make(self, number).get, kind.columns)) for number in numbers]

    def account_id(self, number: int) -> AccountId:
        """Return the identifier of an account."""
        return AccountId(self._id(ACCOUNTS, number, self.joined_at(number)))

    def device_id(self, number: int) -> DeviceId:
        """Return the identifier of the device that a session was begun on."""
        return DeviceId(self._id(DEVICES, number, self.began_at(number)))

    def session_id(self, number: int) -> SessionId:
        """Return the identifier of a session."""
        return SessionId(self._id(SESSIONS, number, self.began_at(number)))

    def owner_of(self, session: int) -> int:
        """Return the number of the account that a session belongs to."""
        return (session - 1) % self.accounts + 1

    def kind_of(self, session: int) -> SessionKind:
        """Return the kind of a session; those of one account are of the kinds in turns too."""
        place = session - 1
        return self.kinds[(place + place // self.accounts) % len(self.kinds)]

    def secret_of(self, session: int) -> bytes:
        """Return the secret of the one live refresh token of a session, which is of generation 0."""
        return mac(self.key, SESSIONS.name.encode(), session.to_bytes(8))

    def joined_at(self, number: int) -> int:
        """Return when an account was made, in microseconds since 1970."""
        frame = _frame(self.at, self.span)
        return frame.begins_at + (frame.turns_at - frame.begins_at) * (number - 1) // self.accounts

    def began_at(self, number: int) -> int:
        """Return when a session began, in microseconds since 1970."""
        frame = _frame(self.at, self.span)
        return frame.turns_at + (frame.ends_at - frame.turns_at) * (number - 1) // self.sessions

    def _id(self, kind: Kind, number: int, at: int) -> str:
        """Return an identifier that no other record of its kind has, and that sorts as numbers do."""
        half = (number * _STRIDES[kind.name] + int.from_bytes(self.key[:5])) % (1 << _HALF_OF_A_TAIL)
        return id_of(at // _MILLISECOND, number << _HALF_OF_A_TAIL | half)


def username_of(number: int) -> str:
    """Return the username of an account."""
    return f"user-{number:08d}"


def email_of(number: int) -> str:
    """Return the address of an account."""
    return f"{username_of(number)}@{_DOMAIN}"


def password_of(key: bytes) -> str:
    """Return the password of all accounts that are made under a key."""
    return encode(mac(key, PASSWORDS.name.encode()))[:_PASSWORD_LETTERS]


def _account(demo: Demo, number: int) -> Mapping[str, Value]:
    name, email, joined_at = username_of(number), email_of(number), demo.joined_at(number)
    return {
        "id": demo.account_id(number),
        "username": name,
        "username_key": name,  # lower-case letters and digits of one form are their own key and skeleton
        "username_skeleton": name,
        "email": email,
        "email_key": email,
        "status": Status.ACTIVE.value,
        "created_at": joined_at,
        "verified_at": joined_at,
        "version": 1,
    }


def _password(demo: Demo, number: int) -> Mapping[str, Value]:
    return {
        "account_id": demo.account_id(number),
        "hash": demo.password_hash,
        "changed_at": demo.joined_at(number),
    }


def _attempts(demo: Demo, number: int) -> Mapping[str, Value]:
    """Return what is kept of an account whose owner signed in and never failed: admitted once, and settled."""
    return {"key": demo.account_id(number), "lanes": "{}", "consecutive": 0, "version": 2, "touched_at": 0}


def _device(demo: Demo, number: int) -> Mapping[str, Value]:
    began_at = demo.began_at(number)
    return {
        "id": demo.device_id(number),
        "account_id": demo.account_id(demo.owner_of(number)),
        "name": _DEVICE_NAMES[demo.kind_of(number)],
        "created_at": began_at,
        "expires_at": began_at + _DEVICE_LIVES_FOR,
    }


def _session(demo: Demo, number: int) -> Mapping[str, Value]:
    kind, began_at = demo.kind_of(number), demo.began_at(number)
    idle, absolute = _LIVES_FOR[kind]
    return {
        "id": demo.session_id(number),
        "account_id": demo.account_id(demo.owner_of(number)),
        "kind": kind.value,
        "device_name": _DEVICE_NAMES[kind],
        "place": _place(demo.key),
        "scope": _SCOPE,
        "created_at": began_at,
        "authenticated_at": began_at,
        "last_seen_at": began_at,
        "idle_expires_at": began_at + idle,
        "expires_at": began_at + absolute,
        "digest": digest(demo.secret_of(number)),
        "generation": 0,
        "device_id": demo.device_id(number),
        "replays": 0,
        "gone_day": (began_at + min(idle, absolute)) // _DAY,
        "acr": BY_PASSWORD.acr,
        "amr": _AMR,
    }


_MAKERS: Final[Mapping[str, Callable[[Demo, int], Mapping[str, Value]]]] = {
    ACCOUNTS.name: _account,
    PASSWORDS.name: _password,
    ATTEMPTS.name: _attempts,
    DEVICES.name: _device,
    SESSIONS.name: _session,
}


@dataclass(frozen=True, slots=True)
class _Frame:
    """When the first account was made, when the first session began, and when all of that was over."""

    begins_at: int
    turns_at: int
    ends_at: int


@lru_cache(maxsize=4)
def _frame(at: datetime, span: timedelta) -> _Frame:
    ends_at, lasted = (at - _EPOCH) // _MICROSECOND, span // _MICROSECOND
    return _Frame(ends_at - lasted, ends_at - lasted // _QUIET, ends_at)


@lru_cache(maxsize=4)
def _place(key: bytes) -> str:
    """Return the pseudonym of the address that all sessions began at."""
    return pseudonymise_address(_PLACE, key)
