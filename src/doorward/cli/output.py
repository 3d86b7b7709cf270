"""How commands speak: tables and sentences to people, JSON to programs."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NoReturn

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from doorward.settings.problems import Problem

_WIDE: Final = 1000

Value = str | int | float | bool | None | Sequence["Value"] | Mapping[str, "Value"]
"""What JSON can say."""


@dataclass(frozen=True, slots=True)
class Voice:
    """Speaks JSON where `is_json`, one document on stdout, else to people."""

    is_json: bool

    def table(
        self,
        rows: Iterable[Mapping[str, Value]],
        *,
        columns: Sequence[str],
        empty: str = "",
        document: Mapping[str, Value] | None = None,
    ) -> None:
        """Print rows; `empty` is what people read when there are none, `document` what programs get instead of them."""
        listed = list(rows)
        if self.is_json:
            _print_json(listed if document is None else document)
            return
        if not listed:
            self.note(empty)
            return
        table = Table(*columns, box=None, pad_edge=False, header_style="bold")
        for row in listed:
            table.add_row(*(escape(_show(row.get(column))) for column in columns))
        _console().print(table)

    def record(self, members: Mapping[str, Value]) -> None:
        """Print one thing, a member a line."""
        if self.is_json:
            _print_json(members)
            return
        grid = Table.grid(padding=(0, 2))
        grid.add_column(no_wrap=True)
        grid.add_column(overflow="fold")
        for name, value in members.items():
            grid.add_row(f"[bold]{escape(name)}[/bold]", escape(_show(value)))
        _console().print(grid)

    def done(self, sentence: str, members: Mapping[str, Value]) -> None:
        """Say what was done; programs get the members."""
        if self.is_json:
            _print_json(members)
        else:
            _console().print(f"[green]✓[/green] {escape(sentence)}", soft_wrap=True)

    def note(self, sentence: str) -> None:
        """Say something that only people need."""
        if not self.is_json:
            _console().print(escape(sentence), soft_wrap=True)

    def clear(self) -> None:
        """Begin the screen anew; what goes into a pipe or to programs is left as it is."""
        if not self.is_json:
            _console().clear()

    def guide(self, title: str, rows: Iterable[tuple[str, str, str]]) -> None:
        """Print what there is, where, and what it is for, in columns that stay whole on a narrow terminal."""
        listed = list(rows)
        widths = [max(len(row[column]) for row in listed) for column in (0, 1)]
        console = _console()
        console.print(f"\n  [bold]{escape(title)}[/bold]\n")
        for name, place, what in listed:
            line = f"  [bold]{escape(name.ljust(widths[0]))}[/bold]  {escape(place.ljust(widths[1]))}"
            console.print(f"{line}  [dim]{escape(what)}[/dim]", soft_wrap=True)

    def verdicts(self, rows: Sequence[Mapping[str, Value]]) -> None:
        """Print checks: what each found, and below it how to mend that."""
        if self.is_json:
            _print_json(rows)
            return
        console = _console()
        width = max(len(str(row["check"])) for row in rows)
        for row in rows:
            mark = "[red]✗[/red]" if row["remedy"] else "[green]✓[/green]"
            name = escape(str(row["check"]).ljust(width))
            console.print(f"{mark} [bold]{name}[/bold]  {escape(str(row['finding']))}", soft_wrap=True)
            if row["remedy"]:
                console.print(f"  {' ' * width}  [bold]{escape(str(row['remedy']))}[/bold]", soft_wrap=True)

    def warn(self, problem: Problem) -> None:
        """Say what is wrong on stderr, and go on."""
        self._complain(problem, mark="[yellow]![/yellow]")

    def refuse(self, *problems: Problem, code: str, found: Mapping[str, Value] | None = None) -> NoReturn:
        """Say all that is wrong, why it matters and what to do about each, and end with status 1.

        `found` is what programs get besides.
        """
        if self.is_json:
            told = [_members(problem) for problem in problems]
            _print_json({"error": code, "problems": told, **(found or {})})
        else:
            for problem in problems:
                self._complain(problem, mark="[red]✗[/red]")
        raise typer.Exit(1)

    @staticmethod
    def _complain(problem: Problem, *, mark: str) -> None:
        console = Console(stderr=True, highlight=False)
        console.print(f"{mark} {escape(problem.what)}", soft_wrap=True)
        if problem.why:
            console.print(f"  {escape(problem.why)}", soft_wrap=True)
        if problem.remedy:
            console.print(f"  [bold]{escape(problem.remedy)}[/bold]", soft_wrap=True)


def _members(problem: Problem) -> Mapping[str, Value]:
    return {"what": problem.what, "why": problem.why, "remedy": problem.remedy}


def _console() -> Console:
    """Return where people read; what goes into a pipe or a file is as wide as it is, so that nothing is cut off."""
    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=_WIDE)


def _print_json(value: Value) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))


def _show(value: Value) -> str:
    match value:
        case None:
            return "-"
        case bool():
            return "yes" if value else "no"
        case str():
            return value
        case Mapping():
            return ", ".join(f"{name}: {_show(held)}" for name, held in value.items())
        case Sequence():
            return ", ".join(_show(held) for held in value) or "-"
        case _:
            return str(value)
