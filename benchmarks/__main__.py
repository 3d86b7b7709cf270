"""`python -m benchmarks`: measure this machine's limits and ours in the same run, and print how they compare."""

import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import chdir
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console

from benchmarks.machine import description
from benchmarks.report import Row, Unmeasured, as_json, table
from benchmarks.rows import (
    edge,
    feed,
    flood,
    gateways,
    growth,
    idle,
    kept,
    logins,
    moving,
    outbox,
    postgresql,
    provider,
    reads,
    refreshes,
    shared,
    verifier,
)
from benchmarks.run import Bench, CannotMeasure, Run, leaves
from doorward.adapters.clock.system import SystemClock

BENCHES: Final = (
    logins.BENCH,
    flood.BENCH,
    refreshes.BENCH,
    postgresql.BENCH,
    outbox.BENCH,
    reads.BENCH,
    provider.BENCH,
    gateways.BENCH,
    edge.BENCH,
    kept.BENCH,
    idle.BENCH,
    moving.BENCH,
    growth.BENCH,
    shared.BENCH,
    verifier.BENCH,
    feed.BENCH,
)
_NAMES: Final = ", ".join(bench.name for bench in BENCHES)
_ROUNDS: Final = 3
_SECONDS: Final = 3.0
_QUICK_SECONDS: Final = 1.0
_WIDTH_IN_FILES: Final = 160


def main(
    *,
    only: Annotated[list[str] | None, typer.Option(help=f"Measure this alone; may be repeated: {_NAMES}.")] = None,
    quick: Annotated[bool, typer.Option("--quick", help="Shorter rounds and fewer accounts: rough figures.")] = False,
    rounds: Annotated[int, typer.Option(min=1, help="How often each figure is measured, in turns.")] = _ROUNDS,
    folder: Annotated[Path | None, typer.Option(help="Where to write; its disk is the one that is measured.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON for programs.")] = False,
) -> None:
    """Measure, and print a table of ratios: the middle of the rounds, and in brackets the lowest and the highest.

    The status is 0 unless something could not be measured: a missed goal is a finding, no failure.
    """
    progress = Console(stderr=True, highlight=False)
    progress.print(f"[dim]{description()}[/dim]")
    chosen = _chosen(only)
    seconds = _QUICK_SECONDS if quick else _SECONDS
    rows: list[Row] = []
    unmeasured: list[Unmeasured] = []
    # From in there no settings of a project are found, here or by the servers that are started.
    with tempfile.TemporaryDirectory(prefix="doorward-bench-", dir=folder) as place, chdir(place):
        try:
            for bench in chosen:
                own = Path(place) / bench.name
                own.mkdir()
                run = Run(own, rounds, seconds, quick, _teller(progress, bench))
                _measure(bench, run, rows, unmeasured)
        finally:  # what was measured is shown, whatever one of the others stumbles over
            _print(rows, unmeasured, is_json=json)
    raise typer.Exit(1 if unmeasured else 0)


def _chosen(only: Sequence[str] | None) -> Sequence[Bench]:
    if not only:
        return BENCHES
    unknown = set(only) - {bench.name for bench in BENCHES}
    if unknown:
        raise typer.BadParameter(f"there is no {', '.join(sorted(unknown))}; there are {_NAMES}")
    return [bench for bench in BENCHES if bench.name in only]


def _teller(progress: Console, bench: Bench) -> Callable[[str], None]:
    return lambda step: progress.print(f"[dim]{bench.title}: {step}[/dim]")


def _measure(bench: Bench, run: Run, rows: list[Row], unmeasured: list[Unmeasured]) -> None:
    """Add the bench's rows, or why there are none."""
    run.say("filling the store")
    try:
        rows += bench.measure(run)
    except* (CannotMeasure, OSError) as errors:
        unmeasured.append(Unmeasured(bench.name, "; ".join(sorted({str(error) for error in leaves(errors)}))))


def _print(rows: Sequence[Row], unmeasured: Sequence[Unmeasured], *, is_json: bool) -> None:
    at = f"{SystemClock().now():%Y-%m-%d %H:%M} UTC"
    if is_json:
        print(as_json(rows, unmeasured, machine=description(), at=at))
        return
    width = None if sys.stdout.isatty() else _WIDTH_IN_FILES
    Console(highlight=False, width=width).print(table(rows, unmeasured, caption=f"{description()}; {at}"))


if __name__ == "__main__":
    typer.run(main)
