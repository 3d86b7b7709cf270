"""What of `/v1` ends, now that `/v2` has something in its place."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from doorward.api.versions import Ending

ENDINGS: Final[Mapping[str, Ending]] = dict.fromkeys(
    ("/v1/web/me", "/v1/mobile/me"),
    Ending(
        deprecated_at=datetime(2027, 1, 1, tzinfo=UTC),
        sunset_at=datetime(2027, 7, 1, tzinfo=UTC),
        successor="v2",
        explained_at="https://docs.example.org/changes/2027-01",
    ),
)
