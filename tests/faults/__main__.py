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

from doorward.adapters.sql.migrations import upgrade
from doorward.core.kernel.secrets import random_bytes
from tests.contract.conftest import a_database, a_server
from tests.faults.checker.report import merged, read
from tests.faults.conftest import REPORTS, keep
from tests.processes import PROJECT

STORES: Final = ("sqlite", "postgresql")
_LIMIT_SECONDS: Final = 3_600


def main() -> int:
    """Run, and return the status."""
    parser = ArgumentParser(prog="make faults", description=__doc__)
    parser.add_argument("--kills", type=int, default=1_000, help="how many processes die on each store")
    parser.add_argument("--seed", type=int, default=int.from_bytes(random_bytes(2)), help="where the kills begin")
    parser.add_argument("--only-kills", action="store_true", help="leave the other faults out")
    options = parser.parse_args()
    shutil.rmtree(REPORTS, ignore_errors=True)
    began, statuses = monotonic(), []
    sys.stdout.write(f"seed {options.seed}\n")
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="doorward-faults-")))
        server = stack.enter_context(a_server(folder / "postgresql"))
        statuses = [_kill(store, folder, server, options) for store in STORES]
    if not options.only_kills:
        command = [sys.executable, "-m", "pytest", "tests/faults", "--long-faults", "-v", "--deselect"]
        left_out = "tests/faults/test_kills.py::test_kills_at_commit_points_violate_no_invariant"
        statuses.append(subprocess.run([*command, left_out], cwd=PROJECT, check=False).returncode)
    _tell(monotonic() - began)
    return 1 if any(statuses) else 0


def _kill(store: str, folder: Path, server: Callable[[str], str], options: Namespace) -> int:
    """Kill processes on one kind of store, and check it."""
    path = folder / f"{store}.sqlite3"
    url = f"sqlite:///{path}" if store == "sqlite" else a_database(server, "doorward_faults")
    upgrade(url)
    history = folder / f"{store}.jsonl"
    sys.stdout.write(f"{store}: killing at every commit point\n")
    sys.stdout.flush()
    killing = ["--store", url, "--history", str(history), "--kills", str(options.kills), "--seed", str(options.seed)]
    command = [sys.executable, "-m", "tests.faults.kills", *killing, "--progress"]
    killed = subprocess.run(
        command, cwd=PROJECT, stdout=subprocess.PIPE, text=True, check=False, timeout=_LIMIT_SECONDS
    )
    disk = [f"--disk={path}"] if store == "sqlite" else []
    command = [sys.executable, "-m", "tests.faults.checker", str(history), "--store", url, "--json", *disk]
    checked = subprocess.run(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True, check=False)
    sys.stdout.write(f"\n{killed.stdout.partition('labels')[0]}\n")
    keep(checked.stdout, f"{options.kills} kills at points, {store}")
    return killed.returncode or checked.returncode


def _tell(seconds: float) -> None:
    """Print what each fault came to, and the sums."""
    reports = {path.stem: read(path.read_text(encoding="utf-8")) for path in sorted(REPORTS.glob("*.json"))}
    for name, report in reports.items():
        checks = sum(finding.checked for finding in report.findings.values())
        sys.stdout.write(f"{name:48} {checks:9,} checked {len(report.violations):6,} violated\n")
    sys.stdout.write(f"\n{merged(list(reports.values())).table()}\n{seconds / 60:.0f} minutes\n")


if __name__ == "__main__":
    raise SystemExit(main())
