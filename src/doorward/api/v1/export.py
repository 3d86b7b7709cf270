"""Handing out everything that is kept about somebody, piece by piece."""

from collections.abc import AsyncIterator, Iterator
from itertools import islice
from typing import Final

from starlette.responses import StreamingResponse

from doorward.api.lanes import Lanes
from doorward.api.limits import spend
from doorward.api.visit import Visit
from doorward.core.limits.records import limit
from doorward.core.sessions.records import Snapshot

_PIECES_AT_ONCE: Final = 200


async def stream_export(visit: Visit, snapshot: Snapshot) -> StreamingResponse:
    """Return the export of an account as one JSON document that is written while it is read.

    Raises: TooMany, NotFound; both before the first piece.
    """
    doors = visit.doors
    await spend(visit, limit("export"), snapshot.profile.id)
    pieces = await doors.lanes.main(doors.flows.export_account, snapshot.profile.id)
    headers = {"content-disposition": 'attachment; filename="account.json"'}
    return StreamingResponse(_read(doors.lanes, pieces), media_type="application/json", headers=headers)


async def _read(lanes: Lanes, pieces: Iterator[str]) -> AsyncIterator[str]:
    while text := await lanes.main(_next, pieces):
        yield text


def _next(pieces: Iterator[str]) -> str:
    return "".join(islice(pieces, _PIECES_AT_ONCE))
