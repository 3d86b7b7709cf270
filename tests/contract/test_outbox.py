"""Jobs, in every store."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Final

import pytest

from doorward.assembly.store import Store
from doorward.core.kernel.ids import JobId
from doorward.core.outbox.ports import Outbox
from doorward.core.outbox.records import Job, JobState
from tests.builders import NOW
from tests.contract.builders import HOUR, MANY, Heard, a_job, at_once, numbered

A_MOMENT = timedelta(microseconds=1)
LEASED_UNTIL = NOW + timedelta(seconds=60)
NAMES = frozenset({a_job().name, "rotate_keys.v1"})
UNKNOWN = JobId("z" * 26)


def kept(store: Store, *jobs: Job) -> None:
    with store.work() as work:
        for job in jobs:
            assert work.outbox.add(job)


def leased(store: Store, *, limit: int = 10, later: timedelta = timedelta(0)) -> tuple[Job, ...]:
    with store.work() as work:
        return work.outbox.lease(names=NAMES, now=NOW + later, until=LEASED_UNTIL + later, limit=limit)


def found(store: Store, number: int = 1) -> Job | None:
    with store.view() as view:
        return view.outbox.by_id(a_job(number).id)


def test_by_id_kept_job_comes_back_as_it_was(store: Store) -> None:
    job = replace(a_job(1, dedupe_key="once"), attempts=3, leased_until=NOW, last_error="refused")
    job = replace(job, request_id="r1", traceparent="00-t-s-01")

    kept(store, job)

    with store.view() as view:
        assert view.outbox.by_id(job.id) == job
        assert view.outbox.by_id(UNKNOWN) is None


def test_add_taken_dedupe_key_changes_nothing_and_the_unit_goes_on(store: Store) -> None:
    kept(store, a_job(1, dedupe_key="once"))

    with store.work() as work:
        is_added = work.outbox.add(a_job(2, dedupe_key="once"))
        work.outbox.add(a_job(3))
        work.outbox.add(a_job(4))

    with store.view() as view:
        assert not is_added
        assert view.outbox.by_id(a_job(2).id) is None
        assert view.outbox.count()[JobState.READY] == 3


def test_add_many_at_once_with_one_dedupe_key_one_is_kept(store: Store) -> None:
    def add(number: int) -> bool:
        with store.work() as work:
            return work.outbox.add(a_job(number, dedupe_key="once"))

    assert at_once(MANY, add).count(True) == 1


def test_add_new_job_wakes_the_worker_after_the_commit(store: Store, heard: Heard) -> None:
    with store.work() as work:
        work.outbox.add(a_job(1, dedupe_key="once"))
        before = heard.jobs
    with store.work() as work:
        work.outbox.add(a_job(2, dedupe_key="once"))

    assert before == 0
    assert heard.jobs == 1


def test_lease_counts_the_attempt_and_holds_the_job(store: Store) -> None:
    kept(store, a_job(1))

    first, second = leased(store), leased(store)

    assert first == (replace(a_job(1), attempts=1, leased_until=LEASED_UNTIL),)
    assert second == ()
    with store.view() as view:
        assert view.outbox.by_id(a_job(1).id) == first[0]


def test_lease_takes_what_is_due_in_order_up_to_the_limit(store: Store) -> None:
    due_last = replace(a_job(1), run_at=NOW)
    due_first = replace(a_job(2), run_at=NOW - HOUR)
    due_second = replace(a_job(3), run_at=NOW - HOUR)
    not_yet = replace(a_job(4), run_at=NOW + A_MOMENT)
    kept(store, due_last, due_first, due_second, not_yet)

    first, second = leased(store, limit=2), leased(store, limit=2)

    assert [job.id for job in first] == [due_first.id, due_second.id]
    assert [job.id for job in second] == [due_last.id]


def test_lease_abandoned_job_is_taken_over_when_its_lease_ends(store: Store) -> None:
    kept(store, a_job(1))
    leased(store)

    too_early = leased(store, later=timedelta(seconds=60) - A_MOMENT)
    in_time = leased(store, later=timedelta(seconds=60))

    assert too_early == ()
    assert [job.attempts for job in in_time] == [2]


def test_lease_many_at_once_no_job_goes_to_two(store: Store) -> None:
    kept(store, *(a_job(number) for number in range(40)))

    batches = at_once(MANY, lambda _: leased(store, limit=3))

    ids = [job.id for batch in batches for job in batch]
    rest = leased(store, limit=100)
    assert len(ids) == len(set(ids))
    assert sorted([*ids, *(job.id for job in rest)]) == [numbered(number) for number in range(40)]


def test_lease_names_that_the_caller_does_not_know_wait(store: Store) -> None:
    newer = replace(a_job(1), name="send_letter.v2")
    like_a_pattern = replace(a_job(2), name="send%")
    kept(store, newer, like_a_pattern, a_job(3))

    taken = leased(store)

    assert [job.id for job in taken] == [a_job(3).id]
    assert (found(store, 1), found(store, 2)) == (newer, like_a_pattern)
    with store.work() as work:
        known = work.outbox.lease(names=["send_letter.v2"], now=NOW, until=LEASED_UNTIL, limit=10)
        none = work.outbox.lease(names=[], now=NOW + HOUR, until=LEASED_UNTIL, limit=10)
    assert [job.id for job in known] == [newer.id]
    assert none == ()


def test_prolong_keeps_others_away_for_longer(store: Store) -> None:
    kept(store, a_job(1), a_job(2))
    first, second = leased(store)

    with store.work() as work:
        still = work.outbox.prolong([first], until=LEASED_UNTIL + HOUR)

    taken_over = leased(store, later=timedelta(seconds=60))
    assert still == {first.id}
    assert [job.id for job in taken_over] == [second.id]
    assert found(store, 1) == replace(first, leased_until=LEASED_UNTIL + HOUR)


def test_release_gives_a_job_back_as_if_it_had_not_been_leased(store: Store) -> None:
    kept(store, a_job(1), a_job(2))
    first, second = leased(store)

    with store.work() as work:
        still = work.outbox.release([second])

    assert still == {second.id}
    assert (found(store, 1), found(store, 2)) == (first, a_job(2))
    assert leased(store) == (replace(second, attempts=1),)


def test_finish_wipes_the_payloads(store: Store) -> None:
    kept(store, *(a_job(number) for number in range(3)))
    first, second, third = leased(store)

    with store.work() as work:
        still = work.outbox.finish([first, third, replace(first, id=UNKNOWN)])
        again = work.outbox.finish([first])

    assert still == {first.id, third.id}
    assert again == frozenset()
    assert found(store, 1) == second
    for number in (0, 2):
        job = found(store, number)
        assert job is not None
        assert (job.state, job.sealed_payload, job.leased_until) == (JobState.DONE, b"", None)
    assert [job.id for job in leased(store, later=HOUR)] == [second.id]


def test_finish_nothing_changes_nothing(store: Store) -> None:
    kept(store, a_job(1))

    with store.work() as work:
        still = work.outbox.finish([])

    assert still == frozenset()
    assert found(store) == a_job(1)


def test_postpone_runs_again_in_time(store: Store) -> None:
    kept(store, a_job(1))
    (held,) = leased(store)

    with store.work() as work:
        is_held = work.outbox.postpone(held, run_at=NOW + HOUR, error="refused")

    assert is_held
    assert leased(store, later=HOUR - A_MOMENT) == ()
    again = leased(store, later=HOUR)
    assert [(job.attempts, job.last_error) for job in again] == [(2, "refused")]


def test_bury_keeps_the_dead(store: Store) -> None:
    kept(store, a_job(1))
    (held,) = leased(store)

    with store.work() as work:
        is_held = work.outbox.bury(held, error="gone")

    dead = replace(held, state=JobState.DEAD, last_error="gone", leased_until=None)
    assert is_held
    with store.view() as view:
        assert view.outbox.list(JobState.DEAD) == (dead,)
    assert leased(store) == ()


LEASE_USES: Final[dict[str, Callable[[Outbox, Job], object]]] = {
    "prolong": lambda outbox, job: outbox.prolong([job], until=LEASED_UNTIL + HOUR),
    "release": lambda outbox, job: outbox.release([job]),
    "finish": lambda outbox, job: outbox.finish([job]),
    "postpone": lambda outbox, job: outbox.postpone(job, run_at=NOW + HOUR, error="refused"),
    "bury": lambda outbox, job: outbox.bury(job, error="gone"),
}


@pytest.mark.parametrize("use", LEASE_USES.values(), ids=LEASE_USES)
def test_lease_that_was_lost_changes_nothing(store: Store, use: Callable[[Outbox, Job], object]) -> None:
    kept(store, a_job(1))
    (lost,) = leased(store)
    (taken_over,) = leased(store, later=timedelta(seconds=60))

    with store.work() as work:
        still = use(work.outbox, lost)

    assert not still
    assert found(store) == taken_over


@pytest.mark.parametrize("use", LEASE_USES.values(), ids=LEASE_USES)
def test_lease_that_was_lost_to_one_that_has_ended_changes_nothing(
    store: Store, use: Callable[[Outbox, Job], object]
) -> None:
    kept(store, *(a_job(number) for number in range(3)))
    lost = leased(store)
    others = leased(store, later=timedelta(seconds=60))
    with store.work() as work:
        work.outbox.finish([others[0]])
        work.outbox.postpone(others[1], run_at=NOW + HOUR, error="refused")
        work.outbox.bury(others[2], error="gone")
    before = [found(store, number) for number in range(3)]

    with store.work() as work:
        still = [use(work.outbox, job) for job in lost]

    assert not any(still)
    assert [found(store, number) for number in range(3)] == before


@pytest.mark.parametrize("use", LEASE_USES.values(), ids=LEASE_USES)
def test_lease_that_ran_out_is_still_held_while_nobody_took_it_over(
    store: Store, use: Callable[[Outbox, Job], object]
) -> None:
    kept(store, a_job(1))
    (held,) = leased(store)

    with store.work() as work:
        still = use(work.outbox, held)

    assert still


@pytest.mark.parametrize("use", LEASE_USES.values(), ids=LEASE_USES)
def test_job_that_nobody_leased_is_held_by_nobody(store: Store, use: Callable[[Outbox, Job], object]) -> None:
    kept(store, a_job(1))

    with store.work() as work:
        still = use(work.outbox, a_job(1))

    assert not still
    assert found(store) == a_job(1)


def test_finish_many_at_once_one_holder_wins(store: Store) -> None:
    kept(store, a_job(1))
    (held,) = leased(store)

    def finish(_: int) -> bool:
        with store.work() as work:
            return bool(work.outbox.finish([held]))

    assert at_once(MANY, finish).count(True) == 1


def test_revive_lets_a_dead_job_run_again(store: Store, heard: Heard) -> None:
    kept(store, a_job(1), a_job(2))
    held, other = leased(store)
    with store.work() as work:
        work.outbox.bury(held, error="gone")
    before = heard.jobs

    with store.work() as work:
        answers = [
            work.outbox.revive(job_id, run_at=NOW + HOUR, attempts=16) for job_id in (held.id, other.id, UNKNOWN)
        ]

    assert answers == [True, False, False]
    assert heard.jobs == before + 1
    assert found(store, 2) == other
    assert found(store, 1) == replace(
        held, state=JobState.READY, run_at=NOW + HOUR, attempts=16, leased_until=None, last_error="gone"
    )
    assert [job.attempts for job in leased(store, later=HOUR) if job.id == held.id] == [17]


def test_list_oldest_first_up_to_the_limit(store: Store) -> None:
    kept(store, a_job(2), a_job(3), a_job(1))

    with store.view() as view:
        assert view.outbox.list(JobState.READY, limit=2) == (a_job(1), a_job(2))
        assert view.outbox.list(JobState.READY, after=a_job(1).id) == (a_job(2), a_job(3))
        assert view.outbox.list(JobState.DONE) == ()


def test_count_names_every_state(store: Store) -> None:
    kept(store, a_job(1), a_job(2), a_job(3))
    (held,) = leased(store, limit=1)

    with store.work() as work:
        work.outbox.finish([held])

    with store.view() as view:
        assert view.outbox.count() == {JobState.READY: 2, JobState.DONE: 1, JobState.DEAD: 0}


def test_waiting_counts_the_ready_jobs_of_every_name(store: Store) -> None:
    kept(store, a_job(1), a_job(2), a_job(3), replace(a_job(4), name="from_the_future.v9"))
    (held,) = leased(store, limit=1)
    with store.work() as work:
        work.outbox.finish([held])

    with store.view() as view:
        assert view.outbox.waiting() == {a_job().name: 2, "from_the_future.v9": 1}
        assert view.outbox.waiting(due_by=NOW - HOUR) == {}
        assert view.outbox.waiting(due_by=NOW + HOUR) == view.outbox.waiting()


def test_last_done_is_the_latest_of_a_name(store: Store) -> None:
    rotation = "rotate_keys.v1"
    earlier = replace(a_job(1), name=rotation, run_at=NOW - HOUR)
    later = replace(a_job(2), name=rotation, run_at=NOW - A_MOMENT)
    waits = replace(a_job(3), name=rotation, run_at=NOW + HOUR)
    kept(store, earlier, later, waits, a_job(4))

    with store.work() as work:
        before = work.outbox.last_done(rotation)
    with store.work() as work:
        held = work.outbox.lease(names=NAMES, now=NOW, until=LEASED_UNTIL, limit=10)
        work.outbox.finish(held)

    with store.view() as view:
        assert before is None
        assert view.outbox.last_done(rotation) == NOW - A_MOMENT
        assert view.outbox.last_done("send") is None


def test_purge_removes_old_jobs_that_are_done_and_frees_their_key(store: Store) -> None:
    done = replace(a_job(1, dedupe_key="once"), created_at=NOW - HOUR, run_at=NOW - HOUR)
    young = replace(a_job(2), created_at=NOW - HOUR)
    kept(store, done, young, a_job(3))
    held = leased(store, limit=2)

    with store.work() as work:
        work.outbox.finish(held)
        removed = work.outbox.purge(NOW)
        is_added = work.outbox.add(a_job(4, dedupe_key="once"))

    with store.view() as view:
        assert removed == 1
        assert is_added
        assert view.outbox.by_id(done.id) is None
        assert view.outbox.by_id(a_job(3).id) == a_job(3)
