"""Run the contract suite, and print what each store keeps of each port: `python scripts/contract.py`.

The status is 1 when a promise was broken, or could not be tried.
"""

import re
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final
from xml.etree import ElementTree as ET

from rich.console import Console
from rich.table import Table

PROJECT: Final = Path(__file__).resolve().parents[1]
STORES: Final = ("memory", "sqlite", "postgresql", "mongodb")
_STORE: Final = re.compile(rf"\[(?:.*-)?({'|'.join(STORES)})(?=[-\]])")
_EITHER: Final = "each alone"
_OUTCOMES: Final = ("passed", "failed", "skipped")

Found = Mapping[str, Mapping[str, Counter[str]]]


def main() -> int:
    """Run the suite, print the table, and return the status."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "contract.xml"
        command = [sys.executable, "-m", "pytest", "-q", "-n", "auto", "tests/contract", f"--junitxml={report}"]
        subprocess.run(command, cwd=PROJECT, check=False)  # noqa: S603 (our own words)
        found = counted(report)
    Console(width=None if sys.stdout.isatty() else 160).print(table(found))
    total = sum((count for stores in found.values() for count in stores.values()), Counter[str]())
    print(", ".join(f"{total[outcome]} {outcome}" for outcome in _OUTCOMES))
    return 0 if total["passed"] and total["passed"] == total.total() else 1


def counted(report: Path) -> Found:
    """Return how many tests of each port ended how, with each store."""
    found: dict[str, dict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    for port, store, outcome in _outcomes(report):
        found[port][store][outcome] += 1
    return found


def table(found: Found) -> Table:
    """Return the counts as a table: passed/failed/skipped."""
    drawn = Table("port", *STORES, _EITHER, title="passed/failed/skipped", box=None)
    for port in sorted(found):
        drawn.add_row(port, *(_cell(found[port].get(store)) for store in (*STORES, _EITHER)))
    return drawn


def _outcomes(report: Path) -> Iterator[tuple[str, str, str]]:
    for case in ET.parse(report).iter("testcase"):  # noqa: S314 (pytest wrote it a moment ago)
        port = case.get("classname", "").rpartition(".test_")[2]
        store = _STORE.search(case.get("name", ""))
        kinds = {child.tag for child in case}
        failed, skipped = kinds & {"failure", "error"}, "skipped" in kinds
        outcome = "failed" if failed else "skipped" if skipped else "passed"
        yield port, store[1] if store else _EITHER, outcome


def _cell(counts: Counter[str] | None) -> str:
    return "" if counts is None else "/".join(str(counts[outcome]) for outcome in _OUTCOMES)


if __name__ == "__main__":
    sys.exit(main())
