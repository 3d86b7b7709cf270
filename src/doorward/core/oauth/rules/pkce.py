"""Proof Key for Code Exchange: whoever exchanges a code is whoever asked for it.

Source: RFC 7636; RFC 9700 sections 2.1.1 and 4.8.2.
"""

import re
from typing import Final

from doorward.core.kernel.secrets import digest, same
from doorward.core.keys.jose import b64url_encode

METHOD: Final = "S256"
"""The one method: `plain` protects nothing that a listener cannot take (OWASP ASVS 5.0, 10.4.6)."""

_VERIFIER: Final = re.compile(r"[A-Za-z0-9._~-]{43,128}")
_CHALLENGE: Final = re.compile(r"[A-Za-z0-9_-]{43}")


def is_challenge(presented: str) -> bool:
    """Tell whether this is a challenge: 43 characters of base64url (RFC 7636 section 4.2)."""
    return _CHALLENGE.fullmatch(presented) is not None


def is_verifier(presented: str) -> bool:
    """Tell whether this is a verifier: 43 to 128 unreserved characters (RFC 7636 section 4.1)."""
    return _VERIFIER.fullmatch(presented) is not None


def matches(challenge: str | None, verifier: str | None) -> bool:
    """Tell whether a verifier is that of the challenge, or neither was ever sent; compared in constant time.

    One without the other is somebody's attempt to leave the proof out (RFC 9700 section 4.8.2).
    """
    if challenge is None or verifier is None:
        return challenge is verifier
    if not is_verifier(verifier):
        return False
    return same(challenge.encode(), b64url_encode(digest(verifier.encode())).encode())
