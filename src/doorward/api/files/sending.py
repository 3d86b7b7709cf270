"""Sending kept bytes: they are read as they are taken, and let go however that ends."""

import asyncio
from collections.abc import AsyncIterator, Mapping

from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from doorward.api.lanes import Lanes
from doorward.core.files.ports import Pieces


class Sending(StreamingResponse):
    """An answer that holds a file open, and no thread, while it is taken."""

    def __init__(self, lanes: Lanes, pieces: Pieces, *, status_code: int, headers: Mapping[str, str]) -> None:
        self._lanes = lanes
        self._pieces = pieces
        self._is_left = False
        super().__init__(self._read(), status_code=status_code, headers=headers)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it, also to somebody who goes away before the first byte."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            if not self._is_left:
                self._pieces.close()

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
