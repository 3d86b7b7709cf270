"""What every fault needs: stores of its own, a checker whose report is kept, and how much is to be done."""

import json
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from doorward.adapters.mongo.migrations import upgrade as upgrade_mongodb
from doorward.adapters.sql.migrations import upgrade
from doorward.core.kernel.secrets import random_bytes
from tests import mongodb
from tests.contract import conftest as contract
from tests.faults.checker import __main__ as checker
from tests.faults.checker.report import Report
from tests.processes import PROJECT

REPORTS: Final = PROJECT / "test-results" / "faults"
mongodb_server_url = contract.mongodb_server_url
server_url = contract.server_url
sqlite_template = contract.sqlite_template


@dataclass(frozen=True)
class Measure:
    """How much of each fault is tried: a little in every test run, much in `make faults`."""

    kills: int
    server_kills: int
    outage_seconds: float
    step: int


SHORT: Final = Measure(kills=26, server_kills=2, outage_seconds=1.0, step=9)
LONG: Final = Measure(kills=1_000, server_kills=40, outage_seconds=30.0, step=1)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long-faults", action="store_true", help="try faults long and often, as `make faults` does")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave to `make faults` what takes too long for every test run."""
    if config.getoption("long_faults", default=False):
        return
    left_out = [item for item in items if item.get_closest_marker("long")]
    items[:] = [item for item in items if item not in left_out]
    config.hook.pytest_deselected(items=left_out)


@pytest.fixture(scope="session")
def measure(pytestconfig: pytest.Config) -> Measure:
    return LONG if pytestconfig.getoption("long_faults", default=False) else SHORT


@pytest.fixture
def seed(record_property: Callable[[str, object], None]) -> int:
    """Return where this run begins; it is printed when a test fails."""
    number = int.from_bytes(random_bytes(2))
    record_property("seed", number)
    sys.stdout.write(f"seed {number}\n")
    return number


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    path = tmp_path / "doorward.sqlite3"
    shutil.copyfile(sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture
def postgresql_url(server_url: Callable[[str], str], worker_id: str) -> str:
    url = contract.a_database(server_url, f"doorward_faults_{worker_id}")
    upgrade(url)
    return url


@pytest.fixture
def mongodb_url(mongodb_server_url: str, worker_id: str) -> Iterator[str]:
    url = mongodb.database_url(mongodb_server_url, f"doorward_test_faults_{worker_id}")
    upgrade_mongodb(mongodb.dropped(url))
    yield url
    mongodb.dropped(url)


def checked(histories: Sequence[Path], *options: str, name: str) -> Report:
    """Return what the checker says of histories and a store, and keep it for the table of `make faults`."""
    report = checker.checked(checker.asked([*map(str, histories), *options]))
    keep(report.document(), name)
    sys.stdout.write(report.table() + "\n")
    return report


def keep(document: str, name: str) -> None:
    """Keep a report."""
    json.loads(document)
    REPORTS.mkdir(parents=True, exist_ok=True)
    (REPORTS / f"{name}.json").write_text(document, encoding="utf-8")
