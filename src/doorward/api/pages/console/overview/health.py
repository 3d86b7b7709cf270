"""How the instance is that answers, in the console."""

from fastapi import APIRouter
from starlette.responses import Response

from doorward.api.classes import RouteClass
from doorward.api.doors import states
from doorward.api.needs import NeedsDoors, NeedsVisit
from doorward.api.pages.console.frame import show
from doorward.api.pages.console.operator import NeedsOperator
from doorward.api.pages.console.overview import charts
from doorward.core.operating.overview.slices import EVERY, slices
from doorward.core.outbox.records import JobState

router = APIRouter(prefix="/console/health", tags=[RouteClass.PAGE], include_in_schema=False)


@router.get("")
async def show_health(visit: NeedsVisit, session: NeedsOperator, doors: NeedsDoors) -> Response:
    """Show what the server depends on, what waits, and what it did in the last hour."""
    jobs = await doors.lanes.main(doors.flows.list_jobs.count)
    return show(
        visit,
        "overview/health.html",
        session=session,
        here="health",
        checks=await states(doors),
        instance=doors.inside.instance(),
        version=doors.version,
        now=doors.clock.now(),
        ready=jobs[JobState.READY],
        dead=jobs[JobState.DEAD],
        lanes=doors.lanes.waiting(),
        charts=charts.of_instance(slices(doors.inside.history(), charts.PARTS)),
        seconds=int(EVERY.total_seconds()),
    )
