"""Jobs that wait to be delivered."""

from collections import Counter
from collections.abc import Collection, Iterable
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

    def lease(self, *, names: Collection[str], now: datetime, until: datetime, limit: int) -> tuple[Job, ...]:
        jobs = self.access.writable().jobs
        known = (job for job in jobs.values() if job.name in names and _is_due(job, now))
        due = sorted(known, key=lambda job: (job.run_at, job.id))
        leased = tuple(replace(job, attempts=job.attempts + 1, leased_until=until) for job in due[:limit])
        jobs.update({job.id: job for job in leased})
        return leased

    def prolong(self, held: Collection[Job], *, until: datetime) -> frozenset[JobId]:
        return self._put(replace(job, leased_until=until) for job in self._still(held))

    def release(self, held: Collection[Job]) -> frozenset[JobId]:
        return self._put(replace(job, attempts=job.attempts - 1, leased_until=None) for job in self._still(held))

    def finish(self, held: Collection[Job]) -> frozenset[JobId]:
        still = self._still(held)
        return self._put(replace(job, state=JobState.DONE, sealed_payload=b"", leased_until=None) for job in still)

    def postpone(self, held: Job, *, run_at: datetime, error: str) -> bool:
        later = (replace(job, run_at=run_at, leased_until=None, last_error=error) for job in self._still([held]))
        return bool(self._put(later))

    def bury(self, held: Job, *, error: str) -> bool:
        dead = (replace(job, state=JobState.DEAD, leased_until=None, last_error=error) for job in self._still([held]))
        return bool(self._put(dead))

    def revive(self, job_id: JobId, *, run_at: datetime, attempts: int) -> bool:
        job = self.access.writable().jobs.get(job_id)
        if job is None or job.state is not JobState.DEAD:
            return False
        self.access.notes.has_jobs = True
        return bool(self._put([replace(job, state=JobState.READY, run_at=run_at, attempts=attempts)]))

    def by_id(self, job_id: JobId) -> Job | None:
        return self.access.tables.jobs.get(job_id)

    def list(self, state: JobState, *, after: str = "", limit: int = 100) -> tuple[Job, ...]:
        found = (job for job in self.access.tables.jobs.values() if job.state is state and job.id > after)
        return tuple(sorted(found, key=lambda job: job.id)[:limit])

    def count(self) -> dict[JobState, int]:
        counted = Counter(job.state for job in self.access.tables.jobs.values())
        return {state: counted[state] for state in JobState}

    def waiting(self, *, due_by: datetime | None = None) -> dict[str, int]:
        ready = (job for job in self.access.tables.jobs.values() if job.state is JobState.READY)
        return Counter(job.name for job in ready if due_by is None or job.run_at <= due_by)

    def next_due(self) -> datetime | None:
        jobs = self.access.tables.jobs.values()
        return min((job.run_at for job in jobs if job.state is JobState.READY), default=None)

    def last_done(self, name: str) -> datetime | None:
        jobs = self.access.tables.jobs.values()
        return max((job.run_at for job in jobs if job.name == name and job.state is JobState.DONE), default=None)

    def purge(self, before: datetime) -> int:
        jobs = self.access.writable().jobs
        over = [job.id for job in jobs.values() if job.state is JobState.DONE and job.run_at < before]
        for job_id in over:
            del jobs[job_id]
        return len(over)

    def _still(self, held: Collection[Job]) -> tuple[Job, ...]:
        jobs = self.access.writable().jobs
        return tuple(jobs[job.id] for job in held if _is_held(jobs.get(job.id), job.attempts))

    def _put(self, jobs: Iterable[Job]) -> frozenset[JobId]:
        changed = {job.id: job for job in jobs}
        self.access.writable().jobs.update(changed)
        return frozenset(changed)


def _is_held(job: Job | None, attempt: int) -> bool:
    return job is not None and job.leased_until is not None and job.attempts == attempt


def _is_due(job: Job, now: datetime) -> bool:
    is_free = job.leased_until is None or job.leased_until <= now
    return job.state is JobState.READY and job.run_at <= now and is_free
