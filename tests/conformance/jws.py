"""Reading a compact JWS as the house does, without asking what it says."""

import json

from doorward.adapters.jose.signatures import JoseSignatures
from doorward.core.keys import jose
from doorward.core.keys.errors import TokenRefused
from doorward.core.keys.records import Algorithm

SIGNATURES = JoseSignatures()


def is_accepted(presented: str, public_jwk: str) -> bool:
    """Tell whether our spelling rules, our algorithms and the signature all hold.

    Vectors sign words, and tokens of ours hold claims: so the steps of `jose.parse` are taken without reading claims.
    """
    parts = presented.split(".")
    if len(parts) != 3:
        return False
    try:
        header, _, signature = map(jose.b64url_decode, parts)
        members = json.loads(header)
    except (TokenRefused, ValueError):
        return False
    if not isinstance(members, dict) or members.get("alg") not in set(Algorithm) or "crit" in members:
        return False
    signed = f"{parts[0]}.{parts[1]}".encode()
    return SIGNATURES.verify(Algorithm(members["alg"]), public_jwk, signed, signature=signature)


def is_refused_as_token(presented: str, public_jwk: str) -> bool:
    """Tell whether the house's own reader refuses it, by its form or by its signature."""
    try:
        parsed = jose.parse(presented, algorithms=set(Algorithm))
    except TokenRefused:
        return True
    signature = parsed.signature
    return not SIGNATURES.verify(parsed.algorithm, public_jwk, parsed.signed, signature=signature)
