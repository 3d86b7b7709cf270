"""Proving in a browser that the audit log is whole."""

from collections.abc import AsyncIterator, Iterator
from typing import Final

from fastapi import APIRouter
from starlette.responses import HTMLResponse, Response, StreamingResponse

from doorward.api.classes import RouteClass
from doorward.api.needs import NeedsDoors, NeedsVisit
from doorward.api.pages.console.frame import show
from doorward.api.pages.console.operator import NeedsOperator
from doorward.api.pages.forms import Errors, errors_of, typed
from doorward.api.pages.render import html
from doorward.api.problems import status_of
from doorward.api.visit import Visit
from doorward.core.audit.verify_chain import ChainVerdict
from doorward.core.kernel.errors import Invalid
from doorward.core.sessions.records import Snapshot

router = APIRouter(prefix="/console/audit", tags=[RouteClass.PAGE], include_in_schema=False)

_HERE: Final = "<!-- how far it is -->"
_TENTHS: Final = 10
_WORTH_TELLING: Final = 1000


@router.post("/verify", response_class=StreamingResponse)
async def take_verify(visit: NeedsVisit, session: NeedsOperator, doors: NeedsDoors) -> Response:
    """Prove that the log is whole. The page is written meanwhile, so that it tells how far it is without scripts."""
    end = typed(visit, "end").strip()
    try:
        steps = await doors.lanes.main(doors.flows.verify_chain.steps, end=end or None)
    except Invalid as refusal:
        return _frame(visit, session, end=end, errors=errors_of(refusal))
    frame = _frame(visit, session, end=end)
    headers = {name: value for name, value in frame.headers.items() if name != "content-length"}
    return StreamingResponse(_pieces(visit, bytes(frame.body).decode(), steps, end=end), headers=headers)


def _frame(visit: Visit, session: Snapshot, *, end: str, errors: Errors | None = None) -> HTMLResponse:
    return show(
        visit,
        "overview/verify.html",
        session=session,
        here="audit",
        status=status_of(Invalid) if errors else 200,
        errors=errors or {},
        end=end,
        place=_HERE,
    )


async def _pieces(visit: Visit, frame: str, steps: Iterator[ChainVerdict], *, end: str) -> AsyncIterator[str]:
    """Yield the page up to where the work is told of, a line for each tenth of it, the verdict, and the rest."""
    before, _, after = frame.partition(_HERE)
    yield before
    told = 0
    while (verdict := await visit.doors.lanes.main(next, steps, None)) is not None:
        if verdict.is_over:
            yield html(visit, "console/overview/verdict.html", verdict=verdict, is_against_end=bool(end))
            break
        tenth = _TENTHS * verdict.sound // verdict.total
        if tenth > told and verdict.sound >= _WORTH_TELLING:
            told = tenth
            yield f"<li>{verdict.sound:,} of {verdict.total:,} entries are sound so far.</li>"
    yield after
