"""What a refusal looks like over HTTP: the one table of statuses, and RFC 9457's problem document."""

import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from doorward.api.refusals import (
    BodyMalformed,
    BodyTooLarge,
    BodyTooSlow,
    ContentTypeRefused,
    CookieRepeated,
    CsrfFailed,
    HeaderRepeated,
    HeadersTooLarge,
    HostMissing,
    MethodRefused,
    Unforeseen,
    UrlTooLong,
    VersionRefused,
)
from doorward.core.files.errors import (
    ChecksumMismatch,
    PictureRefused,
    QuotaExceeded,
    StorageFull,
    TooLarge,
    TypeRefused,
)
from doorward.core.kernel.errors import (
    Conflict,
    Forbidden,
    Invalid,
    Malformed,
    NotFound,
    Refusal,
    Retryable,
    TooMany,
    Unauthenticated,
    Unavailable,
)

MEDIA_TYPE: Final = "application/problem+json"

STATUSES: Final[Mapping[type[Refusal], int]] = {
    Malformed: 400,
    BodyMalformed: 400,
    HeaderRepeated: 400,
    HostMissing: 400,
    CookieRepeated: 400,
    Unauthenticated: 401,
    Forbidden: 403,
    NotFound: 404,
    MethodRefused: 405,
    BodyTooSlow: 408,
    Conflict: 409,
    BodyTooLarge: 413,
    UrlTooLong: 414,
    ContentTypeRefused: 415,
    Invalid: 422,
    TooLarge: 413,
    QuotaExceeded: 413,
    TypeRefused: 415,
    PictureRefused: 415,
    VersionRefused: 412,
    ChecksumMismatch: 460,
    StorageFull: 507,
    TooMany: 429,
    HeadersTooLarge: 431,
    Unforeseen: 500,
    Unavailable: 503,
}
"""Kind of refusal → status. What derives from a kind has its status."""

_PLAIN_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,31}")


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one field: where (RFC 6901), and why, in words for whoever sent it."""

    pointer: str
    reason: str


@dataclass(frozen=True, slots=True)
class Problem:
    """A refusal as it goes over the wire."""

    status: int
    code: str
    detail: str
    errors: tuple[FieldError, ...] = ()
    reason: str | None = None
    headers: tuple[tuple[bytes, bytes], ...] = field(default=())

    @property
    def title(self) -> str:
        """The code as one word: `USER_EXISTS` is `UserExists`."""
        return "".join(word.capitalize() for word in self.code.split("_"))

    def body(self, request_id: str) -> bytes:
        """Return the problem document (RFC 9457 section 3)."""
        members: dict[str, object] = {
            "type": f"urn:doorward:problem:{self.code}",
            "title": self.title,
            "status": self.status,
            "code": self.code,
            "detail": self.detail,
            "request_id": request_id,
        }
        if self.reason:
            members["reason"] = self.reason
        if self.errors:
            members["errors"] = [{"pointer": error.pointer, "reason": error.reason} for error in self.errors]
        return json.dumps(members, ensure_ascii=False, separators=(",", ":")).encode()


def status_of(refusal: type[Refusal]) -> int:
    """Return the status of a kind of refusal, or of what derives from one."""
    return next((STATUSES[kind] for kind in refusal.__mro__ if kind in STATUSES), STATUSES[Unforeseen])


def problem_of(refusal: Refusal) -> Problem:
    """Return how a refusal goes over the wire."""
    headers: tuple[tuple[bytes, bytes], ...] = ()
    errors: tuple[FieldError, ...] = ()
    if isinstance(refusal, Retryable):
        headers = ((b"retry-after", str(max(1, math.ceil(refusal.retry_after.total_seconds()))).encode()),)
    if isinstance(refusal, Invalid):
        errors = (FieldError(refusal.pointer, refusal.reason),)
    reason = refusal.reason.value if isinstance(refusal, CsrfFailed) else None
    return Problem(status_of(type(refusal)), refusal.code, refusal.detail, errors, reason, headers)


def problem_of_status(status: int) -> Problem:
    """Return the problem for a status that the framework chose by itself."""
    kind = _BY_STATUS.get(status, Unforeseen if status >= STATUSES[Unforeseen] else BodyMalformed)
    return Problem(STATUSES[kind], kind.code, kind.detail)


def problem_of_fields(found: Iterable[Mapping[str, object]]) -> Problem:
    """Return the problem for fields that do not fit the body's description; nothing of their content is repeated.

    `found` holds errors as Pydantic reports them.
    """
    errors = dict.fromkeys(_field_error(error) for error in found)
    return Problem(STATUSES[Invalid], Invalid.code, Invalid.detail, tuple(errors))


def _field_error(error: Mapping[str, object]) -> FieldError:
    location = error.get("loc", ())
    parts = [part for part in location if not _is_model(part)] if isinstance(location, Sequence) else []
    if parts[:1] == ["body"]:
        parts = parts[1:]
    if error.get("type") == "extra_forbidden":
        name = str(parts.pop()) if parts else ""
        known_shape = f" `{name}`" if _PLAIN_NAME.fullmatch(name) else ""
        return FieldError(_pointer(parts), f"There is a member{known_shape} that is not known here.")
    return FieldError(_pointer(parts), str(error.get("msg", "")))


def _pointer(parts: Iterable[object]) -> str:
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


def _is_model(part: object) -> bool:
    """Tell whether a part of a location is the name of one of several bodies rather than a member."""
    return isinstance(part, str) and part[:1].isupper()


_BY_STATUS: Final[Mapping[int, type[Refusal]]] = {
    404: NotFound,
    405: MethodRefused,
    413: BodyTooLarge,
    415: ContentTypeRefused,
}
