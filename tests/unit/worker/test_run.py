"""The worker's loop, on a clock that stands still."""

from dataclasses import dataclass, field
from datetime import timedelta
from itertools import pairwise

import pytest

from doorward.adapters.memory.store import MemoryStore
from doorward.adapters.sealing.sealer import AesGcmSealer
from doorward.core.flows import Flows
from doorward.core.kernel.errors import Unavailable
from doorward.core.kernel.secrets import derive
from doorward.core.outbox.errors import DeliveryFailed
from doorward.core.outbox.post import Post
from doorward.core.outbox.records import Job, JobState, Letter, LetterKind, Mail
from doorward.core.outbox.rules import LEASE, MAX_ATTEMPTS
from doorward.testing.clock import FixedClock
from doorward.worker.jobs import JOBS, SCHEDULE
from doorward.worker.run import RETRY_SCHEDULED_AFTER, Worker
from tests.house import House, Postman
from tests.stores import a_memory_store

LONGEST_DELAY = timedelta(hours=6)
NAMES = ("ada", "grace", "margaret")


@dataclass
class Heard:
    """Keeps what the worker tells."""

    events: list[tuple[str, dict[str, object]]] = field(default_factory=list)

    def __call__(self, event: str, /, **values: object) -> None:
        self.events.append((event, values))

    def of(self, event: str) -> list[dict[str, object]]:
        """Return what was told with each event of that name."""
        return [values for name, values in self.events if name == event]


class MoodyPostman(Postman):
    """Takes mails only when it is up; noting how often it was asked."""

    def __init__(self) -> None:
        super().__init__()
        self.is_up = True
        self.asked = 0

    def send(self, mail: Mail) -> None:
        self.asked += 1
        if not self.is_up:
            raise DeliveryFailed("mail.example:25: Connection refused")
        super().send(mail)


@dataclass
class Office:
    """A house whose worker tells what it does."""

    store: MemoryStore = field(default_factory=a_memory_store)
    clock: FixedClock = field(default_factory=FixedClock)
    postman: MoodyPostman = field(default_factory=MoodyPostman)
    heard: Heard = field(default_factory=Heard)
    house: House = field(init=False)
    worker: Worker = field(init=False)

    def __post_init__(self) -> None:
        self.house = House(self.store, self.clock, postman=self.postman)
        self.worker = self.another_worker()

    def another_worker(self) -> Worker:
        return Worker(self.store.work, self.house.flows, self.house.tools.post, self.clock, self.heard)

    def post(self, to: str = "ada@mail.example") -> None:
        letter = Letter(LetterKind.PASSWORD_CHANGED, to, "ada", happened_at=self.clock.now())
        with self.store.work() as work:
            self.house.tools.post.letter(work.outbox, letter, now=self.clock.now())

    def jobs(self, state: JobState) -> tuple[Job, ...]:
        with self.store.view() as work:
            return work.outbox.list(state)


@pytest.fixture
def office() -> Office:
    return Office()


def test_drain_runs_every_due_job_once(office: Office) -> None:
    for name in NAMES:
        office.post(f"{name}@mail.example")

    ran = office.worker.drain()

    assert ran == 3
    assert {mail.to for mail in office.postman.mails} == {f"{name}@mail.example" for name in NAMES}
    assert len(office.postman.mails) == 3
    assert len(office.jobs(JobState.DONE)) == 3
    assert office.worker.drain() == 0


def test_drain_job_of_a_dead_worker_runs_again_when_its_lease_is_over(office: Office) -> None:
    office.post()
    with office.store.work() as work:
        now = office.clock.now()
        (leased,) = work.outbox.lease(names=JOBS, now=now, until=now + LEASE, limit=1)

    too_early = office.another_worker().drain()
    office.clock.advance(LEASE)
    in_time = office.another_worker().drain()

    assert (too_early, in_time) == (0, 1)
    assert [mail.id for mail in office.postman.mails] == [leased.id]


def test_drain_mail_server_down_waits_longer_each_time_and_is_given_up_at_last(office: Office) -> None:
    office.postman.is_up = False
    office.post()
    waits = []

    while office.jobs(JobState.READY):
        office.worker.drain()
        for job in office.jobs(JobState.READY):
            waits.append(job.run_at - office.clock.now())
            office.clock.advance(waits[-1])

    (dead,) = office.jobs(JobState.DEAD)
    assert office.postman.asked == MAX_ATTEMPTS == dead.attempts
    assert dead.last_error == "mail.example:25: Connection refused"
    assert waits[0] <= timedelta(seconds=5)
    assert all(later > earlier / 2 for earlier, later in pairwise(waits))
    assert timedelta(hours=3) <= waits[-1] <= LONGEST_DELAY
    assert len(office.heard.of("job.failed")) == MAX_ATTEMPTS - 1
    (given_up,) = office.heard.of("job.given_up")
    assert given_up["error"] == "mail.example:25: Connection refused"
    assert "exc_info" not in given_up


def test_drain_mail_server_back_delivers_what_waited(office: Office) -> None:
    office.postman.is_up = False
    office.post()
    office.worker.drain()
    office.postman.is_up = True

    at_once = office.worker.drain()
    office.clock.advance(timedelta(seconds=5))
    later = office.worker.drain()

    assert (at_once, later) == (0, 1)
    assert len(office.postman.mails) == 1


def test_drain_job_that_nobody_knows_waits_for_a_worker_that_does(office: Office) -> None:
    with office.store.work() as work:
        office.house.tools.post.job(work.outbox, "from_the_future.v9", {}, now=office.clock.now())
    office.post()

    ran = office.worker.drain()

    (waiting,) = office.jobs(JobState.READY)
    assert ran == 1
    assert (waiting.name, waiting.attempts, waiting.last_error) == ("from_the_future.v9", 0, None)
    assert office.heard.of("job.failed") == []


def test_drain_job_sealed_by_another_deployment_is_put_off(office: Office) -> None:
    other = Office(store=office.store)
    other.post()
    stranger = Post(AesGcmSealer(derive(b"another secret of 32 bytes or so", "sealing")))
    worker = Worker(office.store.work, office.house.flows, stranger, office.clock, office.heard)

    worker.drain()

    assert [values["error"] for values in office.heard.of("job.failed")] == ["ValueError"]
    assert office.postman.mails == []


def test_run_once_nothing_to_do_tells_of_no_job(office: Office) -> None:
    assert office.worker.run_once() is False


def test_run_once_does_what_is_scheduled_when_it_is_due(office: Office) -> None:
    office.worker.run_once()
    at_first = [values["task"] for values in office.heard.of("schedule.done")]
    office.worker.run_once()
    at_once = len(office.heard.of("schedule.done"))
    office.clock.advance(min(row.every for row in SCHEDULE))
    office.worker.run_once()

    assert at_first == [row.name for row in SCHEDULE]
    assert at_once == len(SCHEDULE)
    assert [values["task"] for values in office.heard.of("schedule.done")][len(SCHEDULE) :] == ["remove_expired"]


class FlakyStore:
    """Opens units of work of a store that can be away, or broken."""

    def __init__(self, store: MemoryStore) -> None:
        self.store = store
        self.error: Exception | None = None

    def __call__(self) -> object:
        if self.error is not None:
            raise self.error
        return self.store.work()


def test_run_once_store_away_is_told_once_and_when_it_is_back(office: Office) -> None:
    flaky = FlakyStore(office.store)
    office.worker.work = flaky  # type: ignore[assignment]  # a planted fault
    office.worker.run_once()
    office.post()

    flaky.error = Unavailable(timedelta(seconds=1))
    away = [office.worker.run_once() for _ in range(3)]
    flaky.error = None
    back = office.worker.run_once()

    assert (away, back) == ([False, False, False], True)
    assert [event for event, _ in office.heard.events if event.startswith("worker.")] == [
        "worker.store_away",
        "worker.store_back",
    ]


def test_run_once_unforeseen_fault_is_told_and_not_raised(office: Office) -> None:
    flaky = FlakyStore(office.store)
    office.worker.work = flaky  # type: ignore[assignment]  # a planted fault
    flaky.error = RuntimeError("planted")

    ran = office.worker.run_once()

    (told,) = office.heard.of("worker.failed")
    assert ran is False
    assert told["exc_info"] is flaky.error


def test_run_scheduled_flow_that_fails_is_due_again_soon(office: Office) -> None:
    calls = []

    class Broken:
        def __call__(self) -> None:
            calls.append(office.clock.now())
            raise Unavailable(timedelta(seconds=1))

    office.worker.flows = _with(office.house.flows, erase_closed=Broken())

    office.worker.run_scheduled()
    office.worker.run_scheduled()
    office.clock.advance(RETRY_SCHEDULED_AFTER)
    office.worker.run_scheduled()

    assert len(calls) == 2
    assert {values["task"] for values in office.heard.of("schedule.failed")} == {"erase_closed"}


def test_stop_before_a_job_leaves_it_for_others(office: Office) -> None:
    office.post()
    office.worker.stop()

    office.worker.run()

    assert office.worker.drain() == 0
    assert office.another_worker().drain() == 1


def _with(flows: Flows, **changes: object) -> Flows:
    return type(flows)(**{**{name: getattr(flows, name) for name in flows.__slots__}, **changes})
