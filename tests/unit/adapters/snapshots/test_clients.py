from dataclasses import replace
from datetime import timedelta

import pytest

from doorward.adapters.snapshots import clients
from doorward.adapters.snapshots.clients import CachedClients
from doorward.core.kernel.ids import ClientId
from doorward.core.oauth.records import Client
from doorward.testing.clock import FixedClock
from tests.applications import SERVER, Application, another
from tests.house import House
from tests.stores import a_memory_store

BOUND = timedelta(seconds=2)


class Register:
    """Finds clients, and counts how often it is asked."""

    def __init__(self) -> None:
        self.kept: dict[str, Client] = {SERVER.id: SERVER}
        self.asked = 0

    def __call__(self, client_id: str) -> Client | None:
        self.asked += 1
        return self.kept.get(client_id)


def test_load_within_the_bound_asks_once() -> None:
    register, clock = Register(), FixedClock()
    known = CachedClients(register, clock, BOUND)

    found = [known.load(SERVER.id), known.load(SERVER.id), known.cached(SERVER.id)]

    assert (found, register.asked) == ([SERVER] * 3, 1)


def test_cached_after_the_bound_is_none() -> None:
    register, clock = Register(), FixedClock()
    known = CachedClients(register, clock, BOUND)
    known.load(SERVER.id)

    clock.advance(BOUND)

    assert known.cached(SERVER.id) is None


def test_load_client_that_is_gone_is_forgotten() -> None:
    register, clock = Register(), FixedClock()
    known = CachedClients(register, clock, BOUND)
    known.load(SERVER.id)
    register.kept.clear()
    clock.advance(BOUND)

    assert known.load(SERVER.id) is None
    assert known.cached(SERVER.id) is None


def test_load_names_that_are_nobodys_are_not_remembered() -> None:
    known = CachedClients(Register(), FixedClock(), BOUND)

    for number in range(100):
        known.load(ClientId(str(number)))

    assert len(known._kept) == 0


def test_remember_more_than_fit_starts_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clients, "MOST_REMEMBERED", 3)
    known = CachedClients(Register(), FixedClock(), BOUND)

    for number in range(10):
        known.remember(replace(SERVER, id=ClientId(str(number))), known.before_reading())

    assert len(known._kept) <= 3


def test_remember_what_was_read_before_a_change_does_not_come_back_after_it() -> None:
    known = CachedClients(Register(), FixedClock(), BOUND)
    since = known.before_reading()

    known.forget(SERVER.id)
    known.remember(SERVER, since)

    assert known.cached(SERVER.id) is None


def test_load_while_it_is_changed_is_answered_and_not_remembered() -> None:
    register = Register()

    def changed_meanwhile(client_id: str) -> Client | None:
        found = register(client_id)
        known.forget(SERVER.id)
        return found

    known = CachedClients(changed_meanwhile, FixedClock(), BOUND)

    assert known.load(SERVER.id) == SERVER
    assert known.cached(SERVER.id) is None


def test_remember_counts_the_bound_from_before_the_reading() -> None:
    clock = FixedClock()
    known = CachedClients(Register(), clock, BOUND)
    since = known.before_reading()

    clock.advance(BOUND)
    known.remember(SERVER, since)

    assert known.cached(SERVER.id) is None


def test_load_at_the_end_of_the_bound_reads_anew() -> None:
    register, clock = Register(), FixedClock()
    known = CachedClients(register, clock, BOUND)
    known.load(SERVER.id)
    register.kept[SERVER.id] = replace(SERVER, name="Another name")

    clock.advance(BOUND)

    assert known.load(SERVER.id) == known.cached(SERVER.id) == replace(SERVER, name="Another name")


def test_change_by_this_process_is_seen_at_once() -> None:
    house = House(a_memory_store())
    house.account()
    app = Application(house, another(SERVER))
    known = house.tools.known_clients
    known.remember(app.client, known.before_reading())

    house.flows.clients.set_enabled(app.client.id, enabled=False)

    assert known.cached(app.client.id) is None
