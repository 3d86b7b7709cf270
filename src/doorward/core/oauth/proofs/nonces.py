"""Nonces for proofs of possession: made from the time and a key, and kept nowhere.

Source: RFC 9449 sections 8, 9 and 11.3.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from doorward.core.kernel import secrets

CHANGES_EVERY: Final = timedelta(minutes=2)
_ACCEPTED: Final = (0, -1, 1)


@dataclass(frozen=True, slots=True)
class Nonces:
    """Gives a nonce to whoever asks, and knows it for two to four minutes.

    Each is a keyed digest of its period, so none can be told in advance and every instance of a deployment makes the
    same. The next period's is known already, to instances whose clocks go ahead.
    """

    key: bytes = field(repr=False)

    def current(self, now: datetime) -> str:
        """Return the nonce to use from now on."""
        return self._of(_period(now))

    def knows(self, presented: str | None, now: datetime) -> bool:
        """Tell whether a presented nonce is one of the last, or the next."""
        if presented is None:
            return False
        period = _period(now)
        accepted = [self._of(period + step).encode() for step in _ACCEPTED]
        return any([secrets.same(presented.encode(), each) for each in accepted])  # noqa: C419 (every one is compared)

    def _of(self, period: int) -> str:
        return secrets.encode(secrets.mac(self.key, str(period).encode()))


def _period(now: datetime) -> int:
    return int(now.timestamp() // CHANGES_EVERY.total_seconds())
