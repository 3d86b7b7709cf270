"""What is due again and again: one job a slot, whatever workers, clocks and faults do."""

from datetime import timedelta

import pytest

from doorward.core.kernel.errors import Unavailable
from doorward.core.outbox.records import Job, JobState
from doorward.worker.jobs import EVERY, SCHEDULE
from doorward.worker.schedule import LOOKS_EVERY
from tests.unit.worker.office import FlakyStore, Office, with_flows

HOUR = timedelta(hours=1)
HOURLY = [row.name for row in SCHEDULE if row.every == HOUR]
WITHIN_THE_HOUR = [row.name for row in SCHEDULE if row.every <= HOUR]

EVERYTHING = {row.name for row in SCHEDULE}


class Counting:
    """Counts how often it is called, and fails while it is told to."""

    def __init__(self) -> None:
        self.calls = 0
        self.fails = False

    def __call__(self) -> None:
        self.calls += 1
        if self.fails:
            raise Unavailable(timedelta(seconds=1))


def turn(office: Office) -> int:
    """Let a worker that has just started do what is due, and return how many jobs ran."""
    worker = office.another_worker()
    worker.post_scheduled()
    return worker.drain()


def of(office: Office, name: str, state: JobState = JobState.DONE) -> list[Job]:
    return [job for job in office.jobs(state) if job.name == name]


def test_post_scheduled_several_workers_and_restarts_do_each_slot_once(office: Office) -> None:
    ran = [turn(office) for _ in range(3)]

    assert ran == [len(SCHEDULE), 0, 0]
    assert {job.name for job in office.jobs(JobState.DONE)} == EVERYTHING
    assert sorted(f"{job.dedupe_key}" for job in office.jobs(JobState.DONE)) == [
        "schedule:erase_closed:2026-01-01T00:00",
        "schedule:forget_addresses:2026-01-01T00:00",
        "schedule:remove_expired:2026-01-01T00:00",
        "schedule:remove_orphans:2026-01-01T00:00",
        "schedule:rotate_keys:2026-01-01T00:00",
    ]


def test_post_scheduled_next_slot_comes_in_its_time(office: Office) -> None:
    turn(office)

    office.clock.advance(timedelta(minutes=9, seconds=59))
    too_early = turn(office)
    office.clock.advance(timedelta(seconds=1))
    in_time = turn(office)
    office.clock.advance(timedelta(minutes=50))
    at_the_hour = turn(office)

    assert (too_early, in_time, at_the_hour) == (0, 1, len(WITHIN_THE_HOUR))


def test_post_scheduled_looks_once_a_minute(office: Office) -> None:
    office.worker.post_scheduled()
    office.house.statements.clear()

    office.clock.advance(LOOKS_EVERY - timedelta(microseconds=1))
    office.worker.post_scheduled()
    ran_early = office.worker.drain()

    assert ran_early == len(SCHEDULE)
    assert len(office.jobs(JobState.DONE)) == len(SCHEDULE)


def test_post_scheduled_after_a_long_stop_runs_once(office: Office) -> None:
    turn(office)

    office.clock.advance(timedelta(days=90))
    ran = turn(office)

    assert ran == len(SCHEDULE)


def test_post_scheduled_nobody_works_for_long_piles_up_nothing(office: Office) -> None:
    for _ in range(500):
        office.another_worker().post_scheduled()
        office.clock.advance(timedelta(minutes=10))

    assert len(office.jobs(JobState.READY)) == len(SCHEDULE)


@pytest.mark.parametrize("step", [HOUR, -HOUR], ids=str)
def test_post_scheduled_clock_that_is_stepped_and_put_right_does_no_slot_twice(office: Office, step: timedelta) -> None:
    office.worker.post_scheduled()
    office.worker.drain()

    office.clock.advance(step)
    office.worker.post_scheduled()
    stepped = office.worker.drain()
    office.clock.advance(-step)
    office.worker.post_scheduled()
    put_right = office.worker.drain()
    office.clock.advance(2 * HOUR)
    office.worker.post_scheduled()
    later = office.worker.drain()

    at_first = WITHIN_THE_HOUR if step > timedelta(0) else EVERYTHING  # an hour before midnight is another day
    assert (stepped, put_right, later) == (len(at_first), 0, len(WITHIN_THE_HOUR))


def test_post_scheduled_task_that_fails_is_tried_again_soon_and_stands_in_the_list(office: Office) -> None:
    rotating = Counting()
    rotating.fails = True
    office.house.flows = with_flows(office.house.flows, rotate_keys=rotating)
    turn(office)

    (waiting,) = of(office, "rotate_keys.v1", JobState.READY)
    rotating.fails = False
    office.clock.advance(timedelta(seconds=5))
    turn(office)

    assert (waiting.attempts, waiting.last_error) == (1, "Unavailable")
    assert timedelta(0) < waiting.run_at - waiting.created_at <= timedelta(seconds=5)
    assert len(of(office, "rotate_keys.v1")) == 1
    assert rotating.calls == 2


def test_post_scheduled_task_that_fails_for_days_is_one_job_that_is_never_given_up(office: Office) -> None:
    removing = Counting()
    removing.fails = True
    office.house.flows = with_flows(office.house.flows, remove_expired=removing)
    waits = []

    for _ in range(3 * 24 * 6):
        turn(office)
        (job,) = of(office, "remove_expired.v1", JobState.READY)
        waits.append(job.run_at - office.clock.now())
        office.clock.advance(timedelta(minutes=10))
    removing.fails = False
    turn(office)

    assert max(waits) <= EVERY["remove_expired.v1"]
    assert office.jobs(JobState.DEAD) == ()
    assert of(office, "remove_expired.v1", JobState.READY) == []
    assert len(of(office, "rotate_keys.v1")) > 24


def test_post_scheduled_store_away_is_looked_for_again_at_once(office: Office) -> None:
    flaky = FlakyStore(office.store)
    worker = office.another_worker(flaky)
    flaky.error = Unavailable(timedelta(seconds=1))
    with pytest.raises(Unavailable):
        worker.post_scheduled()

    flaky.error = None
    worker.post_scheduled()

    assert {job.name for job in office.jobs(JobState.READY)} == EVERYTHING


def test_post_scheduled_names_that_nobody_knows_are_told_once(office: Office) -> None:
    for _ in range(3):
        office.add("from_the_future.v9")
        office.worker.post_scheduled()
        office.clock.advance(LOOKS_EVERY)
    office.add("send_letter.v2")
    office.worker.post_scheduled()

    told = [(values["name"], values["waiting"]) for values in office.heard.of("job.unknown")]
    assert told == [("from_the_future.v9", 1), ("send_letter.v2", 1)]


def test_post_scheduled_after_a_clock_that_was_years_ahead_is_done_again(office: Office) -> None:
    office.clock.set_by(timedelta(days=36_500))
    office.another_worker().post_scheduled()
    office.clock.set_by(-timedelta(days=36_500))

    ran = turn(office)

    assert ran == len(SCHEDULE)


def test_post_scheduled_keys_that_a_wrong_clock_removed_are_made_again_within_their_slot(office: Office) -> None:
    office.worker.post_scheduled()
    office.worker.drain()
    with office.store.work() as work:
        work.signing_keys.remove_ended(office.clock.now() + timedelta(days=36_500))
    office.clock.advance(timedelta(seconds=3))

    office.worker.post_scheduled()
    posted = of(office, "rotate_keys.v1", JobState.READY)
    office.another_worker().post_scheduled()
    ran = office.worker.drain()
    office.worker.post_scheduled()

    assert (len(posted), ran) == (1, 1)
    assert office.house.flows.keyring.is_ready()
    assert office.jobs(JobState.READY) == ()
