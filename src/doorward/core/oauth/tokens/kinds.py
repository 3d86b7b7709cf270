"""What tokens are called, and whom those are for that name nobody."""

from typing import Final

BEARER: Final = "Bearer"
"""Good for whoever holds it (RFC 6750)."""

DPOP: Final = "DPoP"
"""Good together with a proof by its key (RFC 9449)."""


def userinfo_audience(issuer: str) -> str:
    """Return the audience of tokens that name no other resource: the endpoint that tells of their owner."""
    return f"{issuer.rstrip('/')}/oauth/userinfo"
