"""How often a device may ask whether somebody has answered.

Source: RFC 8628 section 3.5.
"""

from datetime import datetime, timedelta
from typing import Final

INTERVAL: Final = timedelta(seconds=5)
"""How long a device waits before it asks again."""

STEP: Final = timedelta(seconds=5)
"""How much longer it waits, from then on, each time that it was told to slow down."""

LEEWAY: Final = timedelta(milliseconds=500)
"""By how much a question may come early: networks do not carry all of them equally fast."""


def is_too_soon(polled_at: datetime | None, slowed: int, now: datetime) -> bool:
    """Tell whether a question comes too soon after the one before, `polled_at`; the first never does.

    `slowed` is how often the device was told to slow down.
    """
    return polled_at is not None and now - polled_at < INTERVAL + slowed * STEP - LEEWAY
