"""Where log events go, and in which form."""

import logging
import sys
from collections.abc import MutableMapping
from dataclasses import dataclass
from typing import Final, TextIO

import structlog

from doorward.telemetry.chain import LEVELS, Chain, Kept, shape_of
from doorward.telemetry.lines import LineWriter
from doorward.telemetry.redaction import redacted

_FOREIGN_LOGGERS: Final = ("uvicorn", "uvicorn.error", "asyncio", "sqlalchemy", "alembic")


def configure_logs(level: str, log_format: str, *, stream: TextIO | None = None) -> None:
    """Send every event of this process to `stream`, stderr by default, as `json` lines or for the `console`.

    What goes to stderr is written from a thread of its own; a `stream` that is given has it at once.
    Events of libraries that use the standard library's logging go the same way, through the same redaction. Only the
    entry point of a process of ours calls this; inside somebody else's application, logging is theirs.
    Raises: KeyError, when there is no such level or format.
    """
    minimum, target = LEVELS[level], stream or sys.stderr
    out = LineWriter(target) if stream is None else target
    chain = Chain(minimum, shape_of(log_format, is_terminal=target.isatty()), out.write)
    structlog.configure(
        processors=[chain],
        wrapper_class=structlog.make_filtering_bound_logger(minimum),
        logger_factory=structlog.PrintLoggerFactory(stream) if stream is not None else lambda *_: out,
        cache_logger_on_first_use=False,
    )
    _adopt_foreign(out, minimum, chain)


@dataclass(frozen=True, slots=True)
class EventLogger:
    """Writes events of one part of the house: a dotted name and key-values, without secrets.

    They go where this process sends its logs: through structlog where somebody configured it, be it us or the
    application that we are mounted in, and through the standard library's logging otherwise.
    """

    name: str

    def say(self, level: int, event: str, kept: Kept, **values: object) -> None:
        """Write an event of a level, one of `LEVELS`. `kept` are members that many such events have in common."""
        self._write(level, event, values, kept)

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

    def is_quiet(self, level: int) -> bool:
        """Tell whether an event of this level is written nowhere, so that nobody need put it together."""
        chain = next(iter(structlog.get_config()["processors"]), None)
        return isinstance(chain, Chain) and level < chain.minimum

    def _write(self, level: int, event: str, values: dict[str, object], kept: Kept = ()) -> None:
        chain = next(iter(structlog.get_config()["processors"]), None)
        if isinstance(chain, Chain):
            chain.say(level, event, self.name, values, kept)
            return
        values = dict(kept) | values
        logger_name = f"doorward.{self.name}"
        error = values.pop("exc_info", None)
        held = error if isinstance(error, BaseException) else None
        clean = redacted(values)
        if structlog.is_configured():
            structlog.get_logger(logger_name=logger_name).log(level, event, **clean, exc_info=held)
            return
        told = " ".join((event, *(f"{key}={value}" for key, value in clean.items())))
        logging.getLogger(logger_name).log(level, "%s", told, exc_info=held)  # noqa: TID251 (this is the room for it)


def _adopt_foreign(target: TextIO | LineWriter, minimum: int, chain: Chain) -> None:
    formatter = structlog.stdlib.ProcessorFormatter(
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, chain],
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


def _name_foreign(_logger: object, _method: str, event: MutableMapping[str, object]) -> MutableMapping[str, object]:
    record = event.get("_record")
    if isinstance(record, logging.LogRecord):
        event["logger_name"] = record.name
    return event
