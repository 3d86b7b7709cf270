"""How a record is written down, what a digest of many is, and what a backup may bring back to life."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Final

from doorward.core.moving.records import JOBS, ONETIMES, SESSIONS, Kind, Row, Summary, Value
from doorward.core.outbox.records import JobState
from doorward.core.sessions.records import EndReason

BURIED: Final = "It waited when the backup was made, and may have been done since."
"""Why a job that comes back from a backup is not run again."""

_DIGEST_BYTES: Final = 32
_MODULUS: Final = 1 << 8 * _DIGEST_BYTES
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_DONE: Final = "end"


def written(row: Row) -> bytes:
    """Return a record as one line of JSON in UTF-8: an array of its values in the order of its kind's columns.

    It has no white space; bytes are `{"hex":"…"}` in lower-case digits; a text escapes only what it must, in the
    shortest way.
    Source: RFC 8785 section 3.2.2.
    """
    return _JSON.encode(row).encode()


def read_back(line: bytes) -> Row:
    """Return the record that was written.

    Raises: ValueError, when this is no line that `written` returns.
    """
    values = json.loads(line)
    if not isinstance(values, list):
        raise ValueError("a record is an array")  # noqa: TRY004 (what was read is wrong, not who called)
    return tuple([_value(value) for value in values])


def _value(value: object) -> Value:
    if value is None or isinstance(value, str | int):
        return value
    if isinstance(value, dict) and value.keys() == {"hex"}:
        return bytes.fromhex(value["hex"])
    raise ValueError("a record holds what is none of ours")


def _in_hex(value: bytes) -> dict[str, str]:
    return {"hex": value.hex()}


_JSON: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_in_hex)


@dataclass(slots=True)
class Tally:
    """Counts the records of a kind, and adds up their digests: the sum of their SHA-256 as numbers, modulo 2^256."""

    records: int = 0
    _sum: int = field(default=0, init=False)

    def add(self, rows: Iterable[Row]) -> None:
        """Take in some records, in any order."""
        for row in rows:
            self.records += 1
            self._sum += int.from_bytes(sha256(written(row)).digest())
        self._sum %= _MODULUS

    def summary(self) -> Summary:
        """Return what has been taken in so far."""
        return Summary(self.records, self._sum.to_bytes(_DIGEST_BYTES))


@dataclass(frozen=True, slots=True)
class Move:
    """A move into a store that is not finished: where from, and for each kind the key of the last record that came.

    A kind without a position has not begun. The text of it is what the store keeps, as JSON.
    """

    source: str
    positions: Mapping[str, str] = field(default_factory=dict)

    def after(self, kind: Kind) -> Row | None:
        """Return the key after which a kind goes on; None when it has not begun.

        Raises: ValueError, when the kind is through.
        """
        position = self.positions.get(kind.name)
        return None if position is None else read_back(position.encode())

    def is_through(self, kind: Kind) -> bool:
        """Tell whether everything of a kind has come."""
        return self.positions.get(kind.name) == _DONE

    def at(self, kind: Kind, key: Row | None) -> "Move":
        """Return the move after the record with this key has come; None: nothing is left of the kind."""
        position = _DONE if key is None else written(key).decode()
        return Move(self.source, {**self.positions, kind.name: position})

    def again(self, kinds: Iterable[str]) -> "Move":
        """Return the move with some kinds to begin anew."""
        doubtful = frozenset(kinds)
        return Move(self.source, {name: at for name, at in self.positions.items() if name not in doubtful})

    def text(self) -> str:
        """Return the move as the store keeps it."""
        return json.dumps({"from": self.source, "positions": dict(self.positions)}, separators=(",", ":"))


def move_of(text: str) -> Move:
    """Return the move that a store keeps; one that cannot be read comes from nowhere, and so can only be given up."""
    try:
        members = json.loads(text)
        return Move(str(members["from"]), {str(name): str(at) for name, at in members["positions"].items()})
    except (ValueError, KeyError, TypeError, AttributeError):
        return Move("")


@dataclass(slots=True)
class Gate:
    """What is let back in from a backup, and how: nothing that may have been used or ended since comes back alive.

    Sessions have ended, unless they are to be kept; what may be used once is left out; jobs that waited are dead.
    """

    now: datetime
    keeps_sessions: bool
    sessions_ended: int = 0
    artefacts_discarded: int = 0
    jobs_buried: int = 0

    def __call__(self, kind: Kind, rows: list[Row]) -> list[Row]:
        """Return the records of a page as they are kept."""
        if kind.name == ONETIMES.name:
            self.artefacts_discarded += len(rows)
            return []
        if kind.name == SESSIONS.name and not self.keeps_sessions:
            return [self._ended(kind, row) for row in rows]
        if kind.name == JOBS.name:
            return [self._buried(kind, row) for row in rows]
        return rows

    def _ended(self, kind: Kind, row: Row) -> Row:
        if row[kind.place("ended_at")] is not None:
            return row
        self.sessions_ended += 1
        since = self.now - _EPOCH
        gone_day = row[kind.place("gone_day")]
        ends: dict[str, Value] = {
            "ended_at": since // timedelta(microseconds=1),
            "end_reason": EndReason.RESTORED.value,
            "gone_day": min(gone_day, since.days) if isinstance(gone_day, int) else since.days,
        }
        return _changed(kind, row, ends)

    def _buried(self, kind: Kind, row: Row) -> Row:
        if row[kind.place("state")] != JobState.READY.value:
            return row
        self.jobs_buried += 1
        return _changed(kind, row, {"state": JobState.DEAD.value, "leased_until": None, "last_error": BURIED})


def _changed(kind: Kind, row: Row, values: Mapping[str, Value]) -> Row:
    return tuple(values.get(column, value) for column, value in zip(kind.columns, row, strict=True))
