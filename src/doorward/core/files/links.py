"""Links to files: whoever has one may read that file for a few minutes, and prove nothing else.

They lead to an origin that no cookie is sent to, so the link itself says what may be read.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from doorward.core.files.errors import LinkRefused
from doorward.core.files.ports import Bytes, HasFiles, Pieces
from doorward.core.files.records import File, FileId, Purpose
from doorward.core.kernel.clock import Clock
from doorward.core.kernel.errors import NotFound
from doorward.core.kernel.ids import is_id
from doorward.core.kernel.secrets import Envelopes
from doorward.core.kernel.work import OpensView

LINK_LIVES_FOR: Final = timedelta(minutes=5)
PICTURE_STEP: Final = timedelta(hours=1)
"""A link to a picture is the same for so long, so that browsers need not ask for it again on every page."""

_KIND: Final = "dwf1"


@dataclass(frozen=True, slots=True)
class Links:
    """Writes and reads links to files. `base` is where they lead: an origin, and a path if need be."""

    envelopes: Envelopes
    base: str

    def to(self, file: File, *, now: datetime) -> str:
        """Return a link that is good for a while."""
        until = str(_until(file, now))
        return f"{self.base}/f/{file.id}?link={self.envelopes.close(_KIND, file.id, until)}"

    def open(self, file_id: FileId, presented: str, *, now: datetime) -> datetime:
        """Return until when a presented link to a file is good; asks no store, and compares in constant time.

        Raises: LinkRefused.
        """
        parts = self.envelopes.open(_KIND, presented, parts=2)
        if parts is None or parts[0] != file_id:
            raise LinkRefused
        until = datetime.fromtimestamp(int(parts[1]), UTC)
        if now >= until:
            raise LinkRefused
        return until


@dataclass(frozen=True, slots=True)
class Opened:
    """A file that a good link leads to."""

    file: File
    until: datetime


@dataclass(frozen=True, slots=True)
class OpenFile:
    """Give out a file to whoever holds a link to it."""

    view: OpensView[HasFiles]
    heaps: Bytes
    links: Links
    clock: Clock

    def __call__(self, file_id: str, presented: str) -> Opened:
        """Return the file.

        Raises: LinkRefused. NotFound, when the file is gone. Unavailable.
        """
        if not is_id(file_id):
            raise LinkRefused
        until = self.links.open(FileId(file_id), presented, now=self.clock.now())
        with self.view() as work:
            file = work.files.by_id(FileId(file_id))
        if file is None:
            raise NotFound
        return Opened(file, until)

    def read(self, file: File, *, start: int = 0, stop: int | None = None) -> Pieces:
        """Return its bytes, from `start` to before `stop`, in pieces.

        Raises: NotFound, when they are gone. Unavailable.
        """
        try:
            return self.heaps.read(file.key, start, stop)
        except KeyError:
            raise NotFound from None


def _until(file: File, now: datetime) -> int:
    if file.purpose is Purpose.PRIVATE:
        return int((now + LINK_LIVES_FOR).timestamp())
    step = int(PICTURE_STEP.total_seconds())
    return (int(now.timestamp()) // step + 2) * step
