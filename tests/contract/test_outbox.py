"""Jobs, in every store."""

from dataclasses import replace
from datetime import timedelta

from doorward.assembly.store import Store
from doorward.core.kernel.ids import JobId
from doorward.core.outbox.records import Job, JobState
from tests.builders import NOW
from tests.contract.builders import HOUR, MANY, Heard, a_job, at_once, numbered

A_MOMENT = timedelta(microseconds=1)
LEASED_UNTIL = NOW + timedelta(seconds=60)


def kept(store: Store, *jobs: Job) -> None:
    with store.work() as work:
        for job in jobs:
            assert work.outbox.add(job)


def leased(store: Store, *, limit: int = 10, later: timedelta = timedelta(0)) -> tuple[Job, ...]:
    with store.work() as work:
        return work.outbox.lease(now=NOW + later, until=LEASED_UNTIL + later, limit=limit)


def test_by_id_kept_job_comes_back_as_it_was(store: Store) -> None:
    job = replace(a_job(1, dedupe_key="once"), attempts=3, leased_until=NOW, last_error="refused")

    kept(store, job)

    with store.view() as view:
        assert view.outbox.by_id(job.id) == job
        assert view.outbox.by_id(JobId("z" * 26)) is None


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


def test_finish_wipes_the_payload(store: Store) -> None:
    kept(store, a_job(1))
    leased(store)

    with store.work() as work:
        work.outbox.finish(a_job(1).id)
        work.outbox.finish(JobId("z" * 26))

    with store.view() as view:
        job = view.outbox.by_id(a_job(1).id)
        assert job is not None
        assert (job.state, job.sealed_payload, job.leased_until) == (JobState.DONE, b"", None)
    assert leased(store, later=HOUR) == ()


def test_postpone_runs_again_in_time(store: Store) -> None:
    kept(store, a_job(1))
    leased(store)

    with store.work() as work:
        work.outbox.postpone(a_job(1).id, run_at=NOW + HOUR, error="refused")

    assert leased(store, later=HOUR - A_MOMENT) == ()
    again = leased(store, later=HOUR)
    assert [(job.attempts, job.last_error) for job in again] == [(2, "refused")]


def test_bury_keeps_the_dead(store: Store) -> None:
    kept(store, a_job(1))

    with store.work() as work:
        work.outbox.bury(a_job(1).id, error="gone")

    with store.view() as view:
        assert view.outbox.list(JobState.DEAD) == (replace(a_job(1), state=JobState.DEAD, last_error="gone"),)
    assert leased(store) == ()


def test_list_oldest_first_up_to_the_limit(store: Store) -> None:
    kept(store, a_job(2), a_job(3), a_job(1))

    with store.view() as view:
        assert view.outbox.list(JobState.READY, limit=2) == (a_job(1), a_job(2))
        assert view.outbox.list(JobState.DONE) == ()


def test_count_names_every_state(store: Store) -> None:
    kept(store, a_job(1), a_job(2), a_job(3))

    with store.work() as work:
        work.outbox.finish(a_job(1).id)

    with store.view() as view:
        assert view.outbox.count() == {JobState.READY: 2, JobState.DONE: 1, JobState.DEAD: 0}


def test_purge_removes_old_jobs_that_are_done_and_frees_their_key(store: Store) -> None:
    done = a_job(1, dedupe_key="once")
    young = replace(a_job(2), created_at=NOW + HOUR)
    kept(store, done, young, a_job(3))

    with store.work() as work:
        work.outbox.finish(done.id)
        work.outbox.finish(young.id)
        removed = work.outbox.purge(NOW + HOUR)
        is_added = work.outbox.add(a_job(4, dedupe_key="once"))

    with store.view() as view:
        assert removed == 1
        assert is_added
        assert view.outbox.by_id(done.id) is None
        assert view.outbox.by_id(a_job(3).id) == a_job(3)
