"""Argon2id with a pepper that can be changed.

libsodium computes it: it takes the widest instructions that the machine has, and half the time of the reference's code.
Whoever guesses has them too, so the cost is chosen by its memory and its passes.
Source: OWASP Password Storage Cheat Sheet; RFC 9106.
"""

import base64
import binascii
import os
import re
import sys
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final, Self

from nacl.pwhash import argon2id

from doorward.core.credentials.ports import PasswordHasher
from doorward.core.kernel import secrets

_HASH_BYTES: Final = 32
_SALT_BYTES: Final = 16
_KIB: Final = 1024
_NICENESS: Final = 5
_PEPPER_ID_CHARACTERS: Final = 12
_MEMORY_KIB: Final = range(8, 1024 * 1024 + 1)
_PASSES: Final = range(1, 17)
"""What a stored hash may cost. One that asks for more was not written here: it would keep a core, or all memory."""
_STORED: Final = re.compile(
    r"\$argon2id\$v=19\$m=(\d{1,10}),t=(\d{1,10}),p=1,k=([a-z0-9]{1,32})"
    r"\$([A-Za-z0-9+/]{22})\$([A-Za-z0-9+/]{43})"
)


@dataclass(frozen=True, slots=True)
class Parameters:
    """What one hash costs: memory in KiB, and passes over it. It has one lane: a sign-in is to take one core."""

    memory_kib: int = 19_456
    passes: int = 2


@dataclass(frozen=True, slots=True)
class _Stored:
    parameters: Parameters
    pepper_id: str
    salt: bytes
    tag: bytes

    @classmethod
    def parse(cls, stored: str) -> Self | None:
        match = _STORED.fullmatch(stored)
        if match is None:
            return None
        memory, passes, pepper_id, salt, tag = match.groups()
        if int(memory) not in _MEMORY_KIB or int(passes) not in _PASSES:
            return None
        try:
            raw_salt, raw_tag = base64.b64decode(salt + "=="), base64.b64decode(tag + "=")
        except binascii.Error:
            return None
        return cls(Parameters(int(memory), int(passes)), pepper_id, raw_salt, raw_tag)

    def __str__(self) -> str:
        cost = f"m={self.parameters.memory_kib},t={self.parameters.passes},p=1"
        return f"$argon2id$v=19${cost},k={self.pepper_id}${_b64(self.salt)}${_b64(self.tag)}"


def peppers_by_id(*peppers: bytes) -> dict[str, bytes]:
    """Return the peppers by the name that hashes carry, in the order given: the first is in force.

    The name is a one-way function of the pepper, so it can be neither mistyped nor given to two.
    """
    return {secrets.encode(secrets.mac(pepper, b"pepper id"))[:_PEPPER_ID_CHARACTERS]: pepper for pepper in peppers}


class Argon2Hasher(PasswordHasher):
    """Hashes with Argon2id, then with HMAC-SHA-256 under a pepper that is kept apart from the store.

    `peppers` maps names to keys; the first is in force, the others still verify. At most `parallel` hashes are computed
    at one time, each on a thread of its own that steps back when others need the core; who comes later waits. So a
    flood of sign-ins costs the memory of so many hashes and no more, and nobody else's time.
    """

    def __init__(
        self, peppers: Mapping[str, bytes], *, parameters: Parameters | None = None, parallel: int | None = None
    ) -> None:
        if not peppers:
            raise ValueError("at least one pepper is needed")
        self._peppers = dict(peppers)
        self._pepper_id = next(iter(self._peppers))
        self._parameters = parameters or Parameters()
        self._threads = ThreadPoolExecutor(parallel or os.cpu_count() or 1, "argon2", initializer=step_back)
        nothing = secrets.random_bytes(_HASH_BYTES)
        self._unmatched = _Stored(self._parameters, self._pepper_id, secrets.random_bytes(_SALT_BYTES), nothing)

    def hash(self, password: str) -> str:
        salt = secrets.random_bytes(_SALT_BYTES)
        tag = self._tag(password, salt, self._parameters, pepper=self._peppers[self._pepper_id])
        return str(_Stored(self._parameters, self._pepper_id, salt, tag))

    def verify(self, stored: str | None, password: str) -> bool:
        parsed = None if stored is None else _Stored.parse(stored)
        is_ours = parsed is not None and parsed.pepper_id in self._peppers
        against = parsed if parsed is not None and is_ours else self._unmatched
        pepper = self._peppers[against.pepper_id]
        tag = self._tag(password, against.salt, against.parameters, pepper=pepper)
        return secrets.same(tag, against.tag) and is_ours

    def is_outdated(self, stored: str) -> bool:
        parsed = _Stored.parse(stored)
        if parsed is None:
            return True
        return parsed.parameters != self._parameters or parsed.pepper_id != self._pepper_id

    def close(self) -> None:
        """End the threads, once the hashes in hand are computed."""
        self._threads.shutdown()

    def _tag(self, password: str, salt: bytes, parameters: Parameters, *, pepper: bytes) -> bytes:
        hashing = self._threads.submit(
            argon2id.kdf,
            _HASH_BYTES,
            # A lone surrogate is no text, yet it must be refused as slowly as any wrong password.
            password.encode("utf-8", "surrogatepass"),
            salt,
            opslimit=parameters.passes,
            memlimit=parameters.memory_kib * _KIB,
        )
        return secrets.mac(pepper, b"password", hashing.result())


def step_back() -> None:
    """Let the threads that answer go before this one. A thread has a priority of its own on Linux alone."""
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICENESS)


def _b64(raw: bytes) -> str:
    return base64.b64encode(raw).decode().rstrip("=")
