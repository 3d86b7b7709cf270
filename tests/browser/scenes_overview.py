"""Every state of the pages of the console on which operators look at what is kept."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from typing import Final, Self

from playwright.sync_api import Browser, StorageState

from tests.browser.people import Person
from tests.browser.scenes import Scene, signed_in
from tests.browser.server import WRONG_PASSWORD, Server

_ERROR: Final = "450 4.2.1 <img src=x onerror=alert(1)> the mailbox is busy, come back later, " + "x" * 90


@dataclass(frozen=True)
class StageOverview:
    """What scenes are played with: an operator, jobs that were given up, and an account that is locked for good."""

    server: Server
    people: "dict[str, StorageState]"
    first_job: str
    spent: str

    @classmethod
    def build(cls, server: Server, browser: Browser) -> Self:
        """Return a stage on which some things have happened."""
        olga, locked, spent = (server.account(name) for name in ("olga", "lucia", "spencer.with.a.rather.long.nam"))
        server.run("users", "grant", olga, "operator")
        server.suspend(locked)
        server.run("keys", "rotate")
        server.claim("clara")
        people = {"operator": signed_in(browser, server, olga)}
        stranger = Person.at(browser, server.base)
        for _ in range(3):
            stranger.open("/sign-in").fill(username="olga", password=WRONG_PASSWORD).press("sign-in-submit")
        stranger.context.close()
        spent_id = server.id_of(spent)
        with closing(sqlite3.connect(server.folder / "doorward.sqlite3", timeout=10)) as store, store:
            row = (spent_id, "{}", 104, 1, 0)
            store.execute("INSERT OR REPLACE INTO dw_attempts VALUES (?, ?, ?, ?, ?)", row)
            store.execute(
                "UPDATE dw_jobs SET state = 'dead', attempts = 16, last_error = ? WHERE name LIKE 'send_letter%'",
                (_ERROR,),
            )
            (job,) = store.execute("SELECT id FROM dw_jobs WHERE state = 'dead' ORDER BY id").fetchone()
        return cls(server, people, job, spent_id)


Act = Callable[[Person, StageOverview], object]


def _at(path: str) -> Act:
    return lambda person, _: person.open(f"/console{path}")


def _verified(person: Person, _: StageOverview) -> None:
    person.open("/console/audit").press("verify-submit")


def _verify_refused(person: Person, _: StageOverview) -> None:
    person.open("/console/audit").fill(end="not an end").press("verify-submit")


def _broken(person: Person, stage: StageOverview) -> None:
    change = "UPDATE dw_audit SET at = at {} 1 WHERE sequence = 5"
    _written(stage, change.format("+"))
    person.open("/console/audit").press("verify-submit")
    _written(stage, change.format("-"))


def _written(stage: StageOverview, change: str) -> None:
    with closing(sqlite3.connect(stage.server.folder / "doorward.sqlite3", timeout=10)) as store, store:
        store.execute(change)


def _address_refused(person: Person, _: StageOverview) -> None:
    person.open("/console/audit/address").fill(address="nobody").press("address-submit")


def _with_table(person: Person, _: StageOverview) -> None:
    person.open("/console/health")
    if person.page.locator("#chart-durations-table").count():
        person.page.click("#chart-durations-table summary")


SCENES_OVERVIEW: Final[tuple[Scene[StageOverview], ...]] = (
    Scene("overview-audit", _at("/audit"), "operator"),
    Scene("overview-audit-found", _at("/audit?kind=sign_in.refused&account=olga"), "operator"),
    Scene("overview-audit-none", _at("/audit?kind=store.restored"), "operator"),
    Scene("overview-audit-refused", _at("/audit?account=nobody&since=yesterday"), "operator"),
    Scene("overview-audit-event", _at("/audit/6"), "operator"),
    Scene("overview-verify", _verified, "operator"),
    Scene("overview-verify-broken", _broken, "operator"),
    Scene("overview-verify-refused", _verify_refused, "operator"),
    Scene("overview-address", _at("/audit/address"), "operator"),
    Scene("overview-address-refused", _address_refused, "operator"),
    Scene("overview-jobs", _at("/jobs?state=dead"), "operator"),
    Scene("overview-jobs-none", _at("/jobs?state=ready"), "operator"),
    Scene("overview-job", lambda person, stage: person.open(f"/console/jobs/{stage.first_job}"), "operator"),
    Scene("overview-jobs-ask", _at("/jobs/retry"), "operator"),
    Scene("overview-locks", _at("/locks"), "operator"),
    Scene("overview-locks-ceiling", _at("/locks?kind=at_ceiling"), "operator"),
    Scene("overview-unlock", lambda person, stage: person.open(f"/console/accounts/{stage.spent}/unlock"), "operator"),
    Scene("overview-keys", _at("/keys?notice=rotated"), "operator"),
    Scene("overview-keys-ask", _at("/keys/rotate"), "operator"),
    Scene("overview-settings", _at("/settings"), "operator"),
    Scene("overview-settings-none", _at("/settings?q=nothing+like+this"), "operator"),
    Scene("overview-health", _with_table, "operator"),
)
