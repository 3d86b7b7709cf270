"""The clock of the machine is put forward and back while a server runs: an hour, over the end of 32 bits, to 2100."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from doorward.adapters.clock.system import SystemClock
from tests.faults.checker.history import History, Refused
from tests.faults.conftest import checked
from tests.faults.machine.post_office import a_post_office
from tests.faults.machine.server import Deployment, Running
from tests.faults.machine.tools import false_clock, missing
from tests.faults.people.by_http import HttpDoor
from tests.faults.people.person import Person

HOUR = timedelta(hours=1)
END_OF_32_BITS = datetime(2038, 1, 19, 3, 14, tzinfo=UTC)
YEAR_2100 = datetime(2100, 1, 1, tzinfo=UTC)


@dataclass
class World:
    """A server on a clock that tests move, and somebody who is signed in there."""

    server: Running
    person: Person
    moved: Path

    def set_clock(self, ahead: timedelta) -> None:
        """Put the clock of the server ahead of the machine's."""
        self.moved.write_text(f"{ahead.total_seconds():+.0f}\n", encoding="utf-8")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    library = false_clock()
    if library is None:
        missing("another clock")
    history, moved = History(tmp_path / "history.jsonl"), tmp_path / "clock"
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
        with deployment.running(**false) as server:
            door = HttpDoor(deployment.url)
            person = Person("margaret", door, history)
            person.register()
            mail = office.wait_for(person.email)
            assert mail is not None
            person.verify(mail.token)
            person.sign_in()
            yield World(server, person, moved)
            door.close()
    report = checked([history.path], f"--data-dir={deployment.data_dir}", name="clock moved")
    history.close()
    assert report.violations == []


def is_refused(ask: Callable[[], object]) -> bool:
    try:
        ask()
    except Refused:
        return True
    return False


def test_clock_an_hour_forward_and_back_loses_no_session_and_accepts_no_old_token(world: World) -> None:
    person = world.person
    old = person.tokens

    world.set_clock(HOUR)
    assert person.is_refused("dead_access", lambda: person.door.me(old.access), session=old.session)
    person.refresh()
    person.look()
    ahead = person.tokens
    world.set_clock(timedelta(0))
    person.refresh()
    person.look()
    world.set_clock(-HOUR)
    person.refresh()
    person.look()
    person.sign_in()
    world.set_clock(2 * HOUR)
    assert person.is_refused("dead_access", lambda: person.door.me(ahead.access), session=ahead.session)
    person.refresh()
    person.look()


def test_clock_put_back_after_a_suspension_locks_nobody_out_for_ever(world: World) -> None:
    person, device = world.person, world.person.device
    world.set_clock(HOUR)
    for _ in range(6):
        assert person.is_refused("guess", lambda: person.door.sign_in(person.name, "wrong as can be", None), password="x")

    world.set_clock(timedelta(0))
    is_suspended = person.is_refused("guess", lambda: person.door.sign_in(person.name, person.password, None), password="x")
    person.sign_in()
    world.set_clock(timedelta(hours=14))
    person.device = None
    person.sign_in()

    assert device
    assert is_suspended


@pytest.mark.parametrize("moment", [END_OF_32_BITS, YEAR_2100], ids=["2038", "2100"])
def test_clock_in_another_age_signs_in_and_signs_and_does_what_is_due(world: World, moment: datetime) -> None:
    person = world.person
    old = person.tokens
    ahead = moment - SystemClock().now()

    world.set_clock(ahead)
    assert person.is_refused("dead_access", lambda: person.door.me(old.access), session=old.session)
    assert person.is_refused("dead_refresh", lambda: person.door.refresh(old.refresh, None), session=old.session)
    person.sign_in()
    person.look()
    world.set_clock(ahead + timedelta(minutes=4))
    person.look()
    person.refresh()
    person.look()

    assert world.server.status("/readyz") == 200
