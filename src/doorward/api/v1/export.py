"""Handing out what may be long, piece by piece: everything that is kept about somebody, and the audit log."""

from collections.abc import AsyncIterator, Iterator, Mapping
from itertools import islice
from typing import Final

from starlette.responses import StreamingResponse

from doorward.api.lanes import Lanes
from doorward.api.limits import spend
from doorward.api.visit import Visit
from doorward.core.audit.export_log import Format
from doorward.core.limits.records import limit
from doorward.core.sessions.records import Snapshot

NDJSON: Final = "application/x-ndjson"
_MEDIA_TYPES: Final[Mapping[Format, str]] = {Format.NDJSON: NDJSON, Format.CSV: "text/csv; charset=utf-8"}
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


def stream_log(lanes: Lanes, pieces: Iterator[str], form: Format) -> StreamingResponse:
    """Return the audit log as a file that is written while it is read.

    Each page of it is read when the one before has been taken, so a slow reader holds up nothing and one that goes away
    ends it.
    """
    headers = {"content-disposition": f'attachment; filename="audit.{form.value}"'}
    return StreamingResponse(_each(lanes, pieces), media_type=_MEDIA_TYPES[form], headers=headers)


async def _each(lanes: Lanes, pieces: Iterator[str]) -> AsyncIterator[str]:
    while text := await lanes.main(next, pieces, ""):
        yield text


async def _read(lanes: Lanes, pieces: Iterator[str]) -> AsyncIterator[str]:
    while text := await lanes.main(_next, pieces):
        yield text


def _next(pieces: Iterator[str]) -> str:
    return "".join(islice(pieces, _PIECES_AT_ONCE))
