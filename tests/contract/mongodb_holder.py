"""A process that holds the turn of a MongoDB store and stops at a point, until it is told to go on, or killed.

It is run with the URL, the point and a role. It grants the role to an account, says `here` at the point, goes on with
the next line of its input, and says in the end whether the unit was kept.
"""

import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from doorward.adapters.mongo.engine import turn
from doorward.adapters.mongo.engine.journal import Applying, Journal
from doorward.adapters.mongo.store import MongoStore
from doorward.core.kernel.errors import Unavailable
from doorward.core.kernel.ids import AccountId
from doorward.core.onetime.records import Purpose

ARTEFACT = (1).to_bytes(32)
OWNER = AccountId(f"{1:026}")


def stop_here() -> None:
    """Say so, and wait for a line."""
    print("here", flush=True)  # noqa: T201 (it speaks to the test)
    sys.stdin.readline()


class StoppingApplying(Applying):
    """Applies a journal after a stop: what it is about to apply has been committed."""

    __slots__ = ()

    def __call__(self, journal: Journal) -> bool:
        stop_here()
        return super().__call__(journal)


def main(url: str, point: str, role: str) -> None:
    """Grant a role, with a stop inside the unit or behind its commit point."""
    if point == "behind":
        vars(turn)["Applying"] = StoppingApplying  # a planted stop
    store = MongoStore(
        url, on_change=lambda _: None, on_jobs=lambda: None, transactions=False, lease=timedelta(seconds=30)
    )
    try:
        with store.work() as work:
            work.roles.grant(OWNER, role)
            if point == "inside":
                stop_here()
        print("kept", flush=True)  # noqa: T201
    except Unavailable:
        print("refused", flush=True)  # noqa: T201
    store.close()


def consume(url: str) -> int:
    """Return how many of some threads of this process get the one artefact."""
    store = MongoStore(url, on_change=lambda _: None, on_jobs=lambda: None)

    def take(_: int) -> bool:
        with store.work() as work:
            return (
                work.onetimes.consume(Purpose.RESET_PASSWORD, ARTEFACT, now=datetime(2026, 1, 1, tzinfo=UTC))
                is not None
            )

    with ThreadPoolExecutor(4) as threads:
        taken = list(threads.map(take, range(4)))
    store.close()
    return taken.count(True)


if __name__ == "__main__":
    if sys.argv[2] == "consume":
        print(consume(sys.argv[1]), flush=True)  # noqa: T201
    else:
        main(*sys.argv[1:])
