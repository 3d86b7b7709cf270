"""Key pairs of clients."""

from typing import Final

from doorward.core.keys.records import Algorithm
from tests.pairs import a_pair

_EC_PUBLIC, EC_PRIVATE = a_pair(Algorithm.ES256, "one")
_RSA_PUBLIC, RSA_PRIVATE = a_pair(Algorithm.RS256, "two")
EC_KEY: Final = {name: str(value) for name, value in _EC_PUBLIC.items()}
RSA_KEY: Final = {name: str(value) for name, value in _RSA_PUBLIC.items()}
EDWARDS_KEY: Final[dict[str, str]] = {
    "kty": "OKP",
    "crv": "Ed25519",
    "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
}
"""The public key of RFC 8037 appendix A.2."""
