"""The jobs of the outbox, for operators: what waits, what was given up, and trying that again."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import Field, StringConstraints

from doorward.api.classes import RouteClass
from doorward.api.needs import NeedsDoors
from doorward.api.v1.admin.operator import NeedsFreshOperator, NeedsOperator
from doorward.api.v1.bodies import AnswerBody, Body
from doorward.core.kernel.pages import MAX_PAGE_SIZE
from doorward.core.operating.jobs import JobSeen, TaskSeen
from doorward.core.outbox.records import Job, JobState

router = APIRouter(prefix="/v1/admin/jobs", tags=[RouteClass.OPERATOR])

After = Annotated[str | None, Query(max_length=64, pattern=r"^[0-9a-z]+$")]
Size = Annotated[int, Query(ge=1, le=MAX_PAGE_SIZE)]
JobId = Annotated[str, Path(max_length=64, pattern=r"^[0-9a-z]+$", description="The job's id.")]
JobIds = Annotated[
    list[Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^[0-9a-z]+$")]], Field(max_length=100)
]


class JobAnswer(AnswerBody):
    """A job. What it carries is sealed, and never shown."""

    id: str
    name: str
    state: JobState
    attempts: int
    created_at: datetime
    run_at: datetime
    leased_until: datetime | None
    dedupe_key: str | None
    last_error: str | None

    @classmethod
    def of(cls, job: Job) -> "JobAnswer":
        """Return the answer for a job."""
        return cls.model_validate(_shown(job))


class JobSeenAnswer(JobAnswer):
    """A job with what may be told of a letter: its kind, and the domain that it goes to."""

    letter: str | None
    to_domain: str | None

    @classmethod
    def of_seen(cls, seen: JobSeen) -> "JobSeenAnswer":
        """Return the answer for one job."""
        about = {name: seen.about.get(name) for name in ("letter", "to_domain")}
        return cls.model_validate({**_shown(seen.job), **about})


class JobsAnswer(AnswerBody):
    """One page of jobs, the oldest first, with how many stand in each state."""

    jobs: list[JobAnswer]
    next_after: str | None
    counts: dict[JobState, int]


class TaskAnswer(AnswerBody):
    """What is due again and again; `last_done_at` is null where that is longer ago than jobs are kept."""

    name: str
    every_seconds: int
    last_done_at: datetime | None

    @classmethod
    def of(cls, task: TaskSeen) -> "TaskAnswer":
        """Return the answer for a task."""
        return cls(name=task.name, every_seconds=int(task.every.total_seconds()), last_done_at=task.last_done)


class TasksAnswer(AnswerBody):
    """Everything that is due again and again."""

    tasks: list[TaskAnswer]


class RetryBody(Body):
    """Which dead jobs run again: those of these ids, or all of them."""

    ids: JobIds = Field(default_factory=list)
    all_dead: bool = False


class RetriedAnswer(AnswerBody):
    """The jobs that were dead, and run now."""

    retried: list[str]


@router.get("")
async def list_jobs(
    _: NeedsOperator, doors: NeedsDoors, state: JobState = JobState.DEAD, after: After = None, size: Size = 50
) -> JobsAnswer:
    """List the jobs of one state, the oldest first; those that were given up unless another is named."""
    page = await doors.lanes.main(doors.flows.list_jobs.page, state, after=after, size=size)
    counts = await doors.lanes.main(doors.flows.list_jobs.count)
    return JobsAnswer(jobs=[JobAnswer.of(job) for job in page.items], next_after=page.next_after, counts=counts)


@router.get("/tasks")
async def list_tasks(_: NeedsOperator, doors: NeedsDoors) -> TasksAnswer:
    """List what is due again and again, and when each was last done by whichever worker."""
    tasks = await doors.lanes.main(doors.flows.overview.list_tasks)
    return TasksAnswer(tasks=[TaskAnswer.of(task) for task in tasks])


@router.post("/retry")
async def retry_jobs(body: RetryBody, session: NeedsFreshOperator, doors: NeedsDoors) -> RetriedAnswer:
    """Let dead jobs run again, each with a whole round of attempts."""
    retry, actor_id = doors.flows.retry_jobs, session.profile.id
    if body.all_dead:
        return RetriedAnswer(retried=list(await doors.lanes.main(retry.all_dead, actor_id=actor_id)))
    return RetriedAnswer(retried=list(await doors.lanes.main(retry, body.ids, actor_id=actor_id)))


@router.get("/{job_id}")
async def show_job(job_id: JobId, _: NeedsOperator, doors: NeedsDoors) -> JobSeenAnswer:
    """Show one job."""
    return JobSeenAnswer.of_seen(await doors.lanes.main(doors.flows.show_job, job_id))


def _shown(job: Job) -> dict[str, object]:
    return {name: getattr(job, name) for name in JobAnswer.model_fields}
