"""What the worker tells of what happens."""

from collections.abc import Callable
from typing import Protocol

from doorward.core.kernel.errors import Refusal
from doorward.core.outbox.errors import DeliveryFailed


class Events(Protocol):
    """Where the worker says what happens.

    The names are dotted, the values never secret; `exc_info` is an exception that nobody foresaw.
    """

    def __call__(self, event: str, /, **values: object) -> None:
        """Note an event."""


def attempt(run: Callable[[], object]) -> Exception | None:
    """Run something, and return what it raised: whatever that is, the loop goes on."""
    try:
        run()
    except Exception as error:  # noqa: BLE001 (one of the two places that catch everything)
        return error
    return None


def told(failure: Exception) -> dict[str, object]:
    """Return what is told of a failure: where it came from only when nobody foresaw it."""
    if isinstance(failure, DeliveryFailed | Refusal):
        return {"error": str(failure) or type(failure).__name__}
    return {"error": type(failure).__name__, "exc_info": failure}
