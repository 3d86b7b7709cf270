"""Units of work and views, in every store."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from doorward.assembly.flows import Work
from doorward.assembly.store import Store
from doorward.core.accounts.records import Account
from doorward.core.kernel.ids import AccountId
from doorward.core.operating.rules import Fitness, judge
from doorward.core.sessions.records import EndReason
from tests.builders import NOW
from tests.contract.builders import (
    MANY,
    Heard,
    Undone,
    a_job,
    a_session,
    add,
    an_account,
    at_once,
    numbered,
    undone,
)


def kept_accounts(store: Store) -> int:
    with store.view() as view:
        return view.accounts.count()


def test_work_exception_undoes_everything_and_the_store_goes_on(store: Store) -> None:
    def write(work: Work) -> None:
        work.accounts.add(an_account(1))
        work.sessions.add(a_session(1))
        work.roles.grant(an_account(1).id, "operator")
        work.outbox.add(a_job(1))

    with pytest.raises(Undone):
        undone(store, write)

    with store.work() as work:
        work.accounts.add(an_account(2))
    with store.view() as view:
        assert view.accounts.by_id(an_account(1).id) is None
        assert view.sessions.by_id(a_session(1).id) is None
        assert view.roles.of(an_account(1).id) == ()
        assert view.outbox.by_id(a_job(1).id) is None
        assert view.accounts.count() == 1


def test_work_sees_its_own_writes_before_others_do(store: Store) -> None:
    with store.work() as work:
        work.accounts.add(an_account(1))
        own = work.accounts.count()
        with ThreadPoolExecutor(1) as other_thread:
            others = other_thread.submit(kept_accounts, store).result()

    assert (own, others) == (1, 0)
    assert kept_accounts(store) == 1


def test_work_inside_another_is_refused(store: Store) -> None:
    with store.work() as outer:
        with pytest.raises(RuntimeError, match="inside another"), store.work():
            pass
        outer.accounts.add(an_account(1))

    assert kept_accounts(store) == 1


def test_work_many_at_once_some_failing_keeps_exactly_the_rest(store: Store) -> None:
    def add_or_fail(number: int) -> bool:
        if number % 3:
            add(store, an_account(number))
            return True
        with pytest.raises(Undone):
            undone(store, lambda work: work.accounts.add(an_account(number)))
        return False

    answers = at_once(50, add_or_fail)

    with store.view() as view:
        kept = [view.accounts.by_id(AccountId(numbered(number))) is not None for number in range(50)]
    assert kept == answers
    assert answers.count(False) == 17


def test_work_many_at_once_what_returned_can_be_read(store: Store) -> None:
    def add_and_read(number: int) -> Account | None:
        with store.work() as work:
            work.accounts.add(an_account(number))
        with store.view() as view:
            return view.accounts.by_id(AccountId(numbered(number)))

    assert None not in at_once(MANY, add_and_read)


def test_view_open_while_others_write_reads_what_they_committed(store: Store) -> None:
    with store.view() as view:
        before = view.accounts.count()
        with ThreadPoolExecutor(1) as other_thread:
            other_thread.submit(add, store, an_account(1)).result()
        after = view.accounts.count()

    assert (before, after) == (0, 1)


def test_view_does_not_wait_for_a_writer(store: Store) -> None:
    with store.work() as work:
        work.accounts.add(an_account(1))
        with ThreadPoolExecutor(MANY) as readers:
            counts = list(readers.map(lambda _: kept_accounts(store), range(MANY)))

    assert counts == [0] * MANY


def test_view_refuses_to_write(store: Store) -> None:
    with store.view() as view, pytest.raises(RuntimeError, match="view"):
        view.accounts.add(an_account(1))
    with store.view() as view, pytest.raises(RuntimeError, match="view"):
        view.sessions.end(a_session(1).id, at=NOW, reason=EndReason.SIGNED_OUT)

    assert kept_accounts(store) == 0


def test_on_change_hears_whose_snapshots_are_stale_after_the_commit(store: Store, heard: Heard) -> None:
    with store.work() as work:
        work.accounts.add(an_account(1))
        work.sessions.add(a_session(1, account_id=an_account(2).id))
        before = list(heard.changes)
    with store.work() as work:
        work.sessions.end(a_session(1).id, at=NOW, reason=EndReason.SIGNED_OUT)
    with store.work() as work:
        work.roles.grant(an_account(3).id, "operator")

    assert before == []
    assert heard.changes == [
        frozenset({an_account(1).id}),
        frozenset({an_account(2).id}),
        frozenset({an_account(3).id}),
    ]


def test_on_change_hears_nothing_of_what_was_undone_or_only_read(store: Store, heard: Heard) -> None:
    with pytest.raises(Undone):
        undone(store, lambda work: (work.accounts.add(an_account(1)), work.outbox.add(a_job(1))))
    with store.work() as work:
        work.accounts.by_id(an_account(1).id)
    with store.view() as view:
        view.accounts.count()

    assert heard.changes == []
    assert heard.jobs == 0


def test_check_and_schema_ready_store_answers_and_fits(store: Store) -> None:
    store.check()

    assert judge(store.schema()) is Fitness.FITS
