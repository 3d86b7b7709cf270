"""The identifier of the request that is being answered."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

_CURRENT: Final[ContextVar[str | None]] = ContextVar("doorward_request_id", default=None)


@contextmanager
def request_id(value: str) -> Iterator[None]:
    """Give everything that is logged inside the block this identifier, in this task and the threads it hands to."""
    token = _CURRENT.set(value)
    try:
        yield
    finally:
        _CURRENT.reset(token)


def current_request_id() -> str | None:
    """Return the identifier of the request that is being answered, or None outside of one."""
    return _CURRENT.get()
