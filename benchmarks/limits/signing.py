"""How long one ES256 signature takes."""

from time import process_time
from typing import Final

from doorward.adapters.jose.signatures import JoseSignatures
from doorward.core.kernel.ids import KeyId
from doorward.core.keys.records import Algorithm

_SIGNATURES: Final = 2000
_MESSAGE: Final = b"x" * 600


def seconds_a_signature() -> float:
    """Return the processor time of one signature over a message of a token's length, in seconds."""
    signatures = JoseSignatures()
    _, private = signatures.generate(Algorithm.ES256, KeyId("benchmark"))
    signatures.sign(Algorithm.ES256, private, _MESSAGE)
    started = process_time()
    for _ in range(_SIGNATURES):
        signatures.sign(Algorithm.ES256, private, _MESSAGE)
    return (process_time() - started) / _SIGNATURES
