"""What led to what is being done: the request that it goes back to, whichever thread or process does it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar, Token
from typing import Final

_REQUEST: Final[ContextVar[str | None]] = ContextVar("doorward_request_id", default=None)
_TRACE: Final[ContextVar[str | None]] = ContextVar("doorward_trace", default=None)


def request_id() -> str | None:
    """Return the id of the request that led here, or None where none did."""
    return _REQUEST.get()


def trace() -> str | None:
    """Return the span that this belongs to as `traceparent` (W3C Trace Context section 3.2), or None."""
    return _TRACE.get()


def begin(request: str | None) -> Token[str | None]:
    """Let what this task and the threads that it hands to do from here on go back to a request, until `end`."""
    return _REQUEST.set(request)


def end(begun: Token[str | None]) -> None:
    """Let what follows go back to whatever it did before `begin`."""
    _REQUEST.reset(begun)


def belong(span: str | None) -> None:
    """Let what this task and the threads that it hands to do from here on belong to a span, given as `traceparent`."""
    _TRACE.set(span)


@contextmanager
def caused_by(request: str | None) -> Iterator[None]:
    """Let what is done inside the block go back to a request."""
    begun = _REQUEST.set(request)
    try:
        yield
    finally:
        _REQUEST.reset(begun)


@contextmanager
def within(span: str | None) -> Iterator[None]:
    """Let what is done inside the block belong to a span, given as `traceparent`."""
    begun = _TRACE.set(span)
    try:
        yield
    finally:
        _TRACE.reset(begun)
