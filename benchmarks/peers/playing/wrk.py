"""A play, played by wrk: what `play.lua` is given, how it is started and ended, and what it says."""

import json
import shutil
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from tempfile import mkdtemp
from typing import Final, TextIO

from benchmarks.load import CALLERS
from benchmarks.machine import REST, on_cores
from benchmarks.peers.playing.play import Deal, Play, Slot, Step, Text, Variables
from benchmarks.processes import HOST
from benchmarks.run import CannotMeasure

_SCRIPT: Final = Path(__file__).with_name("play.lua")
_SAID: Final = "FIGURES "
_LONGEST_WAIT_SECONDS: Final = 60
_END: Final = "ENDED\n"
_MOST_A_SECOND: Final = 5_000
_HANDFUL: Final = 500


@dataclass(frozen=True, slots=True)
class Played:
    """What wrk saw. A turn is once round the play's steps; latencies are those of single requests."""

    requests: int
    turns: int
    seconds: float
    p50_milliseconds: float
    p99_milliseconds: float


@dataclass(frozen=True, slots=True)
class Manner:
    """How a play is played: for how long, by how many callers, each with a pause before a request or without.

    However short the time is, each caller goes round `least_turns` times. With `any_status` an answer of another status
    ends a turn, and nothing else: what a flood is answered is no matter.
    """

    seconds: float
    callers: int = CALLERS
    pause_milliseconds: int = 0
    least_turns: int = 1
    any_status: bool = False


@contextmanager
def playing(play: Play, rows: Sequence[Variables], *, port: int, folder: Path, manner: Manner) -> Iterator["Playing"]:
    """Start wrk with rows that were dealt, on the cores that servers leave free; it has ended with the block.

    Raises: CannotMeasure, where wrk is not here.
    """
    wrk = shutil.which("wrk")
    if wrk is None:
        raise CannotMeasure("wrk is not here; `scripts/system-parts load` brings it")
    place = Path(mkdtemp(prefix="play-", dir=folder))
    steps, table = place / "steps.lua", place / "rows.tsv"
    steps.write_text(script_of(play, port, manner), encoding="utf-8")
    with table.open("w", encoding="utf-8") as sink:
        _write_rows(rows, sink)
    longest = f"{round(manner.seconds) + _LONGEST_WAIT_SECONDS}s"
    command = [
        wrk,
        *(f"-t{manner.callers}", f"-c{manner.callers}", "-d", longest, "--timeout", f"{_LONGEST_WAIT_SECONDS}s"),
        *("-s", str(_SCRIPT), f"http://{HOST}:{port}", "--", str(steps), str(table)),
    ]
    with on_cores(REST):
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)  # noqa: S603
    try:
        yield Playing(process, manner.callers)
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


@dataclass(frozen=True, slots=True)
class Playing:
    """wrk as it runs. Its callers end by themselves, each with an answer, and say so; it would wait for longer."""

    process: subprocess.Popen[str]
    callers: int

    def result(self) -> Played:
        """Return what was seen, when nobody asks any more.

        Raises: CannotMeasure, when anything was answered in another way than the play says.
        """
        said = []
        for line in self.process.stdout or ():
            said.append(line)
            if line == _END and said.count(_END) == self.callers:
                self.process.send_signal(signal.SIGINT)
        return _played("".join(said))


def script_of(play: Play, port: int, manner: Manner) -> str:
    """Return the play as a table of Lua."""
    members = {
        "deal": play.deal.value,
        "callers": manner.callers,
        "seconds": manner.seconds,
        "pause_milliseconds": manner.pause_milliseconds or None,
        "least_turns": manner.least_turns,
        "any_status": manner.any_status,
        "steps": [_step(step, f"localhost:{port}") for step in play.steps],
    }
    return f"return {_lua(members)}\n"


def dealt(play: Play, manner: Manner) -> Sequence[Variables]:
    """Return the rows that are dealt out to so many callers in so much time.

    Raises: CannotMeasure, when there are too few.
    """
    most = {
        Deal.KEPT: manner.callers,
        Deal.IN_TURN: max(_HANDFUL, manner.callers),
        Deal.ONCE: round(manner.seconds + 1) * _MOST_A_SECOND,
    }
    rows = play.rows(most[play.deal])
    if len(rows) < manner.callers and play.deal is not Deal.IN_TURN:
        raise CannotMeasure(f"{manner.callers} callers were given {len(rows)} rows")
    return rows if len(rows) >= manner.callers else [rows[number % len(rows)] for number in range(manner.callers)]


def _step(step: Step, host: str) -> Mapping[str, object]:
    head, body = step.head(host), step.body()
    takes = [
        {"name": name, "after": take.after, "before": take.before, "header": take.header and take.header.lower()}
        for name, take in step.takes.items()
    ]
    return {
        "head": _parts(head),
        "body": None if body is None else _parts(body),
        "is_fixed": not any(isinstance(part, Slot) for part in chain(head, body or ())),
        "status": step.status,
        "takes": takes,
    }


def _parts(text: Text) -> Sequence[object]:
    return [{"name": part.name, "form": part.in_form} if isinstance(part, Slot) else part for part in text]


def _write_rows(rows: Sequence[Variables], sink: TextIO) -> None:
    names = list(rows[0])
    sink.write("\t".join(names) + "\n")
    for row in rows:
        cells = [row[name] for name in names]
        assert not any("\t" in cell or "\n" in cell for cell in cells)
        sink.write("\t".join(cells) + "\n")


def _lua(value: object) -> str:
    """Return a value as Lua writes it."""
    match value:
        case None:
            return "nil"
        case bool():
            return str(value).lower()
        case int() | float():
            return str(value)
        case str():
            return _lua_text(value)
        case Mapping():
            return "{" + ", ".join(f"{name} = {_lua(member)}" for name, member in value.items()) + "}"
        case Sequence():
            return "{" + ", ".join(map(_lua, value)) + "}"
    raise TypeError(f"Lua is not given a {type(value).__name__}")


def _lua_text(text: str) -> str:
    """Return a text of which Lua may read no byte as anything else."""
    return '"' + "".join(f"\\{byte:03d}" for byte in text.encode()) + '"'


def _played(said: str) -> Played:
    _, found, line = said.rpartition(_SAID)
    if not found:
        raise CannotMeasure(f"wrk gave no figures: {said.strip()[-600:]}")
    seen = json.loads(line)
    if seen["failures"] or not seen["turns"]:
        raise CannotMeasure(seen["failure"] or "nothing was answered")
    if seen["broken"]:
        raise CannotMeasure(f"{seen['broken']} connections broke or got no answer")
    return Played(seen["requests"], seen["turns"], seen["seconds"], seen["p50_milliseconds"], seen["p99_milliseconds"])
