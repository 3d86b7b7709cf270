"""What is due again and again becomes a job a slot, whichever worker comes first; and what no worker knows is told."""

from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Final

from doorward.core.flows import Flows
from doorward.core.kernel.work import OpensWork
from doorward.core.outbox.ports import HasOutbox
from doorward.core.outbox.post import Post
from doorward.worker.events import Events
from doorward.worker.jobs import JOBS, SCHEDULE, Scheduled

LOOKS_EVERY: Final = timedelta(minutes=1)
_FURTHEST: Final = max(scheduled.every for scheduled in SCHEDULE)
"""How far ahead a job that is scheduled ever waits; one that waits longer is of a clock that was put right since."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def slot_of(scheduled: Scheduled, now: datetime) -> datetime:
    """Return when the slot began that `now` lies in. All workers whose clocks agree name the same one."""
    return now - (now - _EPOCH) % scheduled.every


class Schedule:
    """Posts what is due. Several workers, a restart and a clock that was put back find the slot's job there already.

    While an older job of the same name waits or fails, no further one is posted: after a long stop there is one, not
    one for every slot that went by. What a clock posted that was years ahead keeps nothing from being done, and what
    is urgent is posted though it was done in this slot: the keys that another server's wrong clock removed are missed
    by all.
    """

    def __init__(self, work: OpensWork[HasOutbox], flows: Flows, post: Post, events: Events) -> None:
        self._work = work
        self._flows = flows
        self._post = post
        self._events = events
        self._lock = Lock()
        self._looked_at: datetime | None = None
        self._unknown: frozenset[str] = frozenset()

    def look(self, now: datetime) -> None:
        """Post what is due, and tell of jobs that wait in vain.

        What is urgent is looked for at every call, the rest once a minute, however often it is called.
        Raises: Unavailable.
        """
        with self._lock:
            urgent = [scheduled for scheduled in SCHEDULE if scheduled.is_urgent(self._flows)]
            is_time = self._looked_at is None or abs(now - self._looked_at) >= LOOKS_EVERY
            if not is_time and not urgent:
                return
            with self._work() as work:
                waiting = work.outbox.waiting()
                soon = work.outbox.waiting(due_by=now + _FURTHEST)
                for scheduled in SCHEDULE if is_time else urgent:
                    if scheduled.name not in soon:
                        self._add(work, scheduled, now, is_urgent=scheduled in urgent)
            if is_time:
                self._looked_at = now
        self._tell_of_unknown(waiting)

    def _add(self, work: HasOutbox, scheduled: Scheduled, now: datetime, *, is_urgent: bool) -> None:
        slot = slot_of(scheduled, now)
        key = f"schedule:{scheduled.task}:{slot:%Y-%m-%dT%H:%M}"
        is_added = self._post.job(work.outbox, scheduled.name, {}, now=now, dedupe_key=key)
        if is_urgent and not is_added:
            self._post.job(work.outbox, scheduled.name, {}, now=now)

    def _tell_of_unknown(self, waiting: dict[str, int]) -> None:
        """Tell once of each name that this worker does not know; a newer release may have posted such jobs."""
        unknown = frozenset(waiting) - JOBS.keys()
        for name in sorted(unknown - self._unknown):
            self._events("job.unknown", name=name, waiting=waiting[name])
        self._unknown = unknown
