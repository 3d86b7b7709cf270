"""Batches: jobs that are leased together, and what became of each, written together."""

from collections import deque
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from typing import Final

from doorward.core.kernel.ids import JobId
from doorward.core.kernel.work import OpensWork
from doorward.core.outbox.ports import HasOutbox, Outbox
from doorward.core.outbox.records import Job
from doorward.core.outbox.rules import LEASE, is_due_for_prolonging
from doorward.worker.events import Events
from doorward.worker.jobs import EVERY

MOST_PROLONGED: Final = 30
"""How often the lease of one job is prolonged, which is ten minutes: after that it hangs, and others may try it."""


_WELL: Final = frozenset({"job.done", "schedule.done"})


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a job: it is done where there is no `error`, and given up where there is no `run_at` either."""

    job: Job
    error: str | None = None
    run_at: datetime | None = None
    told: Mapping[str, object] = field(default_factory=dict)

    @property
    def event(self) -> str:
        """What is told once the verdict is written."""
        if self.error is None:
            return "schedule.done" if self.job.name in EVERY else "job.done"
        return "job.given_up" if self.run_at is None else "job.failed"

    def write(self, outbox: Outbox) -> bool:
        """Write it, and tell whether the job was still held."""
        if self.error is None:
            return bool(outbox.finish([self.job]))
        if self.run_at is None:
            return outbox.bury(self.job, error=self.error)
        return outbox.postpone(self.job, run_at=self.run_at, error=self.error)


class Batch:
    """The jobs that one hand holds: those that wait, the one in hand, and the verdicts that are not written yet.

    The hand and the watch share it: a slow job keeps neither the verdicts before it from being written, nor the jobs
    behind it from others. What cannot be written, since the store is away, is kept and written later.
    """

    def __init__(self, work: OpensWork[HasOutbox], events: Events) -> None:
        self._work = work
        self._events = events
        self._lock = Lock()
        self._waiting: deque[Job] = deque()
        self._in_hand: Job | None = None
        self._verdicts: list[Verdict] = []
        self._until: datetime | None = None
        self._looks = 0
        self._prolonged = 0

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing is held."""
        with self._lock:
            return not self._waiting and not self._verdicts and self._in_hand is None

    @property
    def is_slow(self) -> bool:
        """Tell whether the jobs that were leased last take longer than from one look to the next."""
        return self._looks > 1

    def lease(self, names: Collection[str], *, now: datetime, limit: int) -> int:
        """Take at most `limit` jobs, and return how many there were.

        Raises: Unavailable.
        """
        with self._lock:
            with self._work() as work:
                jobs = work.outbox.lease(names=names, now=now, until=now + LEASE, limit=limit)
            self._waiting.extend(jobs)
            self._looks = 0
            self._until = now + LEASE
        return len(jobs)

    def begin(self) -> Job | None:
        """Take the next job in hand; None when none waits."""
        with self._lock:
            self._in_hand = self._waiting.popleft() if self._waiting else None
            self._prolonged = 0
            return self._in_hand

    def judge(self, verdict: Verdict) -> None:
        """Lay the job in hand down."""
        with self._lock:
            self._in_hand = None
            self._verdicts.append(verdict)

    def settle(self) -> None:
        """Write the verdicts, and give back what waits, in one unit of work.

        Raises: Unavailable; then the verdicts are kept, and what waited is held until its lease runs out.
        """
        with self._lock:
            waiting, verdicts = tuple(self._waiting), tuple(self._verdicts)
            if not waiting and not verdicts:
                return
            self._waiting.clear()  # before it is given back: from then on another may hold it by the same number
            with self._work() as work:
                work.outbox.release(waiting)
                held = _write(work.outbox, verdicts)
            self._verdicts.clear()
        for verdict in verdicts:
            self._tell(verdict, is_held=verdict.job.id in held)

    def look(self, now: datetime) -> None:
        """Settle what takes longer than from one look to the next, and hold what is held for longer.

        Raises: Unavailable.
        """
        with self._lock:
            self._looks += 1
        if self.is_slow:
            self.settle()
        self._prolong(now)

    def _prolong(self, now: datetime) -> None:
        """Prolong the leases when it is time to, but not for ever that of a job which hangs.

        Raises: Unavailable.
        """
        with self._lock:
            jobs = [*self._waiting, *(verdict.job for verdict in self._verdicts)]
            if self._in_hand is not None and self._prolonged < MOST_PROLONGED:
                jobs.append(self._in_hand)
            if not jobs or self._until is None or not is_due_for_prolonging(self._until, now):
                return
            with self._work() as work:
                work.outbox.prolong(jobs, until=now + LEASE)
            self._until = now + LEASE
            self._prolonged += 1

    def _tell(self, verdict: Verdict, *, is_held: bool) -> None:
        job, event = verdict.job, verdict.event if is_held else "job.lost"
        attempt = {} if event in _WELL else {"attempt": job.attempts}
        request = {} if job.request_id is None else {"request_id": job.request_id}
        self._events(event, job_id=job.id, name=job.name, **attempt, **request, **verdict.told)


def _write(outbox: Outbox, verdicts: Iterable[Verdict]) -> frozenset[JobId]:
    """Write verdicts, and return the jobs of those that were written."""
    done = [verdict.job for verdict in verdicts if verdict.error is None]
    failed = (verdict for verdict in verdicts if verdict.error is not None)
    finished = outbox.finish(done) if done else frozenset()
    return finished | {verdict.job.id for verdict in failed if verdict.write(outbox)}
