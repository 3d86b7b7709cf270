"""The worker's loop."""

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from doorward.core.flows import Flows
from doorward.core.kernel.cause import caused_by
from doorward.core.kernel.clock import Clock
from doorward.core.kernel.errors import Unavailable
from doorward.core.kernel.work import OpensWork
from doorward.core.outbox.ports import HasOutbox
from doorward.core.outbox.post import Post
from doorward.core.outbox.records import Job
from doorward.worker.events import Events, attempt, told
from doorward.worker.hand import Hand
from doorward.worker.schedule import Schedule

IDLE: Final = timedelta(seconds=1)
WATCHES_EVERY: Final = timedelta(milliseconds=50)


def of_its_request(job: Job) -> AbstractContextManager[None]:
    """Let what a job does go back to the request that made it necessary."""
    return caused_by(job.request_id)


@dataclass(slots=True)
class Worker:
    """Runs jobs and what is scheduled, until it is told to stop. Any number of workers may share one store.

    A job runs at least once: a worker that dies lets its leases run out, and another one takes over. It has `hands`
    that do jobs beside each other, and a watch: twenty times a second it writes down what is done, gives back what
    waits behind a slow job, and holds that one for longer. Each job is done inside of what `around` returns for it.
    """

    work: OpensWork[HasOutbox]
    flows: Flows
    post: Post
    clock: Clock
    events: Events
    hands: int = 1
    around: Callable[[Job], AbstractContextManager[object]] = of_its_request
    looked_at: datetime | None = field(default=None, init=False)
    _hands: list[Hand] = field(default_factory=list, init=False)
    _schedule: Schedule = field(init=False)
    _wake: threading.Event = field(default_factory=threading.Event, init=False)
    _stop: threading.Event = field(default_factory=threading.Event, init=False)
    _busy: threading.Event = field(default_factory=threading.Event, init=False)
    _over: threading.Event = field(default_factory=threading.Event, init=False)
    _telling: threading.Lock = field(default_factory=threading.Lock, init=False)
    _is_store_away: bool = field(default=False, init=False)

    def __post_init__(self) -> None:
        self._schedule = Schedule(self.work, self.flows, self.post, self.events)
        self._hands.extend(
            Hand(self.work, self.flows, self.post, clock=self.clock, events=self.events, around=self.around)
            for _ in range(self.hands)
        )

    def run(self) -> None:
        """Work until `stop`, whatever happens in between."""
        first, *others = self._hands
        watch = threading.Thread(target=self._watch_for_long, name="worker-watch", daemon=True)
        threads = [
            threading.Thread(target=self._work_with, args=[hand, IDLE * self.hands], name="worker-hand", daemon=True)
            for hand in others
        ]
        for thread in (watch, *threads):
            thread.start()
        self._work_with(first, IDLE)
        for thread in threads:
            thread.join()
        self._over.set()
        self._busy.set()
        watch.join()

    def wake(self) -> None:
        """Look for jobs now; called when one was added in this process."""
        self._wake.set()

    def stop(self) -> None:
        """End `run` after the jobs in hand."""
        self._stop.set()
        self._wake.set()

    def run_once(self) -> bool:
        """Post what is scheduled, run one batch, and tell whether there was one. Nothing is raised."""
        return self._turn(self._hands[0])

    def post_scheduled(self) -> None:
        """Post what is due again and again, unless it was looked for within the minute.

        Raises: Unavailable.
        """
        self._schedule.look(self.clock.now())

    def drain(self) -> int:
        """Run every job that is due, and return how many ran.

        Raises: Unavailable.
        """
        ran = 0
        while done := self._do_batch(self._hands[0]):
            ran += done
        return ran

    def watch(self) -> None:
        """Look at what each hand holds. Nothing is raised."""
        for hand in self._hands:
            failure = attempt(partial(hand.batch.look, self.clock.now()))
            if failure is not None and not isinstance(failure, Unavailable):
                self.events("worker.failed", **told(failure))

    def _work_with(self, hand: Hand, idle: timedelta) -> None:
        while not self._stop.is_set():
            self._wake.clear()
            if not self._turn(hand):
                self._wake.wait(idle.total_seconds())
        attempt(hand.batch.settle)

    def _watch_for_long(self) -> None:
        while not self._over.is_set():
            self._busy.wait()
            self._over.wait(WATCHES_EVERY.total_seconds())
            self._busy.clear()
            self.watch()
            if not all(hand.batch.is_empty for hand in self._hands):
                self._busy.set()

    def _hold(self, there_may_be_more: bool) -> None:  # noqa: FBT001 (what a callback hears)
        self._busy.set()
        if there_may_be_more:
            self._wake.set()

    def _turn(self, hand: Hand) -> bool:
        ran = 0

        def turn() -> None:
            nonlocal ran
            self.post_scheduled()
            ran = self._do_batch(hand)

        failure = attempt(turn)
        self._tell_of(failure)
        return ran > 0 and failure is None

    def _do_batch(self, hand: Hand) -> int:
        if self._stop.is_set():
            return 0
        self.looked_at = self.clock.now()
        return hand.turn(is_stopped=self._stop.is_set, on_leased=self._hold)

    def _tell_of(self, failure: Exception | None) -> None:
        """Tell when the store goes and when it comes back, not at every look; anything else is told each time."""
        with self._telling:
            was_away, self._is_store_away = self._is_store_away, isinstance(failure, Unavailable)
            if self._is_store_away and not was_away:
                self.events("worker.store_away")
            elif was_away and failure is None:
                self.events("worker.store_back")
            elif failure is not None and not self._is_store_away:
                self.events("worker.failed", **told(failure))
