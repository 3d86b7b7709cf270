"""Taking a body as it comes: a few blocks of it are in memory, and no thread waits for whoever sends it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from time import monotonic
from typing import Final

from starlette.types import Message, Receive

from doorward.api.doors import Doors, FileDoors
from doorward.api.refusals import BodyTooSlow
from doorward.api.visit import Visit
from doorward.core.files.append_to_upload import Appending
from doorward.core.files.errors import FilesOff, TooLarge
from doorward.core.files.records import Progress
from doorward.core.kernel.errors import Refusal
from doorward.core.sessions.records import Snapshot

BLOCK_BYTES: Final = 256 * 1024
SILENCE: Final = timedelta(seconds=30)
"""How long a sender may say nothing."""

LONGEST: Final = timedelta(hours=6)
"""How long one request may take: well below the age at which bytes that nothing names are collected."""

GRACE: Final = timedelta(seconds=30)
LEAST_BYTES_A_SECOND: Final = 1024
"""How fast a sender has to be at least, on an average, once it has had its grace."""


def keeping(doors: Doors) -> FileDoors:
    """Return the doors of files.

    Raises: FilesOff, where nothing is kept.
    """
    if doors.files is None:
        raise FilesOff
    return doors.files


def declared_size(visit: Visit) -> int | None:
    """Return how many bytes a body is declared to have, if that is said."""
    declared = visit.header(b"content-length")
    return int(declared) if declared is not None and declared.isdecimal() else None


class Blocks:
    """The blocks of a body, in order; `is_late` tells, at the end, that the sender was too slow to go on with."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._started = monotonic()
        self._size = 0
        self.is_over = False
        self.is_late = False

    async def next(self) -> bytes:
        """Return the next block. What came before somebody went away, or was too slow, is given out first."""
        pieces: list[bytes] = []
        size = 0
        while size < BLOCK_BYTES and not self.is_over:
            message = await self._message()
            if message is None or message["type"] == "http.disconnect":
                self.is_over, self.is_late = True, message is None
                break
            piece: bytes = message.get("body", b"")
            pieces.append(piece)
            size += len(piece)
            self.is_over = not message.get("more_body", False)
            self._hurry(len(piece))
        return b"".join(pieces)

    async def _message(self) -> Message | None:
        try:
            async with asyncio.timeout(SILENCE.total_seconds()):
                return await self._receive()
        except TimeoutError:
            return None

    def _hurry(self, count: int) -> None:
        self._size += count
        took = monotonic() - self._started
        is_slow = self._size < LEAST_BYTES_A_SECOND * (took - GRACE.total_seconds())
        if not self.is_over and (is_slow or took > LONGEST.total_seconds()):
            self.is_over = self.is_late = True


async def take_upload(visit: Visit, snapshot: Snapshot, receive: Receive, begin: Callable[[], Appending]) -> Progress:
    """Return where an upload stands once the body has come, or what of it came before somebody went away.

    Raises: what the flow raises. BodyTooSlow; what came before is kept. NotSignedIn, when the session ended meanwhile.
    """
    lanes, blocks = visit.doors.lanes, Blocks(receive)
    with keeping(visit.doors).slots.taken(snapshot.profile.id):
        appending = await lanes.files(begin)
        try:
            while not blocks.is_over:
                await lanes.files(appending.take, await blocks.next())
            await require_live(visit.doors, snapshot)
            recognise = visit.doors.flows.recognise
            still_lives = partial(recognise.live, snapshot.session_id, snapshot.kind)
            progress = await lanes.files(appending.end, before=still_lives)
        except Refusal:
            await lanes.files(appending.drop)
            raise
    if blocks.is_late:
        raise BodyTooSlow
    return progress


@asynccontextmanager
async def whole_body(visit: Visit, snapshot: Snapshot, receive: Receive, *, most: int) -> AsyncIterator[bytes]:
    """Yield a body of at most `most` bytes, which has its slot until the block ends: so long it is in memory.

    Raises: TooLarge, before it is read where its declared length says so. BodyTooSlow. TooMany and Unavailable, when
    enough of them come. NotSignedIn, when the session ended meanwhile.
    """
    if (declared_size(visit) or 0) > most:
        raise TooLarge
    with keeping(visit.doors).whole_slots.taken(snapshot.profile.id):
        body = await _taken_whole(Blocks(receive), most)
        await require_live(visit.doors, snapshot)
        yield body


async def _taken_whole(blocks: Blocks, most: int) -> bytes:
    whole = bytearray()
    while not blocks.is_over:
        whole += await blocks.next()
        if len(whole) > most:
            raise TooLarge
    if blocks.is_late:
        raise BodyTooSlow
    return bytes(whole)


async def require_live(doors: Doors, snapshot: Snapshot) -> None:
    """Return when the session lives that a request began with, however long ago that was.

    Raises: NotSignedIn.
    """
    recognise = doors.flows.recognise
    if recognise.live_at_once(snapshot.session_id, snapshot.kind) is None:
        await doors.lanes.main(recognise.live, snapshot.session_id, snapshot.kind)
