"""The worker's loop."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Protocol

from doorward.core.flows import Flows
from doorward.core.kernel.clock import Clock
from doorward.core.kernel.errors import Unavailable
from doorward.core.kernel.secrets import random_bytes
from doorward.core.kernel.work import OpensWork
from doorward.core.outbox.errors import DeliveryFailed
from doorward.core.outbox.ports import HasOutbox
from doorward.core.outbox.post import Post
from doorward.core.outbox.records import Job
from doorward.core.outbox.rules import LEASE, next_run
from doorward.worker.jobs import JOBS, SCHEDULE

_BATCH: Final = 20
_IDLE: Final = timedelta(seconds=1)


class Events(Protocol):
    """Where the worker says what happens; the names are dotted, the values never secret."""

    def __call__(self, event: str, /, **values: object) -> None:
        """Note an event."""


@dataclass(slots=True)
class Worker:
    """Runs jobs and what is scheduled, until it is told to stop. Any number of workers may share one store.

    A job runs at least once: a worker that dies lets its lease run out, and another one takes over.
    """

    work: OpensWork[HasOutbox]
    flows: Flows
    post: Post
    clock: Clock
    events: Events
    _wake: threading.Event = field(default_factory=threading.Event, init=False)
    _stop: threading.Event = field(default_factory=threading.Event, init=False)
    _due: dict[str, datetime] = field(default_factory=dict, init=False)

    def run(self) -> None:
        """Work until `stop`."""
        while not self._stop.is_set():
            self._wake.clear()
            if not self.run_once():
                self._wake.wait(_IDLE.total_seconds())

    def wake(self) -> None:
        """Look for jobs now; called when one was added in this process."""
        self._wake.set()

    def stop(self) -> None:
        """End `run` after the job in hand."""
        self._stop.set()
        self._wake.set()

    def drain(self) -> int:
        """Run every job that is due, and return how many ran."""
        ran = 0
        while batch := self._run_batch():
            ran += batch
        return ran

    def run_once(self) -> int:
        """Do what is scheduled, run one batch of jobs, and return how many there were."""
        try:
            self._run_scheduled()
            return self._run_batch()
        except Unavailable:
            self.events("worker.store_away")
            return 0

    def _run_scheduled(self) -> None:
        now = self.clock.now()
        for scheduled in SCHEDULE:
            if now >= self._due.get(scheduled.name, now):
                self._due[scheduled.name] = now + scheduled.every
                result = self._attempt(scheduled.flow(self.flows))
                self.events("worker.scheduled", name=scheduled.name, failed=result is not None)

    def _run_batch(self) -> int:
        now = self.clock.now()
        with self.work() as work:
            jobs = work.outbox.lease(now=now, until=now + LEASE, limit=_BATCH)
        for job in jobs:
            self._run_job(job)
        return len(jobs)

    def _run_job(self, job: Job) -> None:
        failure = self._attempt(lambda: JOBS[job.name](self.flows)(job.id, self.post.open(job)))
        if failure is None:
            with self.work() as work:
                work.outbox.finish(job.id)
            self.events("job.done", job_id=job.id, name=job.name)
        else:
            self._failed(job, failure)

    @staticmethod
    def _attempt(run: Callable[[], object]) -> Exception | None:
        """Run something, and return what it raised: whatever that is, the loop goes on."""
        try:
            run()
        except Exception as error:  # noqa: BLE001 (one of the two places that catch everything)
            return error
        return None

    def _failed(self, job: Job, error: Exception) -> None:
        reason = str(error) if isinstance(error, DeliveryFailed) else type(error).__name__
        run_at = next_run(job, self.clock.now(), spread=random_bytes(1)[0] / 255)
        with self.work() as work:
            if run_at is None:
                work.outbox.bury(job.id, error=reason)
            else:
                work.outbox.postpone(job.id, run_at=run_at, error=reason)
        self.events("job.failed", job_id=job.id, name=job.name, attempt=job.attempts, error=type(error).__name__)
