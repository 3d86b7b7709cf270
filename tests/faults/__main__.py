"""`make faults`: every fault, long and often, and one table at the end. `python -m tests.faults --help` says more."""

import shutil
import subprocess
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic
from typing import Final

from doorward.assembly.store import make_tables
from doorward.core.kernel.secrets import random_bytes
from tests import mongodb
from tests.contract.conftest import a_database, a_server
from tests.faults.checker.dump import dump
from tests.faults.checker.report import merged, read
from tests.faults.conftest import REPORTS, keep
from tests.processes import PROJECT

_LIMIT_SECONDS: Final = 3_600


def main() -> int:
    """Run, and return the status."""
    parser = ArgumentParser(prog="make faults", description=__doc__)
    parser.add_argument("--kills", type=int, default=1_000, help="how many processes die on each store")
    parser.add_argument("--seed", type=int, default=int.from_bytes(random_bytes(2)), help="where the kills begin")
    parser.add_argument("--stores", nargs="+", choices=STORES, default=list(STORES), help="which stores to kill on")
    parser.add_argument("--only-kills", action="store_true", help="leave the other faults out")
    options = parser.parse_args()
    shutil.rmtree(REPORTS, ignore_errors=True)
    began, statuses = monotonic(), []
    sys.stdout.write(f"seed {options.seed}\n")
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="doorward-faults-")))
        statuses = [_kill(store, folder / store, stack, options) for store in options.stores]
    if not options.only_kills:
        command = [sys.executable, "-m", "pytest", "tests/faults", "--long-faults", "-v", "--deselect"]
        left_out = "tests/faults/test_kills.py::test_kills_at_commit_points_violate_no_invariant"
        statuses.append(subprocess.run([*command, left_out], cwd=PROJECT, check=False).returncode)
    _tell(monotonic() - began)
    return 1 if any(statuses) else 0


def _sqlite(_: ExitStack, folder: Path) -> str:
    return f"sqlite:///{folder / 'sqlite.sqlite3'}"


def _postgresql(stack: ExitStack, folder: Path) -> str:
    return a_database(stack.enter_context(a_server(folder / "server")), "doorward_faults")


def _mongodb(stack: ExitStack, folder: Path) -> str:
    url = mongodb.real_server() or stack.enter_context(mongodb.a_server(folder)).url
    return mongodb.dropped(mongodb.database_url(url, "doorward_test_faults"))


STORES: Final[dict[str, Callable[[ExitStack, Path], str]]] = {
    "sqlite": _sqlite,
    "postgresql": _postgresql,
    "mongodb": _mongodb,
}
"""Each store by its name: what starts its server, if it has one, and returns the URL of an empty database."""


def _kill(store: str, folder: Path, stack: ExitStack, options: Namespace) -> int:
    """Kill processes on one kind of store, and check it."""
    folder.mkdir()
    url = STORES[store](stack, folder)
    make_tables(url)
    history = folder / "history.jsonl"
    sys.stdout.write(f"{store}: killing at every commit point\n")
    sys.stdout.flush()
    killing = ["--store", url, "--history", str(history), "--kills", str(options.kills), "--seed", str(options.seed)]
    command = [sys.executable, "-m", "tests.faults.kills", *killing, "--progress"]
    killed = subprocess.run(
        command, cwd=PROJECT, stdout=subprocess.PIPE, text=True, check=False, timeout=_LIMIT_SECONDS
    )
    disks = [f"--disk={path}" for path in _disks(store, url, folder)]
    command = [sys.executable, "-m", "tests.faults.checker", str(history), "--store", url, "--json", *disks]
    checked = subprocess.run(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True, check=False)
    sys.stdout.write(f"\n{killed.stdout.partition('labels')[0]}\n")
    keep(checked.stdout, f"{options.kills} kills at points, {store}")
    return killed.returncode or checked.returncode


def _disks(store: str, url: str, folder: Path) -> list[Path]:
    """Return the files with the raw bytes of a store: its own where they can be read, and what a server holds."""
    files = [path for path in folder.glob("sqlite.sqlite3*") if path.is_file()]
    files += [path for path in folder.glob("data/*") if path.is_file()]
    if store != "sqlite":
        dump(url, folder / "dump")
        files.append(folder / "dump")
    return files


def _tell(seconds: float) -> None:
    """Print what each fault came to, and the sums."""
    reports = {path.stem: read(path.read_text(encoding="utf-8")) for path in sorted(REPORTS.glob("*.json"))}
    for name, report in reports.items():
        checks = sum(finding.checked for finding in report.findings.values())
        sys.stdout.write(f"{name:48} {checks:9,} checked {len(report.violations):6,} violated\n")
    sys.stdout.write(f"\n{merged(list(reports.values())).table()}\n{seconds / 60:.0f} minutes\n")


if __name__ == "__main__":
    raise SystemExit(main())
