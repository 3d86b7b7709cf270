"""Opening a store as evidence."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from doorward.adapters.clock.system import SystemClock
from doorward.assembly.house import open_house
from doorward.core.kernel.clock import Clock
from doorward.settings.load import load
from tests.faults.checker.evidence import Evidence
from tests.faults.checker.history import read
from tests.faults.kills.stores import opened
from tests.house import House


@contextmanager
def evidence_of_tests(
    url: str, histories: Sequence[Path], *, clock: Clock | None = None, disk: Sequence[Path] = ()
) -> Iterator[Evidence]:
    """Open a store that the house of the tests has used."""
    clock = clock or SystemClock()
    with opened(url) as store:
        house = House(store, clock)
        yield Evidence(read(histories), store, house.flows, house.hasher, clock.now(), disk)


@contextmanager
def evidence_of_server(
    settings: dict[str, object],
    histories: Sequence[Path],
    *,
    disk: Sequence[Path] = (),
    log_files: Sequence[Path] = (),
) -> Iterator[Evidence]:
    """Open the store that a server with these settings has used; the server does not run now."""
    house = open_house(load(settings, env_file=Path("no-such.env")))
    try:
        told, now = read(histories), house.clock.now()
        yield Evidence(told, house.store, house.flows, house.adapters.hasher, now, disk, log_files)
    finally:
        house.close()
