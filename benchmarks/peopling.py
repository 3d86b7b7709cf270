"""Filling a store as `doorward demo-data` does: durably, through the product's own port, with people all over it."""

from dataclasses import dataclass
from datetime import timedelta
from time import perf_counter, process_time

from benchmarks import cheap_hash
from benchmarks.deployment import Deployment
from benchmarks.filling import PASSWORD
from benchmarks.operations import People
from benchmarks.run import Run
from doorward.assembly import archives
from doorward.assembly.house import House, open_house
from doorward.assembly.store import url_of
from doorward.core.kernel.secrets import derive
from doorward.core.moving.demo import Demo, username_of
from doorward.core.moving.fill import Fill
from doorward.core.moving.ports import Tells
from doorward.core.sessions.records import Kind


@dataclass(frozen=True, slots=True)
class Peopled:
    """A deployment with so many people in it, and what it took to put them there."""

    deployment: Deployment
    people: People
    records: int
    seconds: float
    cpu_seconds: float


@dataclass(slots=True)
class _Telling(Tells):
    """Says in tenths how far it is."""

    run: Run
    total: int = 0
    done: int = 0
    tenths: int = 0

    def begin(self, step: str, total: int) -> None:  # noqa: ARG002 (the port's signature)
        self.total = total

    def forward(self, kind: str, records: int) -> None:
        self.done += records
        if self.done * 10 // self.total > self.tenths:
            self.tenths = self.done * 10 // self.total
            self.run.say(f"{self.done:,} of {self.total:,} records, at the {kind}")


def people(run: Run, deployment: Deployment, *, accounts: int, sessions: int) -> Peopled:
    """Fill the store of a deployment; everybody has `PASSWORD`, under the cheap hash."""
    house = open_house(deployment.settings())
    tell, began, cpu = _Telling(run), perf_counter(), process_time()
    try:
        house.prepare()
        demo = _demo(house, accounts, sessions)
        with archives.opened(url_of(house.settings)) as target:
            demo = Fill(target, house.store.work, tell)(demo)
        took, used = perf_counter() - began, process_time() - cpu
        close = house.flows.refresh.tokens.close
    finally:
        house.close()

    def refresh_token_of(number: int) -> str:
        session = _session_of_an_app(demo, number + 1)
        return close(demo.session_id(session), 0, demo.secret_of(session))

    found = People(accounts, lambda number: username_of(number + 1), refresh_token_of)
    return Peopled(deployment, found, tell.total, took, used)


def _demo(house: House, accounts: int, sessions: int) -> Demo:
    # Young accounts get no letters, which only the first sign-in of a day sends.
    key, hashed = derive(house.secret, "demo data 0"), cheap_hash.HASHER.hash(PASSWORD)
    return Demo(accounts, sessions, key, house.clock.now(), hashed, span=timedelta(0))


def _session_of_an_app(demo: Demo, account: int) -> int:
    """Return the first session of an account that can be refreshed as an app does."""
    of_account = range(account, demo.sessions + 1, demo.accounts)
    return next(number for number in of_account if demo.kind_of(number) is Kind.MOBILE)
