"""How long one ES256 signature takes."""

from collections.abc import Callable
from time import process_time
from typing import Final

from doorward.adapters.jose.signatures import JoseSignatures
from doorward.core.kernel.ids import KeyId
from doorward.core.keys.records import Algorithm

_SIGNATURES: Final = 2000
_MESSAGE: Final = b"x" * 600


def signer() -> Callable[[], bytes]:
    """Return what signs a message of a token's length."""
    signatures = JoseSignatures()
    _, private = signatures.generate(Algorithm.ES256, KeyId("benchmark"))
    return lambda: signatures.sign(Algorithm.ES256, private, _MESSAGE)


def seconds_a_signature() -> float:
    """Return the processor time of a signature that comes after another, in seconds."""
    sign = signer()
    sign()
    started = process_time()
    for _ in range(_SIGNATURES):
        sign()
    return (process_time() - started) / _SIGNATURES
