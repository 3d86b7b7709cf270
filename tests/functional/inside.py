"""What the doors of a site tell operators of the process behind them."""

from collections.abc import Iterator
from datetime import timedelta
from math import inf
from typing import Final

from doorward.assembly.operating.inside import shown_settings
from doorward.core.operating.figures import Counted, Figures, Spread
from doorward.core.operating.overview.slices import EVERY, KEPT_FOR
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


def _an_hour() -> Iterator[Figures]:
    """Yield the figures of an hour in which somebody guessed passwords for a while."""
    for moment in range(_MOMENTS):
        answered = 40 * moment
        refused = moment // 4 + max(0, min(moment - 70, 20)) * 12
        counted = Counted(
            logins={"accepted": 3 * moment, "refused": refused},
            rate_limited={"/sign-in": max(0, min(moment - 75, 12)) * 5},
            answers=Spread((0.005, 0.05, 0.25, inf), (answered // 2, 9 * answered // 10, answered, answered)),
        )
        yield Figures(
            taken_at=(START - timedelta(hours=1) + moment * EVERY).timestamp(),
            counted=counted,
            queue={"ready": moment % 7, "dead": 1 if moment > 60 else 0},
        )


HOUR: Final = tuple(_an_hour())
"""The figures of an hour in which somebody guessed passwords for a while."""
