"""A hand of the worker: takes batches of jobs, and does one job after the other."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from typing import Final

from doorward.core.flows import Flows
from doorward.core.kernel.clock import Clock
from doorward.core.kernel.secrets import random_bytes
from doorward.core.kernel.work import OpensWork
from doorward.core.outbox.errors import DeliveryFailed, DeliveryRefused
from doorward.core.outbox.ports import HasOutbox
from doorward.core.outbox.post import Post
from doorward.core.outbox.records import Job
from doorward.core.outbox.rules import next_run
from doorward.worker.batch import Batch, Verdict
from doorward.worker.events import Events, attempt, told
from doorward.worker.jobs import EVERY, JOBS

MOST_AT_ONCE: Final = 256


class Hand:
    """Does jobs. It takes about as many at once as it does between two looks of the watch.

    That is one job where each takes long, so that a crash repeats few, and up to 256 where the way to the store and
    back is what takes time.
    """

    def __init__(
        self,
        work: OpensWork[HasOutbox],
        flows: Flows,
        post: Post,
        *,
        clock: Clock,
        events: Events,
        around: Callable[[Job], AbstractContextManager[object]],
    ) -> None:
        self.batch = Batch(work, events)
        self._flows = flows
        self._post = post
        self._clock = clock
        self._around = around
        self._size = 1

    def turn(self, *, is_stopped: Callable[[], bool], on_leased: Callable[[bool], None]) -> int:
        """Do one batch of the jobs that are due, and return how many were done.

        `on_leased` hears that jobs are held, and whether there may be more of them.
        Raises: Unavailable.
        """
        self.batch.settle()  # what could not be written before
        size = self._size
        leased = self.batch.lease(JOBS, now=self._clock.now(), limit=size)
        if leased:
            on_leased(leased == size)
        ran = 0
        while not is_stopped() and (job := self.batch.begin()):
            self.batch.judge(self._do(job))
            ran += 1
        self.batch.settle()
        if ran < leased:
            self._size = max(1, ran)
        elif leased == size and not self.batch.is_slow:
            self._size = min(2 * size, MOST_AT_ONCE)
        return ran

    def _do(self, job: Job) -> Verdict:
        failure = attempt(partial(self._run, job))
        if failure is None:
            return Verdict(job)
        error = str(failure) if isinstance(failure, DeliveryFailed) else type(failure).__name__
        if isinstance(failure, DeliveryRefused):
            return Verdict(job, error, told=told(failure))
        spread, every = random_bytes(1)[0] / 255, EVERY.get(job.name)
        run_at = next_run(job, self._clock.now(), spread=spread, every=every)
        again = {} if run_at is None else {"again_at": run_at.isoformat(timespec="seconds")}
        return Verdict(job, error, run_at, told={**told(failure), **again})

    def _run(self, job: Job) -> None:
        with self._around(job):
            JOBS[job.name](self._flows)(job.id, self._post.open(job))
