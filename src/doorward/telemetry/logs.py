"""Where log events go, and in which form."""

import logging
import sys
from collections.abc import MutableMapping
from dataclasses import dataclass
from typing import Final, TextIO

import structlog

from doorward.telemetry.lines import LineWriter
from doorward.telemetry.redaction import redact
from doorward.telemetry.request_id import current_request_id

_LEVELS: Final = {"debug": 10, "info": 20, "warning": 30, "error": 40}
_FOREIGN_LOGGERS: Final = ("uvicorn", "uvicorn.error", "asyncio", "sqlalchemy", "alembic")

_BOUND: Final[dict[str, tuple[object, structlog.typing.FilteringBoundLogger, bool]]] = {}


def configure_logs(level: str, log_format: str, *, stream: TextIO | None = None) -> None:
    """Send every event of this process to `stream`, stderr by default, as `json` lines or for the `console`.

    What goes to stderr is written from a thread of its own; a `stream` that is given has it at once.
    Events of libraries that use the standard library's logging go the same way, through the same redaction. Only the
    entry point of a process of ours calls this; inside somebody else's application, logging is theirs.
    Raises: KeyError, when there is no such level or format.
    """
    minimum = _LEVELS[level]
    target = stream or sys.stderr
    writer = LineWriter(target) if stream is None else None
    shared: list[structlog.typing.Processor] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _add_request_id,
    ]
    rendering = _renderers(is_terminal=target.isatty())[log_format]
    structlog.configure(
        processors=[*shared, *rendering],
        wrapper_class=structlog.make_filtering_bound_logger(minimum),
        logger_factory=structlog.PrintLoggerFactory(stream) if writer is None else lambda *_: writer,
        cache_logger_on_first_use=False,
    )
    _adopt_foreign(writer or target, minimum, [*shared, *rendering])


@dataclass(frozen=True, slots=True)
class EventLogger:
    """Writes events of one part of the house: a dotted name and key-values, without secrets.

    They go where this process sends its logs: through structlog where somebody configured it, be it us or the
    application that we are mounted in, and through the standard library's logging otherwise.
    """

    name: str

    def debug(self, event: str, **values: object) -> None:
        """Write what is of interest to whoever looks for a fault."""
        self._write(logging.DEBUG, event, values)

    def info(self, event: str, **values: object) -> None:
        """Write what is of interest to an operator."""
        self._write(logging.INFO, event, values)

    def warning(self, event: str, **values: object) -> None:
        """Write what may need somebody's attention."""
        self._write(logging.WARNING, event, values)

    def error(self, event: str, **values: object) -> None:
        """Write what needs somebody's attention."""
        self._write(logging.ERROR, event, values)

    def _write(self, level: int, event: str, values: dict[str, object]) -> None:
        full_name = f"doorward.{self.name}"
        bound, redacts = None, False
        if structlog.is_configured():
            bound, redacts = _bound(full_name)
            if redacts and not bound.is_enabled_for(level):
                return
        error = values.pop("exc_info", None)
        held = error if isinstance(error, BaseException) else None
        if bound is not None:
            told_of = values if redacts else redact(None, "", values)
            bound.log(level, event, **told_of, exc_info=held)
            return
        clean = redact(None, "", values)
        told = " ".join((event, *(f"{key}={value}" for key, value in clean.items())))
        logging.getLogger(full_name).log(level, "%s", told, exc_info=held)  # noqa: TID251 (this is the room for it)


def _bound(name: str) -> tuple[structlog.typing.FilteringBoundLogger, bool]:
    """Return structlog's logger of a name as it is configured now, and whether its own chain keeps secrets out.

    Making one costs more than a line of it.
    """
    configured = structlog.get_config()["processors"]
    held = _BOUND.get(name)
    if held is None or held[0] is not configured:
        held = _BOUND[name] = (configured, structlog.get_logger(logger_name=name).bind(), redact in configured)
    return held[1], held[2]


def _renderers(*, is_terminal: bool) -> dict[str, list[structlog.typing.Processor]]:
    """Return what ends the chain in each form; redaction stands last but the writing, so nothing comes in behind it."""
    return {
        "json": [
            structlog.processors.format_exc_info,
            _without_empty,
            redact,
            structlog.processors.JSONRenderer(default=str),
        ],
        "console": [
            structlog.processors.format_exc_info,
            _without_empty,
            redact,
            structlog.dev.ConsoleRenderer() if is_terminal else _as_line,
        ],
    }


def _as_line(_logger: object, _method: str, event: MutableMapping[str, object]) -> str:
    """Return an event as people read it where there are no colours, in a fraction of a console renderer's time."""
    what = str(event.pop("event", ""))
    head = f"{event.pop('timestamp', '')} [{event.pop('level', '')}] {what if what.isprintable() else repr(what)}"
    trace = event.pop("exception", None)
    told = " ".join((head, *(f"{key}={_quoted(value)}" for key, value in event.items())))
    return f"{told}\n{trace}" if trace else told


def _quoted(value: object) -> str:
    text = str(value)
    is_one_word = text.isprintable() and " " not in text and '"' not in text
    return text if is_one_word else repr(text)


def _adopt_foreign(target: TextIO | LineWriter, minimum: int, processors: list[structlog.typing.Processor]) -> None:
    formatter = structlog.stdlib.ProcessorFormatter(
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *processors],
        foreign_pre_chain=[_name_foreign],
    )
    handler = logging.StreamHandler(target)
    handler.setFormatter(formatter)
    root = logging.root
    root.handlers = [handler]
    # What libraries tell of every day is of interest only to whoever looks for a fault.
    root.setLevel(logging.INFO if minimum <= logging.DEBUG else max(minimum, logging.WARNING))
    for name in _FOREIGN_LOGGERS:
        foreign = logging.getLogger(name)  # noqa: TID251 (this is the room for it)
        foreign.handlers = []
        foreign.propagate = True


def _without_empty(_logger: object, _method: str, event: MutableMapping[str, object]) -> MutableMapping[str, object]:
    return {key: value for key, value in event.items() if value is not None}


def _name_foreign(_logger: object, _method: str, event: MutableMapping[str, object]) -> MutableMapping[str, object]:
    record = event.get("_record")
    if isinstance(record, logging.LogRecord):
        event["logger_name"] = record.name
    return event


def _add_request_id(_logger: object, _method: str, event: MutableMapping[str, object]) -> MutableMapping[str, object]:
    request_id = current_request_id()
    if request_id is not None:
        event["request_id"] = request_id
    return event
