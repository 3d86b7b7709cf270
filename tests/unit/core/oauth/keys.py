"""Key pairs of clients, made once."""

import json
from typing import Final

from doorward.adapters.jose.signatures import JoseSignatures
from doorward.core.kernel.ids import KeyId
from doorward.core.keys.records import Algorithm

SIGNATURES: Final = JoseSignatures()
_EC_PUBLIC, EC_PRIVATE = SIGNATURES.generate(Algorithm.ES256, KeyId("one"))
_RSA_PUBLIC, RSA_PRIVATE = SIGNATURES.generate(Algorithm.RS256, KeyId("two"))
EC_KEY: Final[dict[str, str]] = json.loads(_EC_PUBLIC)
RSA_KEY: Final[dict[str, str]] = json.loads(_RSA_PUBLIC)
EDWARDS_KEY: Final[dict[str, str]] = {
    "kty": "OKP",
    "crv": "Ed25519",
    "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
}
"""The public key of RFC 8037 appendix A.2."""
