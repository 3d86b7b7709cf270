"""Authorization requests for tests: a right one, of which a test changes what it is about."""

from typing import Final
from urllib.parse import parse_qs, urlsplit

from doorward.core.kernel.secrets import digest
from doorward.core.keys.jose import b64url_encode
from doorward.core.oauth.authorize.records import Values
from tests.builders import CALLBACK, CLIENT

VERIFIER: Final = "a-verifier-that-is-long-enough-to-be-a-good-one"
CHALLENGE: Final = b64url_encode(digest(VERIFIER.encode()))
RIGHT: Final = {
    "client_id": CLIENT,
    "redirect_uri": CALLBACK,
    "response_type": "code",
    "scope": "openid profile",
    "state": "a state",
    "nonce": "a nonce",
    "code_challenge": CHALLENGE,
    "code_challenge_method": "S256",
}


def asking(**changed: str | None) -> dict[str, str]:
    """Return the parameters of a right request with some of them changed, or left out where they are None."""
    return {name: value for name, value in {**RIGHT, **changed}.items() if value is not None}


def values(**changed: str | tuple[str, ...] | None) -> Values:
    """Return the same as they are read: each by name, as often as it came."""
    given: dict[str, str | tuple[str, ...] | None] = {**RIGHT, **changed}
    return {name: value if isinstance(value, tuple) else (value,) for name, value in given.items() if value is not None}


def answered(location: str) -> dict[str, str]:
    """Return the parameters of an answer in a URL; each must be there once."""
    found = parse_qs(urlsplit(location).query, keep_blank_values=True, strict_parsing=True)
    assert all(len(given) == 1 for given in found.values()), found
    return {name: given[0] for name, given in found.items()}
