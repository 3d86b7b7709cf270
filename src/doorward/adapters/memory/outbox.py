"""Jobs that wait to be delivered."""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime

from doorward.adapters.memory.tables import Access
from doorward.core.kernel.ids import JobId
from doorward.core.outbox.ports import Outbox
from doorward.core.outbox.records import Job, JobState


@dataclass(frozen=True, slots=True)
class MemoryOutbox(Outbox):
    """Keeps jobs."""

    access: Access

    def add(self, job: Job) -> bool:
        jobs = self.access.writable().jobs
        taken = {other.dedupe_key for other in jobs.values() if other.dedupe_key is not None}
        if job.id in jobs or job.dedupe_key in taken:
            return False
        jobs[job.id] = job
        self.access.notes.has_jobs = True
        return True

    def lease(self, *, now: datetime, until: datetime, limit: int) -> tuple[Job, ...]:
        jobs = self.access.writable().jobs
        due = sorted((job for job in jobs.values() if _is_due(job, now)), key=lambda job: (job.run_at, job.id))
        leased = tuple(replace(job, attempts=job.attempts + 1, leased_until=until) for job in due[:limit])
        jobs.update({job.id: job for job in leased})
        return leased

    def finish(self, job_id: JobId) -> None:
        for job in self._kept(job_id):
            done = replace(job, state=JobState.DONE, sealed_payload=b"", leased_until=None)
            self.access.writable().jobs[job_id] = done

    def postpone(self, job_id: JobId, *, run_at: datetime, error: str) -> None:
        for job in self._kept(job_id):
            later = replace(job, run_at=run_at, leased_until=None, last_error=error)
            self.access.writable().jobs[job_id] = later

    def bury(self, job_id: JobId, *, error: str) -> None:
        for job in self._kept(job_id):
            dead = replace(job, state=JobState.DEAD, leased_until=None, last_error=error)
            self.access.writable().jobs[job_id] = dead

    def by_id(self, job_id: JobId) -> Job | None:
        return self.access.tables.jobs.get(job_id)

    def list(self, state: JobState, *, limit: int = 100) -> tuple[Job, ...]:
        found = (job for job in self.access.tables.jobs.values() if job.state is state)
        return tuple(sorted(found, key=lambda job: job.id)[:limit])

    def count(self) -> dict[JobState, int]:
        counted = Counter(job.state for job in self.access.tables.jobs.values())
        return {state: counted[state] for state in JobState}

    def purge(self, before: datetime) -> int:
        jobs = self.access.writable().jobs
        over = [job.id for job in jobs.values() if job.state is JobState.DONE and job.created_at < before]
        for job_id in over:
            del jobs[job_id]
        return len(over)

    def _kept(self, job_id: JobId) -> tuple[Job, ...]:
        job = self.access.writable().jobs.get(job_id)
        return () if job is None else (job,)


def _is_due(job: Job, now: datetime) -> bool:
    is_free = job.leased_until is None or job.leased_until <= now
    return job.state is JobState.READY and job.run_at <= now and is_free
