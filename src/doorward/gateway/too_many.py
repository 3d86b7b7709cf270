"""What a gateway itself says to whoever sends too many requests."""

import json
from typing import Final

from doorward.core.kernel.errors import Refusal

_STATUS: Final = 429

PAGE: Final = (
    '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    "<title>Too many requests</title><h1>Too many requests</h1><p>So many came from your network that none is let in "
    'for a moment. Wait {seconds} seconds, then <a href="">load the page again</a>.</p></html>'
)
"""The same for browsers; `seconds` is filled in by the gateway."""


def problem(refusal: type[Refusal]) -> str:
    """Return the document that the application answers with (RFC 9457), as far as a gateway can."""
    members = {
        "type": f"urn:doorward:problem:{refusal.code}",
        "title": refusal.__name__,
        "status": _STATUS,
        "code": refusal.code,
        "detail": refusal.detail,
    }
    return json.dumps(members, separators=(",", ":"))
