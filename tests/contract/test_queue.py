"""What is seen of the queue, in every store."""

from dataclasses import replace
from datetime import timedelta

from doorward.assembly.store import Store
from tests.builders import NOW
from tests.contract.builders import HOUR, a_job


def test_next_due_is_the_earliest_that_is_ready_whether_held_or_not(store: Store) -> None:
    later, earlier = replace(a_job(1), run_at=NOW + HOUR), replace(a_job(2), run_at=NOW - HOUR)
    with store.work() as work:
        work.outbox.add(later)
        work.outbox.add(earlier)
    with store.work() as work:
        held = work.outbox.lease(names=[earlier.name], now=NOW, until=NOW + timedelta(minutes=1), limit=1)

    with store.view() as view:
        during = view.outbox.next_due()
    with store.work() as work:
        work.outbox.finish(held)

    with store.view() as view:
        assert (during, view.outbox.next_due()) == (NOW - HOUR, NOW + HOUR)
