"""What the doors of a site tell operators of the process behind them."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from doorward.assembly.operating.inside import shown_settings
from doorward.core.operating.overview.figures import EVERY, KEPT_FOR, Figures
from doorward.settings.load import given
from doorward.testing.clock import START

SECRET_VALUE: Final = "s3cr3t-that-nobody-may-see-anywhere"
SHOWN: Final = shown_settings(
    given(
        {
            "issuer": "https://auth.example",
            "secret": SECRET_VALUE,
            "store_url": f"postgresql://doorward:{SECRET_VALUE}@db.example/doorward",
            "smtp_url": f"smtp://doorward:{SECRET_VALUE}@mail.example",
        }
    )
)
_MOMENTS: Final = KEPT_FOR // EVERY + 1


def an_hour() -> Iterator[Figures]:
    """Yield the figures of an hour in which somebody guessed passwords for a while."""
    for moment in range(_MOMENTS):
        answered = 40 * moment
        yield Figures(
            at=START - timedelta(hours=1) + moment * EVERY,
            signed_in=3 * moment,
            refused=moment // 4 + max(0, min(moment - 70, 20)) * 12,
            limited=max(0, min(moment - 75, 12)) * 5,
            durations=((0.005, answered // 2), (0.05, 9 * answered // 10), (0.25, answered), (float("inf"), answered)),
            ready=moment % 7,
            dead=1 if moment > 60 else 0,
        )
