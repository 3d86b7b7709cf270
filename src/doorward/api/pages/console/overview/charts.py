"""Charts, drawn on the server: where each bar and line is, for the template to write as SVG."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from doorward.core.operating.overview.slices import KEPT_FOR, Slice

PARTS: Final = 30
"""How many parts an hour is shown in."""

WIDTH: Final = 640
HEIGHT: Final = 200
_LEFT: Final = 64
_RIGHT: Final = 8
_TOP: Final = 10
_BOTTOM: Final = 28
_GAP: Final = 2
_STEPS: Final = 4

Values = Sequence[float | None]


@dataclass(frozen=True, slots=True)
class Series:
    """One thing that is shown, by its name. `look` is "a" or "b": two that can be told apart without colours."""

    name: str
    look: str
    values: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Bar:
    """A rectangle of a series."""

    x: float
    y: float
    width: float
    height: float
    look: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a series, as the path of an SVG; where there is no value, it is broken."""

    path: str
    look: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A text beside an axis, and where it stands."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart with its title, what it shows in one sentence, and what is drawn."""

    id: str
    title: str
    summary: str
    unit: str
    series: tuple[Series, ...]
    untils: tuple[datetime, ...]
    bars: tuple[Bar, ...]
    lines: tuple[Line, ...]
    rows: tuple[Mark, ...]
    columns: tuple[Mark, ...]

    @property
    def is_empty(self) -> bool:
        """Tell whether there is nothing to draw yet."""
        return not self.untils


def of_instance(parts: Sequence[Slice]) -> tuple[Chart, ...]:
    """Return the charts of an instance: sign-ins, how long answers took, and the queue."""
    signed_in = Series("Accepted", "a", tuple(part.signed_in for part in parts))
    refused = Series("Refused", "b", tuple(part.refused for part in parts))
    median = Series("Median", "a", tuple(part.median for part in parts))
    slowest = Series("19 of 20 within", "b", tuple(part.slowest for part in parts))
    ready = Series("Waiting", "a", tuple(part.ready for part in parts))
    dead = Series("Given up", "b", tuple(part.dead for part in parts))
    totals = f"{_total(signed_in)} accepted and {_total(refused)} refused here in the last hour."
    took = f"Of {sum(part.answered for part in parts):,} answers here, half within {_last(median)} ms just now."
    queue = f"{_last(ready)} jobs wait, {_last(dead)} are given up, of all instances."
    return (
        _bars("sign-ins", "Sign-ins", totals, (signed_in, refused), parts),
        _lines("durations", "How long answers take, in milliseconds", took, (median, slowest), parts, unit="ms"),
        _lines("queue", "Jobs in the queue", queue, (ready, dead), parts),
    )


def of_refusals(parts: Sequence[Slice]) -> tuple[Chart, ...]:
    """Return the chart of what limits and wrong passwords kept out."""
    limited = Series("By a limit", "a", tuple(part.limited for part in parts))
    refused = Series("Wrong sign-ins", "b", tuple(part.refused for part in parts))
    summary = f"{_total(limited)} requests by a limit, {_total(refused)} sign-ins, here in the last hour."
    return (_bars("refusals", "Refusals", summary, (limited, refused), parts),)


def nice(most: float) -> float:
    """Return a round number that is not below the greatest value, and whose quarters are whole, from 4, 8 and 20 on."""
    power = 10.0 ** max(0, math.floor(math.log10(most)) - 1) if most > 0 else 1.0
    return next(step * power for step in (4, 8, 20, 40, 80, 200) if step * power >= most)


def _bars(name: str, title: str, summary: str, series: tuple[Series, ...], parts: Sequence[Slice]) -> Chart:
    sums = [sum(each.values[place] or 0 for each in series) for place in range(len(parts))]
    top = nice(max(sums, default=0))
    bars = []
    for place, part in enumerate(parts):
        below, x = 0.0, _x(part.since, parts)
        for each in series:
            value = each.values[place] or 0
            if value:
                height, width = _scaled(value, top), max(_x(part.until, parts) - x - _GAP, 1)
                below += height
                bars.append(Bar(_round(x), _round(_floor() - below), _round(width), _round(height), each.look))
    return Chart(name, title, summary, "", series, _untils(parts), tuple(bars), (), _rows(top), _columns())


def _lines(
    name: str, title: str, summary: str, series: tuple[Series, ...], parts: Sequence[Slice], *, unit: str = ""
) -> Chart:
    top = nice(max((value for each in series for value in each.values if value is not None), default=0))
    lines = tuple(Line(_path(each.values, top, parts), each.look) for each in series)
    return Chart(name, title, summary, unit, series, _untils(parts), (), lines, _rows(top), _columns())


def _path(values: Values, top: float, parts: Sequence[Slice]) -> str:
    steps, is_drawing = [], False
    for value, part in zip(values, parts, strict=True):
        if value is not None:
            x, y = _x(part.until, parts), _floor() - _scaled(value, top)
            steps.append(f"{'L' if is_drawing else 'M'}{_round(x)} {_round(y)}")
        is_drawing = value is not None
    return "".join(steps)


def _floor() -> int:
    return HEIGHT - _BOTTOM


def _scaled(value: float, top: float) -> float:
    return value / top * (_floor() - _TOP)


def _x(at: datetime, parts: Sequence[Slice]) -> float:
    """Return where a moment is: the latest one at the right, and an hour before it at the left."""
    return WIDTH - _RIGHT - (WIDTH - _LEFT - _RIGHT) * ((parts[-1].until - at) / KEPT_FOR)


def _rows(top: float) -> tuple[Mark, ...]:
    values = [top * step / _STEPS for step in range(_STEPS + 1)]
    return tuple(Mark(_round(_floor() - _scaled(value, top)), f"{value:,.0f}") for value in values)


def _columns() -> tuple[Mark, ...]:
    """Return how long ago it was, which is the same wherever the reader is."""
    wide = WIDTH - _LEFT - _RIGHT
    words = ("60 min ago", "45", "30", "15", "now")
    return tuple(Mark(_round(_LEFT + wide * place / (len(words) - 1)), word) for place, word in enumerate(words))


def _untils(parts: Sequence[Slice]) -> tuple[datetime, ...]:
    return tuple(part.until for part in parts)


def _total(series: Series) -> str:
    return f"{sum(value or 0 for value in series.values):,.0f}"


def _last(series: Series) -> str:
    known = [value for value in series.values if value is not None]
    return f"{known[-1]:,.0f}" if known else "no"


def _round(value: float) -> float:
    return round(value, 1)
