"""From an event to a line of log."""

import json
from collections.abc import Callable, Mapping, MutableMapping
from datetime import UTC, datetime
from functools import partial
from typing import Final

import structlog

from doorward.core.kernel import cause
from doorward.telemetry.redaction import redacted

LEVELS: Final = {"debug": 10, "info": 20, "warning": 30, "error": 40}
_NAMES: Final = {number: name for name, number in LEVELS.items()}
_JSON: Final = json.JSONEncoder(default=str)

Shape = Callable[[dict[str, object]], str]
"""Writes an event that lacks nothing as a line, with a trace below it where it has one."""


class Chain:
    """Writes the events of this process: secrets are taken out, and what each must carry is added.

    Every change that goes well has its line, and structlog's own processors take twice as long for it. Events that
    come through structlog have it as their one processor.
    """

    def __init__(self, minimum: int, shape: Shape, write: Callable[[str], object]) -> None:
        self.minimum = minimum
        self._shape = shape
        self._write = write

    def say(self, level: int, event: str, part: str, values: Mapping[str, object]) -> None:
        """Write an event of a part of the house, if it is grave enough."""
        if level >= self.minimum:
            told = {"logger_name": f"doorward.{part}", **values, "event": event}
            self._write(f"{self._line(_NAMES[level], told)}\n")

    def __call__(self, logger: object, method: str, event: MutableMapping[str, object]) -> str:
        """Return the line of an event that came through structlog."""
        named = structlog.processors.add_log_level(logger, method, event)
        return self._line(str(named["level"]), event)

    def _line(self, level: str, event: MutableMapping[str, object]) -> str:
        request_id = cause.request_id()
        if request_id is not None and "request_id" not in event:
            event["request_id"] = request_id
        if event.get("exc_info"):
            event = structlog.processors.format_exc_info(None, level, event)
        told = redacted(event)
        told["level"] = level
        told["timestamp"] = f"{datetime.now(UTC).replace(tzinfo=None).isoformat()}Z"  # noqa: TID251 (when it is written)
        return self._shape(told)


def shape_of(log_format: str, *, is_terminal: bool) -> Shape:
    """Return how events are written: as `json`, or for the `console`.

    Raises: KeyError, when there is no such format.
    """
    return {"json": _JSON.encode, "console": _in_colours() if is_terminal else _plainly}[log_format]


def _in_colours() -> Shape:
    return partial(structlog.dev.ConsoleRenderer(), None, "")


def _plainly(event: dict[str, object]) -> str:
    """Return an event as people read it where there are no colours, in a fraction of a console renderer's time."""
    what = str(event.pop("event", ""))
    head = f"{event.pop('timestamp')} [{event.pop('level')}] {what if what.isprintable() else repr(what)}"
    trace = event.pop("exception", None)
    told = " ".join([head, *[f"{key}={_quoted(value)}" for key, value in event.items()]])
    return f"{told}\n{trace}" if trace else told


def _quoted(value: object) -> str:
    if isinstance(value, int | float):
        return str(value)
    text = str(value)
    is_one_word = text.isprintable() and " " not in text and '"' not in text
    return text if is_one_word else repr(text)
