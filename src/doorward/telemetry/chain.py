"""From an event to a line of log."""

import json
from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache, partial
from typing import Final

import structlog

from doorward.core.kernel import cause
from doorward.telemetry.redaction import redacted

LEVELS: Final = {"debug": 10, "info": 20, "warning": 30, "error": 40}
_NAMES: Final = {number: name for name, number in LEVELS.items()}
_JSON: Final = json.JSONEncoder(default=str)

Kept = tuple[tuple[str, object], ...]
"""Members that many events have in common, as pairs of name and value."""


@dataclass(frozen=True, slots=True)
class Shape:
    """How events are written as lines.

    `whole` writes an event that lacks nothing, with a trace below it where it has one. What many have in common `frame`
    writes once, as what stands before the time, after it, and at the end, if this shape can; before the end comes what
    `rest` writes of the others.
    """

    whole: Callable[[dict[str, object]], str]
    frame: Callable[[dict[str, object]], tuple[str, str, str]] | None = None
    rest: Callable[[Mapping[str, object]], str] = str


class Chain:
    """Writes the events of this process: secrets are taken out, and what each must carry is added.

    Every change that goes well has its line, and structlog's own processors take twice as long for it. Events that
    come through structlog have it as their one processor.
    """

    def __init__(self, minimum: int, shape: Shape, write: Callable[[str], object]) -> None:
        self.minimum = minimum
        self._shape = shape
        self._write = write
        self._frame = shape.frame and lru_cache(maxsize=512)(partial(_framed, shape.frame))

    def say(self, level: int, event: str, part: str, values: Mapping[str, object], kept: Kept = ()) -> None:
        """Write an event of a part of the house, if it is grave enough; one with `kept` names its request itself."""
        if level < self.minimum:
            return
        if kept and self._frame is not None:
            before, after, end = self._frame(level, event, part, kept)
            self._write(f"{before}{_now()}{after}{self._shape.rest(redacted(values))}{end}\n")
        else:
            told = {"logger_name": f"doorward.{part}", **dict(kept), **values, "event": event}
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
        told["timestamp"] = _now()
        return self._shape.whole(told)


def _framed(
    frame: Callable[[dict[str, object]], tuple[str, str, str]], level: int, event: str, part: str, kept: Kept
) -> tuple[str, str, str]:
    told = redacted({"logger_name": f"doorward.{part}", **dict(kept), "event": event})
    return frame(told | {"level": _NAMES[level]})


def _now() -> str:
    """Return the time, as it stands in a line."""
    return f"{datetime.now(UTC).isoformat().removesuffix('+00:00')}Z"  # noqa: TID251 (when it is written)


def shape_of(log_format: str, *, is_terminal: bool) -> Shape:
    """Return how events are written: as `json`, or for the `console`.

    Raises: KeyError, when there is no such format.
    """
    shapes = {
        "json": Shape(_JSON.encode, _in_json, _rest_in_json),
        "console": Shape(_plainly, _in_words, _rest_in_words),
    }
    return Shape(_in_colours()) if is_terminal and log_format == "console" else shapes[log_format]


def _in_json(told: dict[str, object]) -> tuple[str, str, str]:
    return '{"timestamp": "', f'"{_rest_in_json(told)}', "}"


def _rest_in_json(told: Mapping[str, object]) -> str:
    return f", {_JSON.encode(told)[1:-1]}" if told else ""


def _in_colours() -> Callable[[dict[str, object]], str]:
    return partial(structlog.dev.ConsoleRenderer(), None, "")


def _plainly(event: dict[str, object]) -> str:
    """Return an event as people read it where there are no colours, in a fraction of a console renderer's time."""
    time, trace = event.pop("timestamp"), event.pop("exception", None)
    before, after, end = _in_words(event)
    told = f"{before}{time}{after}{end}"
    return f"{told}\n{trace}" if trace else told


def _in_words(event: dict[str, object]) -> tuple[str, str, str]:
    level, what = event.pop("level"), str(event.pop("event", ""))
    return "", f" [{level}] {what if what.isprintable() else repr(what)}{_rest_in_words(event)}", ""


def _rest_in_words(told: Mapping[str, object]) -> str:
    return "".join([f" {key}={_quoted(value)}" for key, value in told.items()])


def _quoted(value: object) -> str:
    text = value if isinstance(value, str) else str(value)
    is_one_word = text.isprintable() and " " not in text and '"' not in text
    return text if is_one_word else repr(text)
