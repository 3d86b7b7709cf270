"""What a middleware answers in place of the application."""

import json
from dataclasses import dataclass

from doorward.core.keys.jose import JsonValue
from doorward.resource.errors import AccessRefused
from doorward.resource.verifier import Verifier


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer, small enough to be sent at once."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes


def refusal(refused: AccessRefused, verifier: Verifier) -> Answer:
    """Return the answer to a request that was refused: a challenge, and problem details (RFC 9457)."""
    members: dict[str, JsonValue] = {
        "type": "about:blank",
        "status": refused.status,
        "code": refused.code,
        "detail": refused.detail,
    }
    return _json(refused.status, members, "application/problem+json", verifier.headers(refused))


def document(members: dict[str, JsonValue]) -> Answer:
    """Return a document that anybody may read, from anywhere, and keep for an hour."""
    headers = [("cache-control", "public, max-age=3600"), ("access-control-allow-origin", "*")]
    return _json(200, members, "application/json", headers)


def _json(status: int, members: dict[str, JsonValue], media_type: str, headers: list[tuple[str, str]]) -> Answer:
    body = json.dumps(members, separators=(",", ":")).encode()
    own = [("content-type", media_type), ("content-length", str(len(body)))]
    own += [] if status < 400 else [("cache-control", "no-store")]  # noqa: PLR2004 (refusals begin there)
    return Answer(status, [*own, *headers], body)
