"""What a run found: rows, each with a goal, as a table for people and as JSON for programs."""

import json
import statistics
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Final

from rich import box
from rich.table import Table

_HUNDREDS: Final = 100
_TENS: Final = 10


@dataclass(frozen=True, slots=True)
class Spread:
    """What the rounds of a run gave: the middle one, and how far apart they were."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> "Spread":
        """Return the spread of at least one value."""
        return cls(statistics.median(values), min(values), max(values))

    @classmethod
    def of_each(cls, ones: Sequence[float], others: Sequence[float], by: Callable[[float, float], float]) -> "Spread":
        """Return the spread of pairs that were measured in the same round."""
        return cls.of([by(one, other) for one, other in zip(ones, others, strict=True)])

    def __str__(self) -> str:
        if self.low == self.high:
            return number(self.median)
        return f"{number(self.median)} ({number(self.low)} to {number(self.high)})"


class Relation(StrEnum):
    """How a figure stands to its goal when it is met."""

    AT_LEAST = "≥"
    AT_MOST = "≤"
    BELOW = "<"


@dataclass(frozen=True, slots=True)
class Goal:
    """What the middle round has to reach."""

    relation: Relation
    value: float

    def is_met_by(self, figure: float) -> bool:
        """Tell whether a figure reaches the goal."""
        match self.relation:
            case Relation.AT_LEAST:
                return figure >= self.value
            case Relation.AT_MOST:
                return figure <= self.value
            case Relation.BELOW:
                return figure < self.value

    def __str__(self) -> str:
        return f"{self.relation} {number(self.value)}"


@dataclass(frozen=True, slots=True)
class Row:
    """One figure. `limit` and `ours` say in words what a ratio was made of; `note` what else the reader should know."""

    bench: str
    what: str
    figure: Spread
    unit: str = ""
    goal: Goal | None = None
    limit: str = ""
    ours: str = ""
    note: str = ""

    @property
    def is_met(self) -> bool | None:
        """Whether the goal is met; None when the row has none."""
        return None if self.goal is None else self.goal.is_met_by(self.figure.median)


@dataclass(frozen=True, slots=True)
class Unmeasured:
    """A bench that gave no figures, and why."""

    bench: str
    reason: str


def at_least(value: float) -> Goal:
    """Return the goal of reaching `value`."""
    return Goal(Relation.AT_LEAST, value)


def at_most(value: float) -> Goal:
    """Return the goal of not exceeding `value`."""
    return Goal(Relation.AT_MOST, value)


def below(value: float) -> Goal:
    """Return the goal of staying under `value`."""
    return Goal(Relation.BELOW, value)


def table(rows: Sequence[Row], unmeasured: Sequence[Unmeasured], *, caption: str) -> Table:
    """Return the rows as a table: the middle round, and in brackets the lowest and the highest."""
    drawn = Table(box=box.SIMPLE_HEAD, caption=caption, caption_justify="left", pad_edge=False)
    for heading in ("what", "this machine's limit", "Doorward", "figure", "goal", ""):
        drawn.add_column(heading, overflow="fold")
    for row in rows:
        what = f"{row.what}\n[dim]{row.note}[/dim]" if row.note else row.what
        figure = f"[bold]{row.figure}[/bold] {row.unit}".rstrip()
        drawn.add_row(what, row.limit, row.ours, figure, str(row.goal or ""), _verdict(row))
    for missing in unmeasured:
        drawn.add_row(missing.bench, "", "", missing.reason, "", "[red]not measured[/red]")
    return drawn


def as_json(rows: Sequence[Row], unmeasured: Sequence[Unmeasured], *, machine: str, at: str) -> str:
    """Return the run as JSON."""
    listed = [asdict(row) | {"goal": str(row.goal or "") or None, "is_met": row.is_met} for row in rows]
    missing = [asdict(one) for one in unmeasured]
    members = {"at": at, "machine": machine, "rows": listed, "unmeasured": missing}
    return json.dumps(members, ensure_ascii=False, indent=2)


def _verdict(row: Row) -> str:
    match row.is_met:
        case None:
            return ""
        case True:
            return "[green]met[/green]"
        case False:
            return "[red]missed[/red]"


def number(value: float) -> str:
    """Return a figure with as many places as one reads."""
    if value >= _HUNDREDS:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= _TENS else f"{value:.2f}"
