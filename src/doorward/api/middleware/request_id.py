"""A name for every request, by which its answer, its log lines and a report of a fault find one another."""

import re
from datetime import datetime
from typing import Final

from doorward.core.kernel.secrets import random_bytes

_WELL_FORMED: Final = re.compile(r"[A-Za-z0-9._-]{8,64}")
_RANDOM_BYTES: Final = 10


def request_id(presented: str | None, *, is_from_proxy: bool, now: datetime) -> str:
    """Return the id of a request: the one that a trusted proxy gave it, or a fresh one that sorts by time."""
    if is_from_proxy and presented is not None and _WELL_FORMED.fullmatch(presented):
        return presented
    return f"{int(now.timestamp() * 1000):012x}{random_bytes(_RANDOM_BYTES).hex()}"
