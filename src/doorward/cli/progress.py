"""How far something long is: a bar on the terminal for people, lines of JSON for programs. Both go to stderr."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import monotonic
from typing import Final

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from doorward.core.moving.ports import Tells

_SECONDS_BETWEEN_LINES: Final = 1.0


@dataclass(slots=True)
class Lines(Tells):
    """Writes a line at each step's begin, and then one a second."""

    step: str = ""
    total: int = 0
    done: int = 0
    _began_at: float = field(default_factory=monotonic, init=False)
    _next_at: float = field(default=0.0, init=False)

    def begin(self, step: str, total: int) -> None:
        """Begin a step."""
        self.step, self.total, self.done = step, total, 0
        self._began_at = monotonic()
        self._write("", self._began_at)

    def forward(self, kind: str, records: int) -> None:
        """Go on."""
        self.done += records
        now = monotonic()
        if now >= self._next_at:
            self._write(kind, now)

    def _write(self, kind: str, now: float) -> None:
        self._next_at = now + _SECONDS_BETWEEN_LINES
        took = now - self._began_at
        rate = round(self.done / took) if took > 0 else 0
        members = {"step": self.step, "kind": kind, "done": self.done, "total": self.total, "records_a_second": rate}
        typer.echo(json.dumps(members), err=True)


@dataclass(slots=True)
class Bar(Tells):
    """Draws a bar a step, with the rate and the time that remains."""

    progress: Progress
    task: TaskID | None = None

    def begin(self, step: str, total: int) -> None:
        """Begin a step."""
        self.task = self.progress.add_task(step, total=total, kind="")

    def forward(self, kind: str, records: int) -> None:
        """Go on."""
        if self.task is not None:
            self.progress.update(self.task, advance=records, kind=kind)


class _Rate(ProgressColumn):
    """Shows how many records a second go through."""

    def render(self, task: Task) -> Text:
        """Return the rate, once there is one."""
        speed = task.finished_speed or task.speed
        return Text(f"{speed:,.0f} records/s" if speed else "")


@contextmanager
def progress(*, is_json: bool) -> Iterator[Tells]:
    """Show how far it is while the block runs; where nobody watches, as in a pipe, a person is shown nothing."""
    if is_json:
        yield Lines()
        return
    console = Console(stderr=True, highlight=False)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        _Rate(),
        TimeRemainingColumn(),
        TextColumn("[dim]{task.fields[kind]}[/dim]"),
    )
    with Progress(*columns, console=console, disable=not console.is_terminal) as drawn:
        yield Bar(drawn)
