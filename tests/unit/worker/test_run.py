"""The worker's loop, on a clock that stands still."""

from datetime import timedelta
from itertools import pairwise

from doorward.adapters.sealing.sealer import AesGcmSealer
from doorward.core.kernel.errors import Unavailable
from doorward.core.kernel.secrets import derive
from doorward.core.outbox.post import Post
from doorward.core.outbox.records import JobState
from doorward.core.outbox.rules import LEASE, MAX_ATTEMPTS
from doorward.worker.jobs import JOBS
from doorward.worker.run import Worker
from tests.unit.worker.office import DOWN, FlakyStore, Office

LONGEST_DELAY = timedelta(hours=6)
NAMES = ("ada", "grace", "margaret")


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
    office.postman.failure = DOWN
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
    office.postman.failure = DOWN
    office.post()
    office.worker.drain()
    office.postman.failure = None

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
    office.worker.post_scheduled()
    office.worker.drain()

    assert office.worker.run_once() is False


def test_run_once_store_away_is_told_once_and_when_it_is_back(office: Office) -> None:
    flaky = FlakyStore(office.store)
    worker = office.another_worker(flaky)
    office.post()

    flaky.error = Unavailable(timedelta(seconds=1))
    away = [worker.run_once() for _ in range(3)]
    flaky.error = None
    back = worker.run_once()

    assert (away, back) == ([False, False, False], True)
    assert [event for event, _ in office.heard.events if event.startswith("worker.")] == [
        "worker.store_away",
        "worker.store_back",
    ]


def test_run_once_unforeseen_fault_is_told_and_not_raised(office: Office) -> None:
    flaky = FlakyStore(office.store)
    flaky.error = RuntimeError("planted")

    ran = office.another_worker(flaky).run_once()

    (told,) = office.heard.of("worker.failed")
    assert ran is False
    assert told["exc_info"] is flaky.error


def test_stop_before_a_job_leaves_it_for_others(office: Office) -> None:
    office.post()
    office.worker.stop()

    office.worker.run()

    assert office.worker.drain() == 0
    assert office.another_worker().drain() == 1
