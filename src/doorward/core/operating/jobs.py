"""Looking after the queue."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

from doorward.core.audit.ports import HasAuditLog
from doorward.core.audit.record import record
from doorward.core.audit.records import AuditKind, Event
from doorward.core.kernel.clock import Clock
from doorward.core.kernel.errors import NotFound
from doorward.core.kernel.ids import AccountId, JobId
from doorward.core.kernel.pages import Page
from doorward.core.kernel.work import OpensView, OpensWork
from doorward.core.outbox.ports import HasOutbox
from doorward.core.outbox.post import SEND_LETTER, Post
from doorward.core.outbox.records import Job, JobState
from doorward.core.outbox.rules import attempts_when_revived

_AT_ONCE: Final = 100
_OVER_SECONDS: Final = 60
"""Many that are retried together are spread over a minute, so that what refused them is not run over."""


class JobsWork(HasOutbox, HasAuditLog, Protocol):
    """What looking after jobs writes."""


@dataclass(frozen=True, slots=True)
class JobSeen:
    """A job as an operator may see it. `about` says what a letter is and where it goes, never to whom or what it holds.

    It is empty for other jobs, for those that are done, and where the secret that sealed them is not ours.
    """

    job: Job
    about: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ListJobs:
    """Return jobs of one state, the oldest first."""

    view: OpensView[JobsWork]

    def __call__(self, state: JobState, *, limit: int = 100) -> tuple[Job, ...]:
        """Read them."""
        with self.view() as work:
            return work.outbox.list(state, limit=limit)

    def page(self, state: JobState, *, after: str | None = None, size: int = 50) -> Page[Job]:
        """Return one page of them."""
        with self.view() as work:
            found = work.outbox.list(state, after=after or "", limit=size + 1)
        return Page(found[:size], found[size - 1].id if len(found) > size else None)

    def count(self) -> dict[JobState, int]:
        """Return how many jobs stand in each state."""
        with self.view() as work:
            return work.outbox.count()


@dataclass(frozen=True, slots=True)
class ShowJob:
    """Return one job."""

    view: OpensView[JobsWork]
    post: Post

    def __call__(self, job_id: str) -> JobSeen:
        """Read it.

        Raises: NotFound.
        """
        with self.view() as work:
            job = work.outbox.by_id(JobId(job_id))
        if job is None:
            raise NotFound
        return JobSeen(job, self._about(job))

    def _about(self, job: Job) -> Mapping[str, str]:
        if job.name != SEND_LETTER or job.state is JobState.DONE:
            return {}
        try:
            letter = self.post.open(job)
        except ValueError:
            return {}
        domain = f"{letter.get('to') or ''}".rpartition("@")[2]
        return {"letter": f"{letter.get('kind')}", "to_domain": domain}


@dataclass(frozen=True, slots=True)
class TaskSeen:
    """Something that is due every so often. `last_done` is None where it was not done for as long as jobs are kept."""

    name: str
    every: timedelta
    last_done: datetime | None


@dataclass(frozen=True, slots=True)
class ListTasks:
    """Return what is due again and again, and when each was last done by whichever worker."""

    view: OpensView[JobsWork]
    every: Mapping[str, timedelta]

    def __call__(self) -> tuple[TaskSeen, ...]:
        """Read them."""
        with self.view() as work:
            return tuple(TaskSeen(name, every, work.outbox.last_done(name)) for name, every in self.every.items())


@dataclass(frozen=True, slots=True)
class RetryJobs:
    """Let dead jobs run again, each with a whole round of attempts."""

    work: OpensWork[JobsWork]
    view: OpensView[JobsWork]
    clock: Clock

    def __call__(self, job_ids: Iterable[str], *, actor_id: AccountId | None = None) -> tuple[JobId, ...]:
        """Return those that were dead, and run now."""
        now = self.clock.now()
        revived = []
        with self.work() as work:
            for place, job_id in enumerate(job_ids):
                job = work.outbox.by_id(JobId(job_id))
                run_at = now + timedelta(seconds=place % _AT_ONCE * _OVER_SECONDS / _AT_ONCE)
                if job is None or not work.outbox.revive(job.id, run_at=run_at, attempts=attempts_when_revived(job)):
                    continue
                detail = {"job": job.id, "name": job.name}
                record(work.audit, Event(AuditKind.JOB_RETRIED, actor_id=actor_id, detail=detail), now)
                revived.append(job.id)
        return tuple(revived)

    def all_dead(self, *, actor_id: AccountId | None = None) -> tuple[JobId, ...]:
        """Let every job run again that is dead now, a hundred a unit of work, and return them."""
        revived: list[JobId] = []
        after = ""
        while batch := self._dead(after=after):
            revived += self(batch, actor_id=actor_id)
            after = batch[-1]
        return tuple(revived)

    def _dead(self, *, after: str) -> list[JobId]:
        """Return the dead jobs that come after an id: so not those that were retried just now, and died again."""
        with self.view() as work:
            return [job.id for job in work.outbox.list(JobState.DEAD, after=after, limit=_AT_ONCE)]
