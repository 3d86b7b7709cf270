"""`python -m benchmarks.quick`: say within three minutes what got slower since figures were kept."""

import json
import sys
import tempfile
from collections.abc import Collection, Mapping, Sequence
from contextlib import chdir
from pathlib import Path
from typing import Annotated, Final

import typer
from rich import box
from rich.console import Console
from rich.table import Table

from benchmarks.machine import description
from benchmarks.quick import kept
from benchmarks.quick.kept import MOST, Kept, Verdict, judge
from benchmarks.quick.measure import Measured, turns
from benchmarks.run import CannotMeasure, Run, leaves
from doorward.adapters.clock.system import SystemClock

_SECONDS: Final = 90.0
_UNMEASURED: Final = 2
_TIMES_AGAIN: Final = 3
_AGAIN: Final = 0.2  # of the time: how long suspects are measured at each of these times
_MARKS: Final = {
    Verdict.SLOWER: "[red]slower[/red]",
    Verdict.SAME: "",
    Verdict.FASTER: "[green]faster[/green]",
    Verdict.NEW: "[yellow]new[/yellow]",
    Verdict.UNCERTAIN: "[yellow]too noisy to say[/yellow]",
}
_SUSPECT: Final = frozenset({Verdict.SLOWER, Verdict.UNCERTAIN})
_WIDTH_IN_FILES: Final = 120


def main(
    *,
    keep: Annotated[bool, typer.Option("--keep", help="Keep the figures of this run, whatever they are.")] = False,
    seconds: Annotated[float, typer.Option(min=1, help="How long to measure all operations together.")] = _SECONDS,
    only: Annotated[list[str] | None, typer.Option(help="Measure this operation alone; may be repeated.")] = None,
    json_wanted: Annotated[bool, typer.Option("--json", help="Print JSON for programs.")] = False,
) -> None:
    """Compare the processor time of each operation with what was kept, both as ratios to a bare route of the same run.

    The status is 1 when an operation takes over a tenth more than was kept of it, also when it is measured again, and 2
    when something could not be measured, or only with rounds too few and too far apart to say anything.
    """
    progress, before = Console(stderr=True, highlight=False), kept.read()
    progress.print(f"[dim]{description()}[/dim]")
    with tempfile.TemporaryDirectory(prefix="doorward-bench-") as place, chdir(place):
        run = Run(Path(place), 1, seconds, is_quick=True, say=lambda step: progress.print(f"[dim]{step}[/dim]"))
        try:
            measured = _measured(run, before.ratios if before else {}, only=only or ())
        except* (CannotMeasure, OSError) as errors:
            progress.print(f"[red]Not measured:[/red] {'; '.join(str(error) for error in leaves(errors))}")
            raise typer.Exit(_UNMEASURED) from None
    ratios = {each.operation.name: each.ratio for each in measured}
    now = Kept(_today(), description(), {**(before.ratios if before and only else {}), **ratios})
    found = {each.operation.name: _judged(each, before.ratios if before else {}) for each in measured}
    _print(measured, found, before, is_json=json_wanted)
    if keep:
        kept.PLACE.write_text(now.text(), encoding="utf-8")
        progress.print(f"These figures are kept in {kept.PLACE}.")
    raise typer.Exit(0 if keep else _status(found.values()))


def _measured(run: Run, ratios: Mapping[str, float], *, only: Collection[str]) -> Sequence[Measured]:
    """Measure everything, and again what seems slower, until all that was measured clears it or time is up."""
    run.say("filling the store")
    with turns(run) as both:
        run.say("warming up")
        both.warm_up()
        run.say("measuring, in turns with a bare route")
        chosen = [each for each in both.measured if not only or each.operation.name in only]
        if not chosen:
            known = ", ".join(each.operation.name for each in both.measured)
            raise CannotMeasure(f"there is none of {', '.join(only)}; there are {known}")
        both.go(chosen, seconds=run.seconds)
        for _ in range(_TIMES_AGAIN):
            suspects = [each for each in chosen if _judged(each, ratios) in _SUSPECT]
            if suspects:
                run.say(f"measuring again: {', '.join(each.operation.name for each in suspects)}")
                both.go(suspects, seconds=run.seconds * _AGAIN)
        return chosen


def _status(found: Collection[Verdict]) -> int:
    if Verdict.SLOWER in found:
        return 1
    return _UNMEASURED if Verdict.UNCERTAIN in found else 0


def _judged(each: Measured, ratios: Mapping[str, float]) -> Verdict:
    return judge(each.ratio, ratios.get(each.operation.name), margin=each.margin)


def _print(measured: Sequence[Measured], found: Mapping[str, Verdict], before: Kept | None, *, is_json: bool) -> None:
    ratios = before.ratios if before else {}
    if is_json:
        rows = [
            {
                "operation": each.operation.name,
                "microseconds": round(each.microseconds, 1),
                "ratio": round(each.ratio, 3),
                "rounds": len(each.ours),
                "spread": round(each.spread, 3),
                "kept": ratios.get(each.operation.name),
                "verdict": found[each.operation.name].value,
            }
            for each in measured
        ]
        print(json.dumps({"at": _today(), "machine": description(), "rows": rows}, indent=2))
        return
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, caption=_caption(before), caption_justify="left")
    for heading in ("processor time of", "µs", "÷ the bare route", "rounds", "spread", "kept", "change", ""):
        table.add_column(heading, justify="left" if heading in {"", "processor time of"} else "right")
    for each in measured:
        name, was = each.operation.name, ratios.get(each.operation.name)
        change = "" if was is None else f"{each.ratio / was - 1:+.0%}"
        shown = "" if was is None else f"{was:.2f}"
        rounds, spread = str(len(each.ours)), f"{each.spread:.0%}"
        figures = (f"{each.microseconds:.0f}", f"{each.ratio:.2f}", rounds, spread, shown, change)
        table.add_row(name, *figures, _MARKS[found[name]])
    width = None if sys.stdout.isatty() else _WIDTH_IN_FILES
    Console(highlight=False, width=width).print(table)


def _caption(before: Kept | None) -> str:
    if before is None:
        return "Nothing is kept yet; --keep keeps these figures."
    return f"Kept on {before.at}: {before.machine}. Slower is what takes over {MOST - 1:.0%} more."


def _today() -> str:
    return f"{SystemClock().now():%Y-%m-%d}"


if __name__ == "__main__":
    typer.run(main)
