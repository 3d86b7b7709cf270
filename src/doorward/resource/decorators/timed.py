"""`@timed`: how long calls take."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from time import perf_counter
from typing import Final

from doorward.resource.decorators.around import P, R, around, name_of

Report = Callable[[str, timedelta], object]
_LOG: Final = logging.getLogger("doorward.timing")  # noqa: TID251 (the application's own log: this is its process)


def timed(report: Report | None = None) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Tell how long each call takes, also one that fails: `report` is given the function's name and the time.

    Without `report` it goes to the log `doorward.timing`, on the level of debugging.
    """
    told = report or _log

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        name = name_of(function)

        @contextmanager
        def entered(*_args: object, **_kwargs: object) -> Iterator[None]:
            began = perf_counter()
            try:
                yield
            finally:
                told(name, timedelta(seconds=perf_counter() - began))

        return around(function, entered)

    return decorate


def _log(name: str, took: timedelta) -> None:
    _LOG.debug("%s took %.6f s", name, took.total_seconds())
