"""The checker: reads what clients were told and what a store holds, and prints the invariants with their counts.

`python -m tests.faults.checker HISTORY... --store URL` for a store that tests have used, or `--data-dir FOLDER`, with
`--store` where it is not in there, for that of a server. Ends with 1 when an invariant is violated.
"""

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path

from tests.faults.checker.evidence import Evidence
from tests.faults.checker.open import evidence_of_server, evidence_of_tests
from tests.faults.checker.report import Report, check


def main() -> int:
    """Check, and return the status."""
    options = asked()
    report = checked(options)
    sys.stdout.write((report.document() if options.json else report.table()) + "\n")
    return 1 if report.violations else 0


def asked(words: Sequence[str] | None = None) -> Namespace:
    """Return what the words of a command line ask for; None are those of this process."""
    parser = ArgumentParser(prog="checker", description=__doc__)
    parser.add_argument("histories", nargs="+", type=Path, metavar="HISTORY")
    parser.add_argument("--store", help="the URL of the store")
    parser.add_argument("--data-dir", type=Path, help="the data folder of a server that does not run now")
    parser.add_argument("--disk", type=Path, action="append", default=[], help="raw bytes to search for secrets")
    parser.add_argument("--log", type=Path, action="append", default=[], help="logs to search for secrets")
    parser.add_argument(
        "--untold", action="append", default=[], metavar="I1..I10", help="what histories are too short for"
    )
    parser.add_argument("--json", action="store_true", help="print JSON instead of the table")
    options = parser.parse_args(words)
    if options.store is None and options.data_dir is None:
        parser.error("give --store, or --data-dir, or both")
    return options


def checked(options: Namespace) -> Report:
    """Return what the checker finds."""
    with _evidence(options) as evidence:
        return check(evidence, untold=options.untold)


def _evidence(options: Namespace) -> AbstractContextManager[Evidence]:
    if options.data_dir is None:
        return evidence_of_tests(options.store, options.histories, disk=options.disk)
    settings = {"data_dir": options.data_dir} | ({"store_url": options.store} if options.store else {})
    return evidence_of_server(settings, options.histories, disk=options.disk, log_files=options.log)


if __name__ == "__main__":
    raise SystemExit(main())
