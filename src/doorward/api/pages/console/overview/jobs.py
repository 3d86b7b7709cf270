"""Jobs in the console: what waits, what was given up, and what is due again and again."""

from typing import Final
from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.responses import Response

from doorward.api.classes import RouteClass
from doorward.api.needs import NeedsDoors, NeedsVisit
from doorward.api.pages.console.frame import After, Question, Step, ask, show
from doorward.api.pages.console.operator import NeedsFreshOperator, NeedsOperator
from doorward.api.pages.forms import Errors, known
from doorward.api.pages.render import go
from doorward.api.problems import status_of
from doorward.api.visit import Visit
from doorward.core.kernel.errors import Conflict, NotFound
from doorward.core.kernel.ids import is_id
from doorward.core.outbox.records import JobState
from doorward.core.sessions.records import Snapshot

router = APIRouter(prefix="/console/jobs", tags=[RouteClass.PAGE], include_in_schema=False)

_PATH: Final = "/console/jobs"
_SIZE: Final = 50
_RECORDED: Final = "If what kept them from being done is still there, they are given up again, in about two days."


@router.get("")
async def show_jobs(
    visit: NeedsVisit,
    session: NeedsOperator,
    doors: NeedsDoors,
    *,
    state: JobState | None = None,
    after: After = None,
    notice: str | None = None,
) -> Response:
    """Show the jobs of one state: those that were given up, if there are any, unless another is named."""
    counts = await doors.lanes.main(doors.flows.list_jobs.count)
    shown = state or (JobState.DEAD if counts[JobState.DEAD] else JobState.READY)
    page = await doors.lanes.main(doors.flows.list_jobs.page, shown, after=after, size=_SIZE)
    steps: list[Step] = [
        ("Oldest", _at(state=shown) if after else None, "first"),
        ("Newer", _at(state=shown, after=page.next_after) if page.next_after else None, "next"),
    ]
    return show(
        visit,
        "overview/jobs.html",
        session=session,
        here="jobs",
        state=shown,
        states=[(each.value, _STATES[each], counts[each]) for each in JobState],
        jobs=page.items,
        dead=counts[JobState.DEAD],
        tasks=await doors.lanes.main(doors.flows.overview.list_tasks),
        now=doors.clock.now(),
        steps=steps,
        notice=known(notice, ("retried",)),
    )


@router.get("/retry")
async def ask_to_retry_all(visit: NeedsVisit, session: NeedsFreshOperator, doors: NeedsDoors) -> Response:
    """Say what retrying every dead job does."""
    counts = await doors.lanes.main(doors.flows.list_jobs.count)
    return ask(visit, _of_all(counts[JobState.DEAD]), session=session, here="jobs")


@router.post("/retry")
async def take_retry_all(visit: NeedsVisit, session: NeedsFreshOperator, doors: NeedsDoors) -> Response:
    """Let every dead job run again."""
    await doors.lanes.main(doors.flows.retry_jobs.all_dead, actor_id=session.profile.id)
    return go(visit, _PATH, notice="retried")


@router.get("/{job_id}")
async def show_job(job_id: str, visit: NeedsVisit, session: NeedsOperator) -> Response:
    """Show one job.

    Raises: NotFound.
    """
    return await _show(visit, session, job_id)


@router.get("/{job_id}/retry")
async def ask_to_retry(job_id: str, visit: NeedsVisit, session: NeedsFreshOperator, doors: NeedsDoors) -> Response:
    """Say what retrying a job does.

    Raises: NotFound.
    """
    seen = await doors.lanes.main(doors.flows.show_job, _id(job_id))
    return ask(visit, _of_one(seen.job.id, seen.job.name), session=session, here="jobs")


@router.post("/{job_id}/retry")
async def take_retry(job_id: str, visit: NeedsVisit, session: NeedsFreshOperator, doors: NeedsDoors) -> Response:
    """Let a dead job run again.

    Raises: NotFound.
    """
    retried = await doors.lanes.main(doors.flows.retry_jobs, [_id(job_id)], actor_id=session.profile.id)
    if retried:
        return go(visit, _PATH, notice="retried")
    errors = {"form": "This job is not given up, so there is nothing to retry."}
    return await _show(visit, session, job_id, errors=errors)


_STATES: Final = {JobState.READY: "Waiting", JobState.DONE: "Done", JobState.DEAD: "Given up"}


async def _show(visit: Visit, session: Snapshot, job_id: str, *, errors: Errors | None = None) -> Response:
    seen = await visit.doors.lanes.main(visit.doors.flows.show_job, _id(job_id))
    return show(
        visit,
        "overview/job.html",
        session=session,
        here="jobs",
        status=status_of(Conflict) if errors else 200,
        job=seen.job,
        about=seen.about,
        word=_STATES[seen.job.state],
        errors=errors or {},
    )


def _id(presented: str) -> str:
    if not is_id(presented):
        raise NotFound
    return presented


def _of_all(dead: int) -> Question:
    return Question(
        title="Retry every job that was given up?",
        subject=f"{dead:,} job{'' if dead == 1 else 's'} given up",
        consequences=(
            "Each has a whole round of attempts again, spread over a minute.",
            "Mails that waited are sent now; links in them that are over by now no longer work.",
            _RECORDED,
        ),
        button="Retry all of them",
        action=f"{_PATH}/retry",
        back=_PATH,
        is_grave=False,
    )


def _of_one(job_id: str, name: str) -> Question:
    return Question(
        title="Retry this job?",
        subject=f"{name}, {job_id}",
        consequences=(
            "It has a whole round of attempts again, from now on.",
            "If it is a mail, it is sent now; a link in it that is over by now no longer works.",
        ),
        button="Retry it",
        action=f"{_PATH}/{job_id}/retry",
        back=f"{_PATH}/{job_id}",
        is_grave=False,
    )


def _at(*, state: JobState, after: str | None = None) -> str:
    return f"{_PATH}?{urlencode({'state': state.value} | ({'after': after} if after else {}))}"
