"""Making the next signing keys, and letting the old ones go."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from doorward.core.audit.ports import HasAuditLog
from doorward.core.audit.record import record
from doorward.core.audit.records import AuditKind, Event
from doorward.core.kernel.clock import Clock
from doorward.core.kernel.ids import AccountId, KeyId, new_id
from doorward.core.kernel.sealing import Sealer
from doorward.core.kernel.work import OpensWork
from doorward.core.keys import rules
from doorward.core.keys.keyring import Keyring, seal_context
from doorward.core.keys.ports import HasSigningKeys, Signatures
from doorward.core.keys.records import SIGNS, Algorithm, SigningKey


class KeyWork(HasSigningKeys, HasAuditLog, Protocol):
    """What rotating keys writes."""


@dataclass(frozen=True, slots=True)
class RotateKeys:
    """Make sure that a key signs for every algorithm and that its successor is published in time.

    Safe to run at any time and by many processes at once: it acts only on what is due. With `force`, every algorithm
    gets a successor now, which takes over when verifiers have had time to fetch it.
    """

    work: OpensWork[KeyWork]
    signatures: Signatures
    sealer: Sealer
    clock: Clock
    keyring: Keyring

    def __call__(self, *, force: bool = False, actor_id: AccountId | None = None) -> tuple[SigningKey, ...]:
        """Return the keys that were made."""
        now = self.clock.now()
        with self.work() as work:
            work.signing_keys.remove_ended(now)
            due = self._due(work.signing_keys.all(), now, force=force)
        # Making a pair takes a good part of a second, so it happens while nobody waits for this unit of work.
        fresh = {algorithm: self._fresh(algorithm, now) for algorithm in due}
        with self.work() as work:
            now = self.clock.now()  # others who began later may have made theirs, which sign from a later moment
            keys = work.signing_keys.all()
            still_due = [algorithm for algorithm in self._due(keys, now, force=force) if algorithm in fresh]
            made = tuple(self._succeed(work, keys, fresh[algorithm], now) for algorithm in still_due)
            for key in made:
                detail = {"key": key.id, "algorithm": key.algorithm}
                record(work.audit, Event(AuditKind.KEY_MADE, actor_id=actor_id, detail=detail), now)
        if made:
            self.keyring.forget()
        return made

    @staticmethod
    def _due(keys: tuple[SigningKey, ...], now: datetime, *, force: bool) -> list[Algorithm]:
        return [algorithm for algorithm in SIGNS if force or rules.needs_successor(keys, algorithm, now)]

    def _fresh(self, algorithm: Algorithm, now: datetime) -> SigningKey:
        """Return a new key that signs from now on."""
        key_id = KeyId(new_id(now))
        public_jwk, private = self.signatures.generate(algorithm, key_id)
        sealed = self.sealer.seal(private, context=seal_context(key_id))
        signs_until = now + rules.SIGNS_FOR
        return SigningKey(
            key_id, algorithm, public_jwk, sealed, now, now, signs_until, signs_until + rules.VERIFIES_AFTER
        )

    @staticmethod
    def _succeed(work: KeyWork, keys: tuple[SigningKey, ...], fresh: SigningKey, now: datetime) -> SigningKey:
        present = rules.signing_key(keys, fresh.algorithm, now)
        key = fresh if present is None else rules.postponed(fresh, rules.PUBLISHED_BEFORE_USE)
        work.signing_keys.add(key)
        for old in keys:
            # The present key signs until its successor does, even past its own time: there is always one that signs.
            if old == present or (old.algorithm is key.algorithm and old.signs_until > key.signs_from):
                ends_at = key.signs_from + rules.VERIFIES_AFTER
                work.signing_keys.retire(old.id, signs_until=key.signs_from, ends_at=ends_at)
        return key
