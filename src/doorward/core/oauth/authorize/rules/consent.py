"""Whether a person must be asked before a client acts for them."""

import re
from collections.abc import Collection
from typing import Final

from doorward.core.oauth.records import Client, Consent
from doorward.core.oauth.rules import scopes

_CLAIMED: Final = re.compile(r"https://")


def is_covered(client: Client, wanted: Collection[str], consent: Consent | None) -> bool:
    """Tell whether somebody need not be asked: the client is our own, or they allowed it all that before."""
    if client.is_first_party:
        return True
    return consent is not None and set(wanted) <= set(scopes.split(consent.scope))


def is_never_silent(client: Client, redirect_uri: str, details: str | None) -> bool:
    """Tell whether a person is asked each time, whatever they allowed before.

    A client that can neither prove who it is nor owns the address that the answer goes to may be any program on the
    device. And what is allowed in detail is allowed once.
    Source: RFC 8252 section 8.6; RFC 9700 section 4.14 (no silent consent for who cannot be told from others).
    """
    if client.is_first_party:
        return False
    return details is not None or (client.is_public and _CLAIMED.match(redirect_uri) is None)


def widened(consent: Consent | None, wanted: Collection[str]) -> str:
    """Return the scope string of a consent after somebody allowed `wanted` too."""
    before = scopes.split(consent.scope) if consent is not None else ()
    return scopes.join((*before, *wanted))


def is_offline(wanted: Collection[str]) -> bool:
    """Tell whether a client goes on when the person signs out (OpenID Connect Core 1.0 section 11)."""
    return scopes.OFFLINE in wanted
