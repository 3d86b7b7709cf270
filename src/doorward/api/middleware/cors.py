"""Which other origins may read our answers.

Source: Fetch Standard section 3.2.
"""

from collections.abc import Iterable
from typing import Final

from starlette.responses import Response

from doorward.api.classes import RouteClass
from doorward.api.doors import Doors
from doorward.api.visit import Facts, Visit
from doorward.core.oauth.clients.origins import Origins

ANYBODY: Final = frozenset(
    {
        "/.well-known/jwks.json",
        "/.well-known/openid-configuration",
        "/.well-known/oauth-authorization-server",
        "/.well-known/oauth-protected-resource/oauth/userinfo",
    }
)
"""Public documents, which every origin may read without credentials."""

_BY_PATH: Final = ("/.well-known/openid-configuration/", "/.well-known/oauth-")
"""What the same documents begin with where they stand between host and path of an issuer."""

ALLOWED_HEADERS: Final = (
    b"authorization, content-type, dpop, tus-resumable, upload-checksum, upload-length, upload-metadata, "
    b"upload-offset, x-csrf-token, x-device-token, x-doorward-spa"
)
EXPOSED_HEADERS: Final = (
    b"deprecation, dpop-nonce, link, location, ratelimit, ratelimit-policy, retry-after, sunset, "
    b"tus-checksum-algorithm, tus-extension, tus-max-size, tus-resumable, tus-version, upload-expires, upload-length, "
    b"upload-offset, www-authenticate, "
    b"x-device-token, x-request-id"
)
_PREFLIGHT_LIVES_FOR: Final = b"600"
_CREDENTIALS: Final = (b"access-control-allow-credentials", b"true")
_VARY: Final = (b"vary", b"origin")


async def open_to(visit: Visit) -> list[tuple[bytes, bytes]]:
    """Return the header fields that let the asking origin read the answer; none when it may not.

    Origins are compared whole with the list that the operator gave; pages are never open to another origin. What
    applications call is open to the origins that they registered, and since it never looks at a cookie, without
    credentials. What reads the cookie of one is open, with credentials, to the origins of those that have a cookie.
    """
    facts, doors = visit.facts, visit.doors
    if facts is None or facts.kind is RouteClass.PAGE:
        return []
    if facts.path in ANYBODY or facts.path.startswith(_BY_PATH):
        return [(b"access-control-allow-origin", b"*")]
    origin = visit.header(b"origin")
    if facts.kind.speaks_oauth:
        reads_cookie = facts.kind is RouteClass.SPA
        return [_VARY] if origin is None else [_VARY, *await _to_application(doors, origin, reads_cookie=reads_cookie)]
    if not doors.cors_origins:
        return []
    if origin is None or origin not in doors.cors_origins:
        return [_VARY]
    return [_VARY, *_to(origin), _CREDENTIALS]


async def _to_application(doors: Doors, origin: str, *, reads_cookie: bool) -> list[tuple[bytes, bytes]]:
    registered = await _registered(doors)
    if origin not in (registered.with_cookie if reads_cookie else registered.every):
        return []
    return [*_to(origin), _CREDENTIALS] if reads_cookie else _to(origin)


async def _registered(doors: Doors) -> Origins:
    origins = doors.flows.clients.origins
    at_hand = origins.at_once()
    return at_hand if at_hand is not None else await doors.lanes.main(origins)


def _to(origin: str) -> list[tuple[bytes, bytes]]:
    return [
        (b"access-control-allow-origin", origin.encode("latin-1")),
        (b"access-control-expose-headers", EXPOSED_HEADERS),
    ]


def is_preflight(visit: Visit) -> bool:
    """Tell whether an OPTIONS request asks for leave to send another one."""
    return b"origin" in visit.headers and b"access-control-request-method" in visit.headers


def preflight(facts: Facts, granted: Iterable[tuple[bytes, bytes]]) -> Response:
    """Return the answer to a preflight; without `granted` leave it says nothing, which is a refusal."""
    answer = Response(status_code=204)
    if any(name == b"access-control-allow-origin" for name, _ in granted):
        answer.raw_headers += [
            (b"access-control-allow-methods", ", ".join(sorted(facts.methods)).encode()),
            (b"access-control-allow-headers", ALLOWED_HEADERS),
            (b"access-control-max-age", _PREFLIGHT_LIVES_FOR),
        ]
    return answer
