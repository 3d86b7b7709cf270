"""`python -m benchmarks.peers`: install the peers, measure them in turns, and print them side by side."""

import signal
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import chdir, nullcontext
from pathlib import Path
from typing import Annotated, Final, TypeVar

import typer
from rich.console import Console

from benchmarks.machine import description
from benchmarks.peers.installing import ENVIRONMENTS
from benchmarks.peers.known import PEERS
from benchmarks.peers.peer import Operation, Peer
from benchmarks.peers.results import markdown
from benchmarks.peers.results.run import Described, Gap, KeptRun, read, together, write
from benchmarks.peers.results.table import notes, table
from benchmarks.peers.running import beyond, growth
from benchmarks.peers.running.rounds import Found, Frame, measure_rounds
from benchmarks.peers.running.servers import FAILURES, Grounds
from benchmarks.postgres import postgres_server
from doorward.adapters.clock.system import SystemClock

ChosenT = TypeVar("ChosenT")
_ROUNDS: Final = 3
_SECONDS: Final = 4.0
_QUICK_SECONDS: Final = 1.0
_WIDTH_IN_FILES: Final = 160
_BEYOND: Final = ("starts", "disk", "flood", "growth")
_NAMES: Final = ", ".join(peer.name for peer in PEERS)
_OPERATIONS: Final = ", ".join((*Operation, *_BEYOND))


def main(
    *,
    only: Annotated[list[str] | None, typer.Option(help=f"Measure this peer alone; may be repeated: {_NAMES}.")] = None,
    operation: Annotated[
        list[str] | None, typer.Option(help=f"Measure this alone; may be repeated: {_OPERATIONS}.")
    ] = None,
    rounds: Annotated[int, typer.Option(min=1, help="How often each figure is measured, in turns.")] = _ROUNDS,
    seconds: Annotated[float, typer.Option(min=1, help="How long one figure of one round is measured.")] = _SECONDS,
    quick: Annotated[bool, typer.Option("--quick", help="One second a figure, smaller stores: rough figures.")] = False,
    folder: Annotated[Path | None, typer.Option(help="Where stores are; its disk is the one that is measured.")] = None,
    json: Annotated[Path | None, typer.Option("--json", help="Keep the run in this file.")] = None,
    table_of: Annotated[
        list[Path] | None,
        typer.Option("--table", help="Measure nothing: write the tables of README and docs from these kept runs."),
    ] = None,
) -> None:
    """Measure every peer at every operation, and print the table; or write tables from runs that were kept.

    The status is 0 unless something could not be measured.
    """
    if table_of:
        markdown.write_pages(together([read(file) for file in table_of]))
        return
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that servers are ended, whoever ends the run
    kept = json.absolute() if json else None
    console = Console(stderr=True, highlight=False)
    console.print(f"[dim]{description()}[/dim]")
    chosen = _chosen(only or (), {peer.name: peer for peer in PEERS})
    wanted = _chosen(operation or (), {name: name for name in (*Operation, *_BEYOND)})
    length = _QUICK_SECONDS if quick else seconds
    found = Found()
    # From in there no settings of a project are found, here or by the servers that are started.
    with tempfile.TemporaryDirectory(prefix="peers-", dir=folder) as place, chdir(place):
        _measure(chosen, wanted, Path(place), found, rounds=rounds, seconds=length, quick=quick, say=_teller(console))
    run = _kept(chosen, found, rounds=rounds, seconds=length)
    if kept:
        write(run, kept)
    width = None if sys.stdout.isatty() else _WIDTH_IN_FILES
    printer = Console(highlight=False, width=width)
    printer.print(table(run))
    printer.print(notes(run))
    raise typer.Exit(1 if run.gaps else 0)


def _chosen(names: Sequence[str], known: Mapping[str, ChosenT]) -> Sequence[ChosenT]:
    unknown = set(names) - known.keys()
    if unknown:
        raise typer.BadParameter(f"there is no {', '.join(sorted(unknown))}; there are {', '.join(known)}")
    return [one for name, one in known.items() if not names or name in names]


def _measure(
    peers: Sequence[Peer],
    wanted: Sequence[str],
    folder: Path,
    found: Found,
    *,
    rounds: int,
    seconds: float,
    quick: bool,
    say: Callable[[str], None],
) -> None:
    ready = [peer for peer in peers if _is_installed(peer, found, say)]
    operations = [operation for operation in Operation if operation in wanted]
    needs_database = any(peer.needs_postgresql for peer in ready)
    with postgres_server(folder / "postgresql") if needs_database else nullcontext() as database:
        frame = Frame(Grounds(folder, ENVIRONMENTS, database), rounds, seconds, operations, say)
        measure_rounds(ready, frame, found)
        if "starts" in wanted:
            beyond.measure_starts(ready, frame, found)
        if "disk" in wanted:
            beyond.measure_disk(ready, frame, found)
        if "flood" in wanted:
            beyond.measure_flood(ready, frame, found)
        if "growth" in wanted:
            growth.measure_growth(ready, frame, found, sizes=growth.QUICK_SIZES if quick else growth.SIZES)


def _is_installed(peer: Peer, found: Found, say: Callable[[str], None]) -> bool:
    try:
        peer.install(ENVIRONMENTS / peer.environment, say)
    except FAILURES as error:
        found.gaps.append(Gap(peer.name, "everything", str(error)))
        return False
    return True


def _teller(progress: Console) -> Callable[[str], None]:
    return lambda step: progress.print(f"[dim]{step}[/dim]")


def _kept(peers: Sequence[Peer], found: Found, *, rounds: int, seconds: float) -> KeptRun:
    described = [
        Described(
            peer.name,
            peer.title,
            peer.language,
            peer.store,
            peer.password_hash,
            dict(peer.versions),
            {str(operation): said for operation, said in peer.less.items()},
        )
        for peer in peers
    ]
    return KeptRun(
        at=f"{SystemClock().now():%Y-%m-%d %H:%M} UTC",
        machine=description(),
        rounds=rounds,
        seconds=seconds,
        peers=tuple(described),
        lines=tuple(found.lines),
        beside=tuple(found.beside),
        gaps=tuple(found.gaps),
    )


if __name__ == "__main__":
    typer.run(main)
