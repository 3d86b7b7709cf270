"""Key pairs of others than the server, each made once a process: an RSA key takes long to make."""

import json
from functools import cache
from typing import Final

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from joserfc.jwk import RSAKey

from doorward.adapters.jose.signatures import JoseSignatures
from doorward.core.kernel.ids import KeyId
from doorward.core.keys.jose import JsonValue
from doorward.core.keys.records import Algorithm

SIGNATURES: Final = JoseSignatures()
_OF_RSA: Final = frozenset({Algorithm.RS256, Algorithm.PS256})


def a_pair(algorithm: Algorithm, name: str, owner: str = "somebody") -> tuple[dict[str, JsonValue], bytes]:
    """Return a public key as it is published under a name, and its private half; the same keys for the same owner."""
    public, private = _rsa(owner) if algorithm in _OF_RSA else _curve(algorithm, owner)
    members: dict[str, JsonValue] = json.loads(public)
    return members | {"kid": name, "alg": algorithm.value, "use": "sig"}, private


@cache
def _curve(algorithm: Algorithm, owner: str) -> tuple[str, bytes]:
    return SIGNATURES.generate(algorithm, KeyId(owner))


@cache
def _rsa(_owner: str) -> tuple[str, bytes]:
    """Return a key of 2048 bits, which most issuers have: made and used in a third of the time of one of ours."""
    raw = rsa.generate_private_key(65_537, 2048).private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return json.dumps(RSAKey.import_key(raw).as_dict(private=False)), raw
