"""The clock of the machine is put forward and back while a server runs: an hour, over the end of 32 bits, to 2100."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from doorward.adapters.clock.system import SystemClock
from tests.faults.checker.history import Away, History
from tests.faults.conftest import checked
from tests.faults.machine.post_office import a_post_office
from tests.faults.machine.server import Deployment, Running
from tests.faults.machine.tools import false_clock, missing
from tests.faults.people.member import a_member
from tests.faults.people.person import Person
from tests.processes import wait_until

HOUR = timedelta(hours=1)
AGES = (datetime(2038, 1, 19, 3, 13, 58, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))


@dataclass
class World:
    """A server on a clock that tests move, and somebody who is signed in there."""

    deployment: Deployment
    server: Running
    person: Person
    moved: Path

    def set_clock(self, ahead: timedelta) -> None:
        """Put the clock of the server ahead of the machine's."""
        self.moved.write_text(f"{ahead.total_seconds():+.0f}\n", encoding="utf-8")

    def is_refused(self, password: str) -> bool:
        """Tell whether a stranger's password is refused."""
        person = self.person
        return person.is_refused("stranger", lambda: person.door.sign_in(person.name, password, None))

    def is_dead(self, access: str) -> bool:
        """Tell whether an access token is refused."""
        return self.person.is_refused("dead_access", lambda: self.person.door.me(access))


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    library = false_clock()
    if library is None:
        missing("another clock")
    history, moved = History(tmp_path / "before.jsonl"), tmp_path / "clock"
    (tmp_path / "deployment").mkdir()
    moved.write_text("+0\n", encoding="utf-8")
    false = {
        "LD_PRELOAD": str(library),
        "FAKETIME_TIMESTAMP_FILE": str(moved),
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }
    with a_post_office(history) as office:
        deployment = Deployment(tmp_path / "deployment", office.settings)
        with deployment.running(**false) as server, a_member(deployment.url, history, office) as person:
            yield World(deployment, server, person, moved)
    history.close()


def soon(ask: Callable[[], object]) -> None:
    """Ask until there is an answer: after a step of the clock there may be no key that signs for a second or two."""

    def is_answered() -> bool:
        try:
            ask()
        except Away:
            return False
        return True

    wait_until(is_answered)


def test_clock_an_hour_forward_and_back_loses_no_session_and_accepts_no_old_token(world: World) -> None:
    person, old = world.person, world.person.tokens.access
    dead = []
    for ahead in (HOUR, timedelta(0), -HOUR, 2 * HOUR):
        world.set_clock(ahead)
        if ahead > timedelta(0):
            dead.append(world.is_dead(old))
        soon(person.refresh)
        person.look()
        old = person.tokens.access
    refused = [world.is_refused("wrong as can be") for _ in range(6)]
    world.set_clock(HOUR)
    refused.append(world.is_refused(person.password))
    soon(person.sign_in)
    world.set_clock(15 * HOUR)
    person.device = None
    soon(person.sign_in)

    world.server.stop()
    report = checked(
        [person.history.path],
        f"--data-dir={world.deployment.data_dir}",
        f"--log={world.deployment.log}",
        name="clock, an hour",
    )

    assert dead == [True, True]
    assert all(refused)
    assert report.violations == []


def test_clock_in_another_age_and_back_signs_in_and_signs_and_keeps_what_it_says(world: World, tmp_path: Path) -> None:
    person, old = world.person, world.person.tokens
    refused = []
    for moment in AGES:
        world.set_clock(moment - SystemClock().now())
        refused += [
            world.is_dead(old.access),
            person.is_refused("dead", lambda: person.door.refresh(old.refresh, None)),
        ]
        soon(person.sign_in)
        person.look()
        world.set_clock(moment - SystemClock().now() + timedelta(minutes=4))
        person.look()
        person.refresh()
        person.look()
    refused += [world.is_refused("wrong as can be") for _ in range(6)]
    world.set_clock(timedelta(0))
    person.device = None
    person.history = History(tmp_path / "after.jsonl")
    soon(person.sign_in)
    person.refresh()
    person.look()

    world.server.stop()
    report = checked(
        [person.history.path],
        f"--data-dir={world.deployment.data_dir}",
        f"--log={world.deployment.log}",
        "--untold=I6",  # the mails of other ages are purged, and stand in the other history
        name="clock, ages",
    )

    assert all(refused)
    assert report.violations == []
