"""Refusals: the kinds that every error of the house derives from. A door turns a kind into a status."""

from datetime import timedelta
from typing import ClassVar


class Refusal(Exception):
    """A request is refused. `code` is stable, `detail` may be shown to anyone; the true reason goes to the audit."""

    code: ClassVar[str]
    detail: ClassVar[str]


class Malformed(Refusal):
    """The request cannot be carried out as it stands."""


class Invalid(Refusal):
    """A field holds what cannot be accepted.

    `pointer` names the field as a JSON pointer (RFC 6901), `reason` says what is wrong with it in words for its author.
    """

    code = "VALIDATION_FAILED"
    detail = "Some of what was sent cannot be accepted."

    def __init__(self, pointer: str, reason: str) -> None:
        super().__init__(reason)
        self.pointer = pointer
        self.reason = reason


class Unauthenticated(Refusal):
    """Nobody proved who they are."""


class Forbidden(Refusal):
    """Who asks is known, and may not."""


class NotFound(Refusal):
    """There is no such thing, or none that the asker may know of."""

    code = "NOT_FOUND"
    detail = "There is nothing here."


class Conflict(Refusal):
    """The thing has changed since it was read."""

    code = "CONFLICT"
    detail = "This was changed by somebody else in the meantime. Load it again and repeat."


class Retryable(Refusal):
    """The same request may succeed after `retry_after`."""

    def __init__(self, retry_after: timedelta) -> None:
        super().__init__(self.detail)
        self.retry_after = retry_after


class TooMany(Retryable):
    """A limit is spent."""

    code = "TOO_MANY_REQUESTS"
    detail = "Too many requests. Wait a moment, then try again."


class Unavailable(Retryable):
    """A part that the request needs is away or full; nothing was changed."""

    code = "SERVICE_UNAVAILABLE"
    detail = "The service cannot answer right now. Try again in a moment."
