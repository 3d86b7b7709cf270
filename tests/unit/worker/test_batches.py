"""Jobs that are leased together: what a slow one, a crash, a lost lease and a store that is away do to the others."""

from datetime import datetime, timedelta

import pytest

from doorward.core.kernel.errors import Unavailable
from doorward.core.outbox.errors import DeliveryRefused
from doorward.core.outbox.records import Job, JobState, Mail
from doorward.core.outbox.rules import LEASE, MAX_ATTEMPTS
from doorward.worker.batch import MOST_PROLONGED
from doorward.worker.hand import MOST_AT_ONCE
from doorward.worker.jobs import SCHEDULE
from tests.unit.worker.office import DOWN, FlakyStore, Office

MANY = 40


def with_a_batch(office: Office, count: int) -> None:
    """Let the worker do so many quick jobs that it leases several at once, then let as many wait."""
    for _ in range(3 * MANY):
        office.post()
    office.worker.drain()
    office.postman.mails.clear()
    for number in range(count):
        office.post(f"reader{number}@mail.example")
        office.clock.advance(timedelta(milliseconds=1))


def leased(office: Office) -> list[Job]:
    return [job for job in office.jobs(JobState.READY) if job.leased_until is not None]


def letters_that_are_done(office: Office) -> int:
    return sum(job.name == "send_letter.v1" for job in office.jobs(JobState.DONE))


def test_drain_quick_jobs_are_leased_more_and_more_at_once(office: Office) -> None:
    held = []
    office.postman.beside = lambda _: held.append(len(leased(office)))
    for _ in range(MANY):
        office.post()

    office.worker.drain()

    assert [held[number] for number in (0, 1, 3, 7, 15)] == [1, 2, 4, 8, 16]
    assert max(held) <= MOST_AT_ONCE
    assert len(office.postman.mails) == MANY


def test_watch_slow_job_what_is_done_is_written_and_what_waits_is_given_back(office: Office) -> None:
    with_a_batch(office, 5)

    def hang(mail: Mail) -> None:
        if mail.to == "reader2@mail.example":
            before.extend(leased(office))
            office.worker.watch()
            office.worker.watch()
            after.extend(leased(office))
            taken_over.append(office.another_worker().drain())

    before: list[Job] = []
    after: list[Job] = []
    taken_over: list[int] = []
    office.postman.beside = hang

    office.worker.drain()

    assert (len(before), len(after)) == (5, 1)
    assert taken_over == [2]
    assert sorted(mail.to for mail in office.postman.mails) == [f"reader{number}@mail.example" for number in range(5)]
    assert {job.attempts for job in office.jobs(JobState.DONE)} == {1}


def test_watch_first_look_leaves_a_batch_that_was_just_leased(office: Office) -> None:
    with_a_batch(office, 5)

    def look(mail: Mail) -> None:
        if mail.to.startswith("reader1"):
            office.worker.watch()

    office.postman.beside = look

    office.worker.drain()

    assert office.another_worker().drain() == 0
    assert len(office.postman.mails) == 5


def test_watch_slow_job_makes_the_next_batch_small(office: Office) -> None:
    with_a_batch(office, 8)
    held: list[int] = []

    def look(_: Mail) -> None:
        held.append(len(leased(office)))
        office.worker.watch()
        office.worker.watch()

    office.postman.beside = look

    office.worker.drain()

    assert held == [8, 1, 1, 1, 1, 1, 1, 1]


def test_watch_long_job_is_held_for_as_long_as_it_takes(office: Office) -> None:
    office.post()
    others = []

    def take_long(_: Mail) -> None:
        for _times in range(10):
            office.clock.advance(LEASE / 2)
            office.worker.watch()
            others.append(office.another_worker().drain())

    office.postman.beside = take_long

    office.worker.drain()

    assert others == [0] * 10
    assert len(office.postman.mails) == 1
    assert [job.state for job in office.jobs(JobState.DONE)] == [JobState.DONE]


def test_watch_clock_put_back_the_lease_still_counts_from_now(office: Office) -> None:
    office.post()
    found: list[datetime | None] = []

    def go_back(_: Mail) -> None:
        office.clock.advance(-timedelta(hours=1))
        office.worker.watch()
        found.extend(job.leased_until for job in leased(office))

    office.postman.beside = go_back

    office.worker.drain()

    assert found == [office.clock.now() + LEASE]


def test_watch_job_that_hangs_is_given_to_others_at_last(office: Office) -> None:
    office.post()
    hung: list[int] = []

    def hang(_mail: Mail) -> None:
        if office.postman.asked > 1:
            return
        for _times in range(MOST_PROLONGED + 5):
            office.clock.advance(LEASE / 2)
            office.worker.watch()
        hung.append(office.another_worker().drain())

    office.postman.beside = hang

    office.worker.drain()

    assert hung == [1]
    assert len({mail.id for mail in office.postman.mails}) == 1
    assert [values["attempt"] for values in office.heard.of("job.lost")] == [1]


@pytest.mark.parametrize("fails", [False, True])
def test_drain_paused_worker_changes_nothing_that_another_holds(office: Office, *, fails: bool) -> None:
    office.post()
    found: list[Job] = []

    def be_paused(_: Mail) -> None:
        office.clock.advance(LEASE)
        with office.store.work() as work:
            found.extend(
                work.outbox.lease(
                    names=["send_letter.v1"], now=office.clock.now(), until=office.clock.now() + LEASE, limit=1
                )
            )
        office.postman.failure = DOWN if fails else None

    office.postman.beside = be_paused

    office.worker.drain()

    assert list(office.jobs(JobState.READY)) == found
    (lost,) = office.heard.of("job.lost")
    assert lost["attempt"] == 1
    assert office.heard.of("job.done") == office.heard.of("job.failed") == []


def test_run_once_store_away_when_jobs_are_done_writes_it_down_later_and_sends_nothing_twice(office: Office) -> None:
    flaky = FlakyStore(office.store)
    worker = office.another_worker(flaky)
    worker.post_scheduled()
    worker.drain()
    office.post()

    def go_away(_: Mail) -> None:
        flaky.error = Unavailable(timedelta(seconds=1))

    office.postman.beside = go_away
    worker.run_once()
    worker.watch()
    away = letters_that_are_done(office)
    flaky.error = None
    worker.run_once()

    assert (away, letters_that_are_done(office)) == (0, 1)
    assert len(office.postman.mails) == 1


def test_drain_mail_that_is_refused_for_good_is_given_up_at_once(office: Office) -> None:
    office.postman.failure = DeliveryRefused("mail.example:25: the recipient was refused with 550")
    office.post()

    office.worker.drain()

    (dead,) = office.jobs(JobState.DEAD)
    assert (dead.attempts, dead.last_error) == (1, "mail.example:25: the recipient was refused with 550")
    assert [values["attempt"] for values in office.heard.of("job.given_up")] == [1]


def test_drain_one_of_a_batch_that_fails_holds_no_other_up(office: Office) -> None:
    with_a_batch(office, 5)

    def fail_once(mail: Mail) -> None:
        office.postman.failure = DOWN if mail.to.startswith("reader2") else None

    office.postman.beside = fail_once

    office.worker.drain()

    (failed,) = office.jobs(JobState.READY)
    assert (failed.attempts, failed.leased_until, failed.last_error) == (1, None, str(DOWN))
    assert len(office.postman.mails) == 4
    assert failed.attempts < MAX_ATTEMPTS


def test_stop_in_a_batch_ends_after_the_job_in_hand_and_gives_the_others_back(office: Office) -> None:
    with_a_batch(office, 5)

    def stop(mail: Mail) -> None:
        if mail.to.startswith("reader1"):
            office.worker.stop()

    office.postman.beside = stop

    office.worker.run()

    assert [mail.to for mail in office.postman.mails] == ["reader0@mail.example", "reader1@mail.example"]
    assert leased(office) == []
    assert office.another_worker().drain() == 3 + len(SCHEDULE)  # what is scheduled was posted, and waits as well
