"""Where a browser may be sent back to: to the registered address and nowhere else.

Source: RFC 9700 sections 2.1 and 4.1.3; RFC 8252 sections 7 and 8.3; RFC 6749 section 3.1.2.
"""

import re
from collections.abc import Collection
from typing import Final
from urllib.parse import parse_qsl

from doorward.core.kernel.errors import Invalid
from doorward.core.oauth.records import Client, ClientType
from doorward.core.oauth.rules import uri

ANSWERS: Final = frozenset(
    {
        "access_token",
        "code",
        "error",
        "error_description",
        "error_uri",
        "expires_in",
        "id_token",
        "iss",
        "response",
        "scope",
        "session_state",
        "state",
        "token_type",
    }
)
"""Parameters that an answer adds. A registered address that has one already would be read in two ways."""

_LOOPBACK: Final = re.compile(r"http://(127\.0\.0\.1|\[::1\]|localhost)(?::([1-9][0-9]{0,4}))?((?:[/?].*)?)")
_HIGHEST_PORT: Final = 65_535
_NATIVE_ONLY: Final = "A private-use scheme is for native clients. Use https."
_NOT_LOCALHOST: Final = "The name localhost is for native and first-party clients. Use 127.0.0.1 or [::1], or https."
_HAS_ANSWER: Final = "Leave out query parameters that an answer adds, such as code and state."


def check(text: str, *, kind: ClientType, is_first_party: bool, pointer: str) -> str:
    """Return an address that a client of this kind may register.

    That is https; http to 127.0.0.1, [::1] or, for native and first-party clients, localhost; or a private-use scheme
    with a dot in it, for native clients alone.
    Raises: Invalid.
    """
    private = uri.read_private_use(text, pointer=pointer)
    if private is not None and kind is not ClientType.NATIVE:
        raise Invalid(pointer, _NATIVE_ONLY)
    read = private or uri.read(text, pointer=pointer)
    if read.host == uri.LOCALHOST and read.is_loopback and not (is_first_party or kind is ClientType.NATIVE):
        raise Invalid(pointer, _NOT_LOCALHOST)
    if any(name in ANSWERS for name, _ in parse_qsl(read.query[1:], keep_blank_values=True)):
        raise Invalid(pointer, _HAS_ANSWER)
    return text


def may_redirect_to(client: Client, presented: str) -> bool:
    """Tell whether an answer to `client` may go to `presented`: byte for byte what is registered.

    Only the port may differ, where the registered address is http to 127.0.0.1 or [::1]: apps take whatever port is
    free. The name localhost keeps its port but for first-party clients, since it may be made to lead elsewhere.
    """
    return _is_among(client.redirect_uris, presented, is_first_party=client.is_first_party)


def may_return_to(client: Client, presented: str) -> bool:
    """Tell whether a browser that signed out may go to `presented`, by the same rule.

    Source: OpenID Connect RP-Initiated Logout 1.0 section 3.
    """
    return _is_among(client.post_logout_redirect_uris, presented, is_first_party=client.is_first_party)


def _is_among(registered: Collection[str], presented: str, *, is_first_party: bool) -> bool:
    if len(presented) > uri.LONGEST:
        return False
    if presented in registered:
        return True
    wanted = _without_port(presented, is_first_party=is_first_party)
    return wanted is not None and any(
        _without_port(each, is_first_party=is_first_party) == wanted for each in registered
    )


def _without_port(text: str, *, is_first_party: bool) -> tuple[str, str] | None:
    """Return host and rest of an address whose port is free, or None."""
    found = _LOOPBACK.fullmatch(text)
    if found is None or int(found[2] or 0) > _HIGHEST_PORT:
        return None
    is_free = found[1] in uri.LOOPBACK_ADDRESSES or is_first_party
    return (found[1], found[3]) if is_free else None
