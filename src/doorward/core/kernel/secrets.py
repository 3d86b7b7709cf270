"""Randomness, digests and the envelope that every opaque secret travels in."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from typing import Final

from doorward.core.kernel.letters import pairs_of, spelled

SECRET_BYTES: Final = 32
_MAC_BYTES: Final = 16
_LETTER_BITS: Final = 5
_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz234567"
# The letters of base 32 (RFC 4648 section 6) as digits that `int` reads, ten times faster than `base64` does.
_AS_DIGITS: Final = str.maketrans(_LETTERS, "0123456789abcdefghijklmnopqrstuv")
_PAIRS: Final = pairs_of(_LETTERS)
_MAX_ENVELOPE_CHARACTERS: Final = 512


def random_bytes(count: int) -> bytes:
    """Return `count` bytes from the operating system's generator."""
    return secrets.token_bytes(count)


def random_digits(count: int) -> str:
    """Return `count` decimal digits, each equally likely."""
    return f"{secrets.randbelow(10**count):0{count}d}"


def random_letters(count: int, alphabet: str) -> str:
    """Return `count` letters of an alphabet, each equally likely."""
    return "".join(secrets.choice(alphabet) for _ in range(count))


def digest(secret: bytes) -> bytes:
    """Return what may be stored of a secret of full entropy: its SHA-256."""
    return hashlib.sha256(secret).digest()


def mac(key: bytes, *parts: bytes) -> bytes:
    """Return HMAC-SHA-256 over `parts`, each preceded by its length, so that no two lists collide."""
    framed = b"".join([len(part).to_bytes(4) + part for part in parts])
    # `hmac.digest` lets other threads in at each call, and then waits for its turn: up to 250 µs on a busy server.
    return hmac.HMAC(key, framed, "sha256").digest()


def same(one: bytes, other: bytes) -> bool:
    """Compare in time that does not depend on where the two differ."""
    return hmac.compare_digest(one, other)


def derive(master: bytes, purpose: str) -> bytes:
    """Return the 32-byte key for `purpose`, a one-way function of the master secret."""
    return mac(master, b"doorward key", purpose.encode())


def encode(raw: bytes) -> str:
    """Return `raw` in lower-case base 32 without padding: one word to a double click and to a secret scanner."""
    bits = 8 * len(raw)
    letters = -(-bits // _LETTER_BITS)
    return spelled(int.from_bytes(raw) << _LETTER_BITS * letters - bits, letters, _PAIRS)


def decode(text: str) -> bytes | None:
    """Return the bytes of `text`, or None when it is not exactly what `encode` would have written.

    That has only these letters, no bits that stand for nothing but zeros, and no letter more than it takes.
    """
    if text.strip(_LETTERS):
        return None
    count, spare_bits = divmod(_LETTER_BITS * len(text), 8)
    number = int(text.translate(_AS_DIGITS) or "0", 32)
    if spare_bits >= _LETTER_BITS or number & (1 << spare_bits) - 1:
        return None
    return (number >> spare_bits).to_bytes(count)


@dataclass(frozen=True, slots=True)
class Envelopes:
    """Closes and opens the envelopes `<kind>_<part>_…_<mac>` that carry opaque secrets.

    A forged, truncated, extended or re-spelled envelope is refused without asking any store. What was closed with one
    of the `previous` keys still opens, so that a change of the deployment's secret signs nobody out.
    """

    key: bytes
    previous: tuple[bytes, ...] = ()

    def close(self, kind: str, *parts: str) -> str:
        """Return the envelope of `parts`; no part may be empty or contain an underscore."""
        body = "_".join((kind, *parts))
        return f"{body}_{encode(_seal(self.key, body))}"

    def open(self, kind: str, presented: str, *, parts: int) -> tuple[str, ...] | None:
        """Return the `parts` of an envelope that this key closed as `kind`, or None."""
        if not presented.startswith(kind):  # as most of what is shown to whoever reads several kinds
            return None
        if len(presented) > _MAX_ENVELOPE_CHARACTERS or not presented.isascii():
            return None
        body, _, seal = presented.rpartition("_")
        pieces = body.split("_")
        if len(pieces) != parts + 1 or pieces[0] != kind:
            return None
        shown = decode(seal) or b""
        if not any(same(shown, _seal(key, body)) for key in (self.key, *self.previous)):
            return None
        return tuple(pieces[1:])


def _seal(key: bytes, body: str) -> bytes:
    return mac(key, b"envelope", body.encode())[:_MAC_BYTES]
