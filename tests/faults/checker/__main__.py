"""The checker: reads what clients were told and what a store holds, and prints the invariants with their counts.

`python -m tests.faults.checker HISTORY... --store URL`, or `--data-dir FOLDER` for the store of a server. Ends with 1
when an invariant is violated.
"""

import sys
from argparse import ArgumentParser
from pathlib import Path

from tests.faults.checker.open import evidence_of_server, evidence_of_tests
from tests.faults.checker.report import check


def main() -> int:
    """Check, and return the status."""
    parser = ArgumentParser(prog="checker", description=__doc__)
    parser.add_argument("histories", nargs="+", type=Path, metavar="HISTORY")
    parser.add_argument("--store", help="the store of a house of the tests")
    parser.add_argument("--data-dir", type=Path, help="the data folder of a server that does not run now")
    parser.add_argument("--disk", type=Path, action="append", default=[], help="raw bytes to search for secrets")
    parser.add_argument("--log", type=Path, action="append", default=[], help="logs to search for secrets")
    parser.add_argument("--json", action="store_true", help="print JSON instead of the table")
    options = parser.parse_args()
    if (options.store is None) == (options.data_dir is None):
        parser.error("give either --store or --data-dir")
    opening = (
        evidence_of_tests(options.store, options.histories, disk=options.disk)
        if options.store
        else evidence_of_server(
            {"data_dir": options.data_dir}, options.histories, disk=options.disk, log_files=options.log
        )
    )
    with opening as evidence:
        report = check(evidence)
    sys.stdout.write((report.document() if options.json else report.table()) + "\n")
    return 1 if report.violations else 0


if __name__ == "__main__":
    raise SystemExit(main())
