"""What a sliding window says of a request."""

from datetime import timedelta
from typing import Final

from doorward.core.limits.ports import Allowance

Window = tuple[int, float, int, float]
"""What was counted in the window before, for how many seconds that still matters, and the same of the present one."""

_A_MOMENT: Final = timedelta(milliseconds=1)


def allowance(window: Window, *, amount: int, seconds: int, admitted: bool, weight: int = 1) -> Allowance:
    """Return what is left in a window after a request was counted, or when the next one fits.

    The window before counts for the share of it that the present one has not reached yet. Every request weighs
    `weight`, which is at most `amount`.
    """
    before, before_lasts, present, present_lasts = window
    if not admitted:
        wait = timedelta(seconds=_until_room(window, room=amount - weight + 1, seconds=seconds)) + _A_MOMENT
        return Allowance(admitted=False, remaining=0, reset_after=wait)
    left = amount - int(before * before_lasts / seconds + present)
    return Allowance(admitted=True, remaining=max(left // weight, 0), reset_after=timedelta(seconds=present_lasts))


def _until_room(window: Window, *, room: int, seconds: int) -> float:
    """Return after how many seconds the weighted count has fallen below `room`."""
    before, before_lasts, present, present_lasts = window
    if present < room:
        return before_lasts - (room - present) * seconds / before
    return present_lasts - seconds * room / present
