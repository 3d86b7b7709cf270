"""Spans: what happened within what, for whoever follows a request from the gateway to the worker.

Source: W3C Trace Context, level 1.
"""

import re
from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol

from doorward.core.kernel.secrets import random_bytes

_TRACEPARENT: Final = re.compile(
    r"(?P<version>[0-9a-f]{2})-(?P<trace>[0-9a-f]{32})-(?P<span>[0-9a-f]{16})-(?P<flags>[0-9a-f]{2})"
)
_REFUSED_VERSION: Final = "ff"
_NO_TRACE: Final = "0" * 32
_NO_SPAN: Final = "0" * 16
_SAMPLED: Final = 0x01
_TRACE: Final = re.compile(r"[0-9a-f]{32}")
_TRACE_BYTES: Final = 16
_SPAN_BYTES: Final = 8
_CHANCES: Final = 2**64

Told = str | int | float


class SpanKind(StrEnum):
    """What a span is of: a request that came, something inside, or a job that was taken from the queue."""

    SERVER = "server"
    INTERNAL = "internal"
    CONSUMER = "consumer"


@dataclass(frozen=True, slots=True)
class Place:
    """A span within its trace, in hexadecimal digits; and the span that it belongs to."""

    trace_id: str
    span_id: str
    parent_id: str | None = None

    @property
    def traceparent(self) -> str:
        """How others are told of it (section 3.2). Only spans that are kept have a place."""
        return f"00-{self.trace_id}-{self.span_id}-01"


@dataclass(frozen=True, slots=True)
class Span:
    """Something that is over. Moments are seconds since 1970. It holds no query, no body and no names of people."""

    place: Place
    name: str
    kind: SpanKind
    started_at: float
    ended_at: float
    told: Mapping[str, Told]
    has_failed: bool = False


class TakesSpans(Protocol):
    """Where spans go. No call may block or raise."""

    @abstractmethod
    def take(self, span: Span) -> None:
        """Take a span."""

    @abstractmethod
    def close(self) -> None:
        """Tell what waits, for a moment at most."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What a `traceparent` says."""

    trace_id: str
    span_id: str
    is_sampled: bool


def read(traceparent: str | None) -> Heard | None:
    """Return what a `traceparent` says; None where there is none, or it is not well-formed (section 3.2.2)."""
    found = None if traceparent is None else _TRACEPARENT.fullmatch(traceparent)
    if found is None or found["version"] == _REFUSED_VERSION:
        return None
    if found["trace"] == _NO_TRACE or found["span"] == _NO_SPAN:
        return None
    return Heard(found["trace"], found["span"], bool(int(found["flags"], 16) & _SAMPLED))


def begun(request_id: str, *, ratio: float) -> Place | None:
    """Return where the trace of a request begins, or None for those that are not kept: all but so many of them.

    The trace is named as the request is, where that can be: whoever has one finds the other.
    """
    is_fit = _TRACE.fullmatch(request_id) is not None and request_id != _NO_TRACE
    trace_id = request_id if is_fit else random_bytes(_TRACE_BYTES).hex()
    is_kept = int(trace_id[_TRACE_BYTES:], 16) < ratio * _CHANCES
    return Place(trace_id, fresh_span()) if is_kept else None


def below(traceparent: str) -> Place | None:
    """Return a place for what happens within a span; None where that is not well-formed, or not kept."""
    heard = read(traceparent)
    if heard is None or not heard.is_sampled:
        return None
    return Place(heard.trace_id, fresh_span(), heard.span_id)


def fresh_span() -> str:
    """Return the name of a span."""
    return random_bytes(_SPAN_BYTES).hex()
