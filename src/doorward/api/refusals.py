"""What the doors themselves refuse, before any flow is asked."""

from enum import StrEnum

from doorward.core.kernel.errors import Forbidden, Malformed, Refusal


class UrlTooLong(Refusal):
    """The target of the request is too long."""

    code = "URL_TOO_LONG"
    detail = "The address is longer than 8 KiB."


class HeadersTooLarge(Refusal):
    """The header fields are too large together."""

    code = "HEADERS_TOO_LARGE"
    detail = "The header fields are larger than 16 KiB together."


class HeaderRepeated(Refusal):
    """A header field that may come once came twice, so two readers could understand two things."""

    code = "HEADER_REPEATED"
    detail = "A header field that may be sent once was sent more than once."


class HostMissing(Refusal):
    """A request of HTTP/1.1 does not say which host it is for (RFC 9112 section 3.2)."""

    code = "HOST_MISSING"
    detail = "The request does not name a host."


class CookieRepeated(Refusal):
    """A cookie of ours came twice: one of the two was planted.

    Source: RFC 6265bis section 8.6 (the order of cookies says nothing about where they come from).
    """

    code = "COOKIE_REPEATED"
    detail = "A cookie was sent more than once. Delete this site's cookies, then sign in again."


class BodyTooLarge(Refusal):
    """The body is too large."""

    code = "BODY_TOO_LARGE"
    detail = "The body is larger than 64 KiB."


class BodyTooSlow(Refusal):
    """The body did not arrive in time."""

    code = "BODY_TOO_SLOW"
    detail = "The body did not arrive within 30 seconds."


class BodyMalformed(Refusal):
    """The body cannot be read without guessing."""

    code = "BODY_MALFORMED"
    detail = (
        "The body cannot be read: it must be UTF-8, well-formed, name every member once, and nest at most 16 levels."
    )


class ContentTypeRefused(Refusal):
    """The body is of a kind that the route does not read."""

    code = "CONTENT_TYPE_REFUSED"
    detail = "The content type of the body is not one that this address reads."


class MethodRefused(Refusal):
    """There is something at this path, but not for this method."""

    code = "METHOD_NOT_ALLOWED"
    detail = "This method is not possible here."


class VersionRefused(Refusal):
    """The request speaks no version of the tus protocol that is spoken here (tus 1.0.0, Tus-Resumable)."""

    code = "TUS_VERSION_REFUSED"
    detail = "Uploads speak tus 1.0.0: send Tus-Resumable: 1.0.0."


class UploadMalformed(Malformed):
    """A header field of the tus protocol is missing, or cannot be read."""

    code = "UPLOAD_MALFORMED"
    detail = "A header field of the upload is missing or cannot be read."


class Unforeseen(Refusal):
    """Something happened that nobody foresaw. It is logged under the request's id; the answer says nothing of it."""

    code = "INTERNAL_SERVER_ERROR"
    detail = "Something went wrong here. It has been noted under the request id."


class CsrfReason(StrEnum):
    """Why a request from a browser is taken for a forgery; stable words, for whoever debugs a client."""

    CROSS_SITE = "cross_site"
    ORIGIN_MISSING = "origin_missing"
    ORIGIN_NOT_ALLOWED = "origin_not_allowed"
    HEADER_MISSING = "header_missing"
    SESSION_MISSING = "session_missing"
    TOKEN_MISSING = "token_missing"  # noqa: S105 (a reason, not a token)
    TOKEN_INVALID = "token_invalid"  # noqa: S105


class CsrfFailed(Forbidden):
    """A request from a browser that may come from another site."""

    code = "CSRF_FAILED"
    detail = "This request could not be told from one that another site made. Fetch a new token, then try again."

    def __init__(self, reason: CsrfReason) -> None:
        super().__init__(reason)
        self.reason = reason
