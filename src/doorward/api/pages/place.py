"""Where in the console somebody was, for the page that they are led away to and back from.

It travels as the requests of applications do, so it must not lead anywhere else: only what is spelled as one of our own
paths below the console counts, and opening one changes nothing.
"""

import re
from typing import Final
from urllib.parse import quote, unquote

from starlette.requests import Request

from doorward.api.visit import Visit
from doorward.core.kernel.secrets import decode, encode

CONSOLE: Final = "/console"
_PREFIX: Final = "console."
_LONGEST: Final = 1024
_SPELLED: Final = re.compile(rf"{CONSOLE}(?:/[A-Za-z0-9._~%-]+)*(?:\?[A-Za-z0-9._~%=&+-]*)?", re.ASCII)


def stand(visit: Visit, request: Request) -> None:
    """Note where somebody is; where a page takes forms alone, it is the console's first one."""
    facts = visit.facts
    if facts is None or "GET" not in facts.methods:
        visit.place = CONSOLE
        return
    parts = {name: quote(value, safe="") for name, value in request.path_params.items()}
    query = request.url.query
    place = facts.path.format_map(parts) + (f"?{query}" if query else "")
    visit.place = place if _is_ours(place) else CONSOLE


def token_of(place: str | None) -> str | None:
    """Return how a place travels; None stays None."""
    return None if place is None else f"{_PREFIX}{encode(place.encode())}"


def read(presented: str) -> str | None:
    """Return the path that a token leads to; None when it is no such token, or would lead anywhere else."""
    if not presented.startswith(_PREFIX):
        return None
    place = (decode(presented.removeprefix(_PREFIX)) or b"").decode("ascii", "replace")
    return place if _is_ours(place) else None


def is_token(presented: str) -> bool:
    """Tell whether a token is one of ours by its look; what it leads to is another question."""
    return presented.startswith(_PREFIX)


def _is_ours(place: str) -> bool:
    """Tell whether a place is a path below the console: browsers resolve dots however they are spelled."""
    if len(place) > _LONGEST or not _SPELLED.fullmatch(place):
        return False
    segments = place.partition("?")[0].split("/")
    return not any(unquote(segment) in (".", "..") for segment in segments)
