"""Five failures, then twelve hours: who may have a password checked.

A slot is reserved before the password is looked at, so guesses made at the same moment cannot pass the limit together.
Callers without a known device share one lane; each known device has its own. So an attacker suspends attackers, and
the owner's own devices stay open.

Source: NIST SP 800-63B-4 section 3.2.2; OWASP, Slow Down Online Guessing Attacks with Device Cookies.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Final

from doorward.core.login.records import UNTRUSTED, Attempts, Lane

FAILURES: Final = 5
SUSPENDED_FOR: Final = timedelta(hours=12)
WINDOW: Final = timedelta(hours=12)
CEILING: Final = 100
"""After so many failures in a row, over all lanes, the password works no more until it is reset."""

CLOCK_ERROR: Final = timedelta(days=366)
"""What was written further ahead than a clock is ever wrong was written by one that has been put right since."""

RESERVED_FOR: Final = timedelta(seconds=60)
"""A slot whose check never came back counts as a failure after this long."""


class Admission(Enum):
    """Whether a password may be checked now."""

    ADMITTED = auto()
    WAIT = auto()
    REFUSED = auto()


def reserve(attempts: Attempts, lane: str, *, slot: str, now: datetime) -> tuple[Admission, Attempts]:
    """Return whether one more password may be checked, and the record with the slot reserved if so.

    WAIT: all that is left is being checked by others at this moment; ask again shortly.
    """
    current = _aged(attempts.lanes.get(lane, Lane()), now)
    if attempts.consecutive >= CEILING or is_suspended(attempts, lane, now=now):
        return Admission.REFUSED, attempts
    if len(current.failures) >= FAILURES:
        return Admission.REFUSED, _with(attempts, lane, replace(current, suspended_until=now + SUSPENDED_FOR))
    if len(current.failures) + len(current.reserved) >= FAILURES:
        return Admission.WAIT, attempts
    return Admission.ADMITTED, _with(attempts, lane, replace(current, reserved={**current.reserved, slot: now}))


def failed(attempts: Attempts, lane: str, *, slot: str, now: datetime) -> Attempts:
    """Return the record after the password in a reserved slot was wrong; the fifth failure suspends the lane."""
    current = _aged(attempts.lanes.get(lane, Lane()), now)
    failures = (*current.failures, now)
    after = replace(current, failures=failures, reserved=_without(current.reserved, slot))
    if len(failures) >= FAILURES:
        after = replace(after, suspended_until=now + SUSPENDED_FOR)
    return replace(_with(attempts, lane, after), consecutive=attempts.consecutive + 1)


def succeeded(attempts: Attempts, lane: str, *, slot: str) -> Attempts:
    """Return the record after the password in a reserved slot was right: the failures of this lane are forgiven."""
    reserved = _without(attempts.lanes.get(lane, Lane()).reserved, slot)
    forgiven = _with(attempts, lane, Lane(reserved=reserved)) if reserved else without_lane(attempts, lane)
    return replace(forgiven, consecutive=0)


def is_suspended(attempts: Attempts, lane: str, *, now: datetime) -> bool:
    """Tell whether a lane is suspended."""
    until = attempts.lanes.get(lane, Lane()).suspended_until
    return until is not None and now < until <= now + SUSPENDED_FOR + CLOCK_ERROR


def has_just_suspended(before: Attempts, after: Attempts, lane: str, *, now: datetime) -> bool:
    """Tell whether a change suspended the lane."""
    return is_suspended(after, lane, now=now) and not is_suspended(before, lane, now=now)


def without_lane(attempts: Attempts, lane: str) -> Attempts:
    """Return the record without what is remembered of a lane."""
    return replace(attempts, lanes={name: held for name, held in attempts.lanes.items() if name != lane})


def unlocked(attempts: Attempts) -> Attempts:
    """Return the record after an operator lifted the suspension of everyone."""
    return replace(without_lane(attempts, UNTRUSTED), consecutive=0)


def latest(attempts: Attempts) -> datetime | None:
    """Return the latest moment in a record; of one that is suspended, it is the end of that."""
    moments = (
        at
        for lane in attempts.lanes.values()
        for at in (*lane.failures, *lane.reserved.values(), lane.suspended_until)
        if at is not None
    )
    return max(moments, default=None)


def _aged(lane: Lane, now: datetime) -> Lane:
    """Return the lane as of `now`: slots that never came back are failures, what is older than the window is gone."""
    stale = tuple(taken for taken in lane.reserved.values() if now - taken > RESERVED_FOR)
    held = {slot: taken for slot, taken in lane.reserved.items() if -CLOCK_ERROR <= now - taken <= RESERVED_FOR}
    failures = tuple(sorted(at for at in (*lane.failures, *stale) if -CLOCK_ERROR <= now - at < WINDOW))
    return Lane(failures, held, lane.suspended_until)


def _with(attempts: Attempts, lane: str, after: Lane) -> Attempts:
    return replace(attempts, lanes={**attempts.lanes, lane: after})


def _without(reserved: Mapping[str, datetime], slot: str) -> dict[str, datetime]:
    return {name: taken for name, taken in reserved.items() if name != slot}
