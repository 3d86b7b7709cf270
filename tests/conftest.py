"""What holds for every test: settings come from .env.test alone, nothing is compiled twice, and the core is watched."""

import gc
import os
import shutil
import sys
import tempfile
from collections import defaultdict
from collections.abc import Generator
from inspect import signature
from pathlib import Path

import httpx2
import pytest
from coverage import Coverage
from dotenv import dotenv_values
from hypothesis import settings

from tests.processes import PATIENCE

# Whoever forbids it makes each of some thousand processes compile all of the source anew.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # noqa: TID251 (for this process it was read long ago)
sys.dont_write_bytecode = False

# Its deadline of 200 ms is a timed assertion: on a busy machine a right answer that came late counts as a failure.
settings.register_profile("without-a-deadline", deadline=None)
settings.load_profile("without-a-deadline")
# So is the time that clients wait by themselves, five seconds: a machine that is busy is no server that is away.
_WAITS: httpx2.Timeout = signature(httpx2.get).parameters["timeout"].default
_WAITS.connect = _WAITS.read = _WAITS.write = _WAITS.pool = PATIENCE
_FEW = "few-examples"
settings.register_profile(_FEW, deadline=None, max_examples=10)

pytest_plugins = ("tests.buckets", "tests.scanners")
"""Servers that tests of several folders share, each started once a process and only where a test asks for it."""

_ALIASES = ("DATABASE_URL", "REDIS_URL")
_ABOUT_THE_TESTS = ("DOORWARD_TEST_", "DOORWARD_VENV")
_HERE = Path(__file__).parent
_NOBODY = _HERE / "nobody.pem"
"""Whom clients and servers of tests trust over TLS: an authority whose key was thrown away.

Nothing here speaks with other machines, and to read whom this one trusts takes every client and every server 40 ms.
"""

_MEMORY = Path("/dev/shm")  # noqa: S108 (pytest makes folders of its own in it)
_ROOM = 8 << 30
"""Where tests write if there is so much room, unless TMPDIR says where: some thousand stores that are thrown away.

None of them outlives the machine; what a disk does that is full or fails is tried on disks of their own.
"""

_WATCHED = tuple(
    _HERE / name
    for name in (
        "unit/core",
        "unit/adapters/web",
        "unit/api/test_charts.py",
        "unit/assembly/watching",
        "unit/worker",
        "contract/test_archive.py",
        "contract/test_demo_data.py",
        "functional/authorize",
        "functional/cli/test_backups.py",
        "functional/cli/test_moving.py",
        "functional/oauth",
    )
)
"""The tests that have to reach every branch of the core. To watch takes as long as the test; others prove more."""

_CASES = 3
_UNWATCHED = frozenset({"mongodb", "postgres", "slow"})
_LONG = tuple(_HERE / name for name in ("rolling", "cluster", "monitoring"))


def pytest_configure() -> None:
    environment = os.environ  # noqa: TID251 (the one place that shields the tests from it)
    for name in list(environment):
        is_setting = name.startswith("DOORWARD_") and not name.startswith(_ABOUT_THE_TESTS)
        if is_setting or name in _ALIASES:
            del environment[name]
    values = dotenv_values(Path(__file__).parents[1] / ".env.test")
    environment.update({name: value for name, value in values.items() if value is not None})
    environment["SSL_CERT_FILE"] = str(_NOBODY)
    environment.pop("SSL_CERT_DIR", None)
    if "TMPDIR" not in environment and _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free > _ROOM:
        environment["TMPDIR"] = tempfile.tempdir = str(_MEMORY)


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """Return a folder that all workers of this run share, for what is made once."""
    own = tmp_path_factory.getbasetemp()
    return own if worker_id == "master" else own.parent


def pytest_xdist_auto_num_workers() -> int:
    """Return three workers for two cores, as tests wait a third of their time."""
    cores = os.cpu_count() or 1
    return cores + (cores + 1) // 2


def pytest_addoption(parser: pytest.Parser) -> None:
    help_ = "leave out what is slow, and of each other test try three cases and a tenth of the examples"
    parser.addoption("--few", action="store_true", help=help_)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Try few cases where that is asked for; those that are left out are told as deselected."""
    if not config.getoption("--few"):
        return
    settings.load_profile(_FEW)
    alike: dict[str, list[pytest.Item]] = defaultdict(list)
    for item in items:
        if item.get_closest_marker("slow") is None:
            alike[item.nodeid.partition("[")[0]].append(item)
    tried = {item for cases in alike.values() for item in _spread(cases)}
    config.hook.pytest_deselected(items=[item for item in items if item not in tried])
    items[:] = [item for item in items if item in tried]


def _spread(cases: list[pytest.Item]) -> list[pytest.Item]:
    """Return the first, the one in the middle and the last."""
    return cases if len(cases) <= _CASES else [cases[0], cases[len(cases) // 2], cases[-1]]


@pytest.hookimpl(trylast=True, specname="pytest_collection_modifyitems")
def pytest_order_items(items: list[pytest.Item]) -> None:
    """Run the tests that are watched first: what is computed once for all of a process is then seen.

    After them come those that take longest: at the end one worker would be busy with them while the others are not.
    """
    items.sort(key=lambda item: (not _is_watched(item), not any(map(item.path.is_relative_to, _LONG))))


def _is_watched(item: pytest.Item) -> bool:
    """Tell whether an item is one of the watched; a server of a store leads to no branch that no file leads to."""
    is_left_out = any(mark.name in _UNWATCHED for mark in item.iter_markers())
    return not is_left_out and any(item.path.is_relative_to(place) for place in _WATCHED)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Keep the garbage collector away from what is imported and collected: it stays, and is half a million objects."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    watch = Coverage.current()
    if watch is None or _is_watched(item):
        return (yield)
    watch.stop()
    try:
        return (yield)
    finally:
        watch.start()
