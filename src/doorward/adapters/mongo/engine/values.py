"""How records' values are written in documents, and read back."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_SECONDS_A_DAY: Final = 86_400
_MICROSECONDS_A_SECOND: Final = 1_000_000


def micros(at: datetime) -> int:
    """Return a moment as microseconds since 1970, exactly."""
    since = at - _EPOCH
    return (since.days * _SECONDS_A_DAY + since.seconds) * _MICROSECONDS_A_SECOND + since.microseconds


def micros_or_none(at: datetime | None) -> int | None:
    """Return an optional moment as microseconds since 1970."""
    return None if at is None else micros(at)


def moment(written: int) -> datetime:
    """Return the moment that was written."""
    return _EPOCH + timedelta(microseconds=written)


def moment_or_none(written: int | None) -> datetime | None:
    """Return the optional moment that was written."""
    return None if written is None else moment(written)


def day(at: datetime) -> int:
    """Return the number of the day in UTC since 1970."""
    return (at - _EPOCH).days


def text_of(mapping: Mapping[str, str]) -> str:
    """Return a mapping as JSON."""
    return json.dumps(dict(mapping), separators=(",", ":"))


def mapping_of(text: str) -> dict[str, str]:
    """Return the mapping that was written."""
    mapping: dict[str, str] = json.loads(text)
    return mapping
