"""The worker's loop."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Protocol

from doorward.core.flows import Flows
from doorward.core.kernel.clock import Clock
from doorward.core.kernel.errors import Refusal, Unavailable
from doorward.core.kernel.secrets import random_bytes
from doorward.core.kernel.work import OpensWork
from doorward.core.outbox.errors import DeliveryFailed
from doorward.core.outbox.ports import HasOutbox
from doorward.core.outbox.post import Post
from doorward.core.outbox.records import Job
from doorward.core.outbox.rules import LEASE, next_run
from doorward.worker.jobs import JOBS, SCHEDULE, Scheduled

IDLE: Final = timedelta(seconds=1)
RETRY_SCHEDULED_AFTER: Final = timedelta(minutes=1)


class Events(Protocol):
    """Where the worker says what happens.

    The names are dotted, the values never secret; `exc_info` is an exception that nobody foresaw.
    """

    def __call__(self, event: str, /, **values: object) -> None:
        """Note an event."""


@dataclass(slots=True)
class Worker:
    """Runs jobs and what is scheduled, until it is told to stop. Any number of workers may share one store.

    A job runs at least once: a worker that dies lets its lease run out, and another one takes over. Jobs are leased one
    by one, so that a slow one never holds others until their leases have run out too.
    """

    work: OpensWork[HasOutbox]
    flows: Flows
    post: Post
    clock: Clock
    events: Events
    _wake: threading.Event = field(default_factory=threading.Event, init=False)
    _stop: threading.Event = field(default_factory=threading.Event, init=False)
    _due: dict[str, datetime] = field(default_factory=dict, init=False)
    _is_store_away: bool = field(default=False, init=False)

    def run(self) -> None:
        """Work until `stop`, whatever happens in between."""
        while not self._stop.is_set():
            self._wake.clear()
            if not self.run_once():
                self._wake.wait(IDLE.total_seconds())

    def wake(self) -> None:
        """Look for jobs now; called when one was added in this process."""
        self._wake.set()

    def stop(self) -> None:
        """End `run` after the job in hand."""
        self._stop.set()
        self._wake.set()

    def run_once(self) -> bool:
        """Do what is scheduled, run one job, and tell whether there was one. Nothing is raised."""
        ran = False

        def turn() -> None:
            nonlocal ran
            self.run_scheduled()
            ran = self._run_next()

        failure = self._attempt(turn)
        self._tell_of(failure)
        return ran and failure is None

    def run_scheduled(self) -> None:
        """Do what is due again and again. What fails is due again in a minute."""
        now = self.clock.now()
        for scheduled in SCHEDULE:
            if now >= self._due.get(scheduled.name, now):
                succeeded = self._run_one_scheduled(scheduled)
                self._due[scheduled.name] = now + (scheduled.every if succeeded else RETRY_SCHEDULED_AFTER)

    def drain(self) -> int:
        """Run every job that is due, and return how many ran.

        Raises: Unavailable.
        """
        ran = 0
        while self._run_next():
            ran += 1
        return ran

    def _run_one_scheduled(self, scheduled: Scheduled) -> bool:
        failure = self._attempt(scheduled.flow(self.flows))
        if failure is None:
            self.events("schedule.done", task=scheduled.name)
        else:
            self.events("schedule.failed", task=scheduled.name, **_told(failure))
        return failure is None

    def _run_next(self) -> bool:
        if self._stop.is_set():
            return False
        now = self.clock.now()
        with self.work() as work:
            jobs = work.outbox.lease(names=JOBS, now=now, until=now + LEASE, limit=1)
        for job in jobs:
            self._run_job(job)
        return bool(jobs)

    def _run_job(self, job: Job) -> None:
        failure = self._attempt(lambda: JOBS[job.name](self.flows)(job.id, self.post.open(job)))
        if failure is not None:
            self._put_off(job, failure)
            return
        with self.work() as work:
            work.outbox.finish([job])
        self.events("job.done", job_id=job.id, name=job.name)

    def _put_off(self, job: Job, failure: Exception) -> None:
        reason = str(failure) if isinstance(failure, DeliveryFailed) else type(failure).__name__
        run_at = next_run(job, self.clock.now(), spread=random_bytes(1)[0] / 255)
        with self.work() as work:
            if run_at is None:
                work.outbox.bury(job, error=reason)
            else:
                work.outbox.postpone(job, run_at=run_at, error=reason)
        event = "job.given_up" if run_at is None else "job.failed"
        again = {} if run_at is None else {"again_at": run_at.isoformat(timespec="seconds")}
        self.events(event, job_id=job.id, name=job.name, attempt=job.attempts, **_told(failure), **again)

    def _tell_of(self, failure: Exception | None) -> None:
        """Tell when the store goes and when it comes back, not at every look; anything else is told each time."""
        was_away, self._is_store_away = self._is_store_away, isinstance(failure, Unavailable)
        if self._is_store_away and not was_away:
            self.events("worker.store_away")
        elif was_away and failure is None:
            self.events("worker.store_back")
        elif failure is not None and not self._is_store_away:
            self.events("worker.failed", **_told(failure))

    @staticmethod
    def _attempt(run: Callable[[], object]) -> Exception | None:
        """Run something, and return what it raised: whatever that is, the loop goes on."""
        try:
            run()
        except Exception as error:  # noqa: BLE001 (one of the two places that catch everything)
            return error
        return None


def _told(failure: Exception) -> dict[str, object]:
    """Return what is told of a failure: where it came from only when nobody foresaw it."""
    if isinstance(failure, DeliveryFailed | Refusal):
        return {"error": str(failure) or type(failure).__name__}
    return {"error": type(failure).__name__, "exc_info": failure}
