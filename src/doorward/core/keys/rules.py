"""Which key signs, which are published, and when the next one is due."""

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from doorward.core.keys.records import Algorithm, KeyState, SigningKey

PUBLISHED_BEFORE_USE: Final = timedelta(hours=24)
"""How long a key stands in the published set before it signs, so that every verifier has fetched it."""

SIGNS_FOR: Final = timedelta(days=90)
"""How long a key signs before its successor takes over."""

VERIFIES_AFTER: Final = timedelta(hours=24)
"""How long a key stays published after its last signature; longer than any token lives."""


def signing_key(keys: Iterable[SigningKey], algorithm: Algorithm, now: datetime) -> SigningKey | None:
    """Return the key that signs at `now`: the one that began last, or None when there is none."""
    able = [key for key in keys if key.algorithm is algorithm and key.signs_from <= now < key.signs_until]
    return max(able, key=lambda key: key.signs_from, default=None)


def state_of(keys: Iterable[SigningKey], key: SigningKey, now: datetime) -> KeyState:
    """Return where a key stands among the others. Of several that may sign, one does."""
    if now < key.signs_from:
        return KeyState.NEXT
    if now >= key.ends_at:
        return KeyState.RETIRED
    return KeyState.ACTIVE if signing_key(keys, key.algorithm, now) == key else KeyState.RETIRING


def published_keys(keys: Iterable[SigningKey], now: datetime) -> tuple[SigningKey, ...]:
    """Return the keys that verifiers should know: those that sign, will sign, or have signed what may still live."""
    return tuple(key for key in keys if now < key.ends_at)


def needs_successor(keys: Collection[SigningKey], algorithm: Algorithm, now: datetime) -> bool:
    """Tell whether a new key must be published now, so that it has been known long enough when it starts to sign.

    One is due as well when none signs now, whatever is to come: a clock that was years ahead for a moment made a key
    that begins only then.
    """
    horizon = now + PUBLISHED_BEFORE_USE
    if signing_key(keys, algorithm, now) is None:
        return True
    return not any(key.algorithm is algorithm and key.signs_until > horizon for key in keys)


def signs_until(keys: Collection[SigningKey], algorithm: Algorithm, now: datetime) -> datetime | None:
    """Return until when there is a key that signs, with those that are published already; None when none signs now."""
    if signing_key(keys, algorithm, now) is None:
        return None
    return max((key.signs_until for key in keys if key.algorithm is algorithm), default=None)


def postponed(key: SigningKey, delay: timedelta) -> SigningKey:
    """Return a new key whose turn comes `delay` later."""
    return replace(
        key,
        signs_from=key.signs_from + delay,
        signs_until=key.signs_until + delay,
        ends_at=key.ends_at + delay,
    )
