"""Sending kept bytes: they are read as they are taken, and let go however that ends."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import ExitStack, suppress
from time import monotonic

from starlette.responses import StreamingResponse
from starlette.types import Message, Receive, Scope, Send

from doorward.api.files.taking import GRACE, LEAST_BYTES_A_SECOND, LONGEST
from doorward.api.lanes import Lanes
from doorward.core.files.ports import Pieces


class TakenTooSlowly(Exception):
    """Whoever asked for an answer does not take it."""


class Sending(StreamingResponse):
    """An answer that holds a file open, and no thread, while it is taken; not for ever by whoever takes it slowly.

    Who was cut off goes on with a range.
    """

    def __init__(
        self, lanes: Lanes, pieces: Pieces, slot: ExitStack, *, status_code: int, headers: Mapping[str, str]
    ) -> None:
        self._lanes = lanes
        self._pieces = pieces
        self._slot = slot
        self._is_left = False
        super().__init__(self._read(), status_code=status_code, headers=headers)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it, also to somebody who goes away before the first byte."""
        try:
            with suppress(TakenTooSlowly):  # the answer ends in its middle, and the server hangs up
                await super().__call__(scope, receive, send)
        finally:
            self._slot.close()
            if not self._is_left:
                self._pieces.close()

    async def stream_response(self, send: Send) -> None:
        """Send it piece by piece, each of which has its time.

        Raises: TakenTooSlowly.
        """
        until = monotonic() + LONGEST.total_seconds()

        async def sent(message: Message) -> None:
            needs = GRACE.total_seconds() + len(message.get("body", b"")) / LEAST_BYTES_A_SECOND
            try:
                async with asyncio.timeout(min(needs, until - monotonic())):
                    await send(message)
            except TimeoutError:
                raise TakenTooSlowly from None

        await super().stream_response(sent)

    async def _read(self) -> AsyncIterator[bytes]:
        while True:
            try:
                piece = await self._lanes.files(next, self._pieces, b"")
            except asyncio.CancelledError:
                self._is_left = True  # with a thread that still reads; they are let go when it forgets them
                raise
            if not piece:
                return
            yield piece
