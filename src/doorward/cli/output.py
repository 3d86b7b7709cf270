"""How commands speak: tables and sentences to people, JSON to programs."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NoReturn

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

Value = str | int | float | bool | None | Sequence["Value"] | Mapping[str, "Value"]
"""What JSON can say."""


@dataclass(frozen=True, slots=True)
class Voice:
    """Speaks JSON where `is_json`, else to people."""

    is_json: bool

    def table(self, rows: Iterable[Mapping[str, Value]], *, columns: Sequence[str], empty: str) -> None:
        """Print rows; `empty` is what people read when there are none."""
        listed = list(rows)
        if self.is_json:
            _print_json(listed)
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
        for name, value in members.items():
            grid.add_row(f"[bold]{escape(name)}[/bold]", escape(_show(value)))
        _console().print(grid)

    def done(self, sentence: str, members: Mapping[str, Value]) -> None:
        """Say what was done; programs get the members."""
        if self.is_json:
            _print_json(members)
        else:
            _console().print(f"[green]✓[/green] {escape(sentence)}")

    def note(self, sentence: str) -> None:
        """Say something that only people need."""
        if not self.is_json:
            _console().print(escape(sentence), soft_wrap=True)

    def refuse(self, what: str, *, code: str, remedy: str | None = None) -> NoReturn:
        """Say what is wrong and what to do about it, and end with status 1."""
        if self.is_json:
            _print_json({"error": {"code": code, "detail": what, "remedy": remedy}})
        else:
            console = Console(stderr=True, highlight=False)
            console.print(f"[red]✗[/red] {escape(what)}", soft_wrap=True)
            if remedy:
                console.print(f"  {escape(remedy)}", soft_wrap=True)
        raise typer.Exit(1)

    def refuse_all(self, problems: Iterable[tuple[str, str, str]]) -> NoReturn:
        """Say everything that is wrong, each with why it matters and what to do, and end with status 1."""
        listed = list(problems)
        if self.is_json:
            _print_json({"errors": [dict(zip(("what", "why", "remedy"), problem, strict=True)) for problem in listed]})
        console = Console(stderr=True, highlight=False)
        for what, why, remedy in () if self.is_json else listed:
            console.print(f"[red]✗[/red] {escape(what)}", soft_wrap=True)
            console.print(f"  {escape(why)}\n  [bold]{escape(remedy)}[/bold]", soft_wrap=True)
        raise typer.Exit(1)


def _console() -> Console:
    return Console(highlight=False)


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
