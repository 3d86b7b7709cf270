"""What Envoy itself says to whoever sends too many requests."""

from typing import Final

from doorward.core.kernel.errors import TooMany
from doorward.gateway.envoy.words import Message, overwritten
from doorward.gateway.too_many import PAGE, problem

_LIMITED: Final = {
    "status_code_filter": {
        "comparison": {"op": "EQ", "value": {"default_value": 429, "runtime_key": "doorward.too_many"}},
    },
}
_READS_PAGES: Final = {
    "header_filter": {"header": {"name": "accept", "string_match": {"contains": "text/html"}}},
}
_FIELDS: Final = (
    ("cache-control", "no-store"),
    ("x-content-type-options", "nosniff"),
    ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
)


def refusals() -> Message:
    """Return how Envoy's own answers are written: as the application's are, and for browsers as a page."""
    page = PAGE.format(seconds="%RESP(RETRY-AFTER)%")
    return {
        "mappers": [
            _answer({"and_filter": {"filters": [_LIMITED, _READS_PAGES]}}, page, "text/html; charset=utf-8"),
            _answer(_LIMITED, problem(TooMany), "application/problem+json"),
        ]
    }


def _answer(when: Message, text: str, kind: str) -> Message:
    return {
        "filter": when,
        "headers_to_add": [overwritten(*field) for field in _FIELDS],
        "body_format_override": {"text_format_source": {"inline_string": text}, "content_type": kind},
    }
