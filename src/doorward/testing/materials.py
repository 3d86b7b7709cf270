"""What a twin stands on: a store in memory, keys that are made once, and hashes that cost next to nothing."""

import json
from collections.abc import Collection
from functools import cache
from typing import Final

from doorward.adapters.argon2.hasher import Parameters
from doorward.adapters.jose.signatures import JoseSignatures
from doorward.adapters.memory.store import MemoryStore
from doorward.assembly.store import Listeners, Store
from doorward.core.audit.records import AuditKind
from doorward.core.kernel.ids import AccountId, KeyId
from doorward.core.keys.ports import Signatures
from doorward.core.keys.records import Algorithm

WORTHLESS_HASH_COST_FOR_TESTS: Final = Parameters(memory_kib=8, passes=1)
"""The least that Argon2 can do: a real hash that a pocket calculator could guess."""

_SIGNATURES: Final = JoseSignatures()


class ReusedKeys(Signatures):
    """Real signatures; a key pair is made and read once for all tests of a process, and named anew for each."""

    def generate(self, algorithm: Algorithm, key_id: KeyId) -> tuple[str, bytes]:
        """Return the pair of an algorithm, under another name."""
        public, private = _a_pair(algorithm)
        return json.dumps(json.loads(public) | {"kid": key_id}), private

    def sign(self, algorithm: Algorithm, private: bytes, message: bytes) -> bytes:
        """Return the signature of a message."""
        return _SIGNATURES.sign(algorithm, private, message)

    def verify(self, algorithm: Algorithm, public_jwk: str, message: bytes, *, signature: bytes) -> bool:
        """Tell whether a signature is good."""
        return _SIGNATURES.verify(algorithm, public_jwk, message, signature=signature)


@cache
def _a_pair(algorithm: Algorithm) -> tuple[str, bytes]:
    return _SIGNATURES.generate(algorithm, KeyId("0" * 26))


class SharedStore:
    """One store in memory for every house of a twin: each hears of what the others commit."""

    def __init__(self) -> None:
        self._houses: list[Listeners] = []
        self._store = MemoryStore(on_change=self._changed, on_jobs=self._has_jobs, on_audited=self._audited)

    def open(self, listeners: Listeners) -> Store:
        """Return the store to one more house."""
        self._houses.append(listeners)
        return self._store

    def _changed(self, accounts: Collection[AccountId]) -> None:
        for house in self._houses:
            house.on_change(accounts)

    def _has_jobs(self) -> None:
        for house in self._houses:
            house.on_jobs()

    def _audited(self, kinds: Collection[AuditKind]) -> None:
        for house in self._houses:
            house.on_audited(kinds)
