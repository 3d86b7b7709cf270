"""What a bench is given: how long to measure, how often, where to write, and whom to tell how far it is."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.report import Row


class CannotMeasure(Exception):
    """A bench cannot give its figures; the message says why."""


@dataclass(frozen=True, slots=True)
class Run:
    """The frame of one run. `seconds` is how long one figure of one round is measured."""

    folder: Path
    rounds: int
    seconds: float
    is_quick: bool
    say: Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Bench:
    """Something to measure, by the name that `--only` takes."""

    name: str
    title: str
    measure: Callable[[Run], Sequence[Row]]


def leaves(errors: BaseExceptionGroup[BaseException]) -> Iterator[BaseException]:
    """Yield the errors in a group, and in the groups in it."""
    for error in errors.exceptions:
        if isinstance(error, BaseExceptionGroup):
            yield from leaves(error)
        else:
            yield error
