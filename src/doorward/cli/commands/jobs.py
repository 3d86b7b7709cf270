"""`doorward jobs`: what waits to be delivered, and what was given up."""

from typing import Annotated

import typer

from doorward.cli.options import DataDir, Json, opened
from doorward.cli.output import Value, Voice
from doorward.core.kernel.errors import NotFound
from doorward.core.outbox.records import Job, JobState
from doorward.settings.problems import Problem
from doorward.worker.jobs import JOBS

jobs = typer.Typer(
    help="Look at the jobs that wait, and retry those that were given up.", no_args_is_help=True, add_completion=False
)
_COLUMNS = ("id", "name", "state", "attempts", "run_at", "last_error")
_NO_SUCH = Problem("There is no such job.", "Done jobs are kept for two days.", "`doorward jobs list` shows them.")
_NONE_NAMED = Problem("No job is named.", "", "Name the ids of dead jobs, or say --all-dead.")


@jobs.command("list")
def list_jobs(
    *,
    state: Annotated[JobState, typer.Option(help="Which jobs: those that wait, are done, or were given up.")] = (
        JobState.READY
    ),
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many at most.")] = 100,
    data_dir: DataDir = None,
    as_json: Json = False,
) -> None:
    """List jobs, the oldest first."""
    voice = Voice(as_json)
    with opened(data_dir, voice) as house:
        listed = house.flows.list_jobs(state, limit=limit)
        voice.table([_members(job) for job in listed], columns=_COLUMNS, empty=f"No job is {state}.")
        unknown = sorted({job.name for job in listed if job.name not in JOBS and job.state is JobState.READY})
        if unknown:
            voice.note(f"This release does not know {', '.join(unknown)}: a worker of a newer one does such jobs.")


@jobs.command("show")
def show(
    job_id: Annotated[str, typer.Argument(help="The job's id.")], *, data_dir: DataDir = None, as_json: Json = False
) -> None:
    """Show one job. Of what it carries, only the kind of a letter and the domain that it goes to are shown."""
    voice = Voice(as_json)
    with opened(data_dir, voice) as house:
        try:
            seen = house.flows.show_job(job_id)
        except NotFound:
            voice.refuse(_NO_SUCH, code=NotFound.code)
        voice.record({**_members(seen.job), **seen.about})


@jobs.command("retry")
def retry(
    job_ids: Annotated[list[str] | None, typer.Argument(help="The ids of dead jobs.")] = None,
    *,
    all_dead: Annotated[bool, typer.Option("--all-dead", help="Retry every job that was given up.")] = False,
    data_dir: DataDir = None,
    as_json: Json = False,
) -> None:
    """Let jobs run again that were given up, each with a whole round of attempts. It stands in the audit log."""
    voice = Voice(as_json)
    wanted = job_ids or []
    if bool(wanted) == all_dead:
        voice.refuse(_NONE_NAMED, code="VALIDATION_FAILED")
    with opened(data_dir, voice) as house:
        revived = house.flows.retry_jobs.all_dead() if all_dead else house.flows.retry_jobs(wanted)
        left = [job_id for job_id in wanted if job_id not in revived]
        voice.done(f"{len(revived)} jobs run again.", {"retried": list(revived), "not_dead": left})
        for job_id in left:
            voice.note(f"{job_id} is no dead job.")
    if left:
        raise typer.Exit(1)


def _members(job: Job) -> dict[str, Value]:
    return {
        "id": job.id,
        "name": job.name,
        "state": job.state.value,
        "attempts": job.attempts,
        "created_at": job.created_at.isoformat(timespec="seconds"),
        "run_at": job.run_at.isoformat(timespec="seconds"),
        "leased_until": job.leased_until.isoformat(timespec="seconds") if job.leased_until else None,
        "dedupe_key": job.dedupe_key,
        "last_error": job.last_error,
        "request_id": job.request_id,
    }
