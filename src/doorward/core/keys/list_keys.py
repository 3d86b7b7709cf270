"""Looking at the signing keys."""

from dataclasses import dataclass
from datetime import datetime

from doorward.core.kernel.clock import Clock
from doorward.core.kernel.work import OpensView
from doorward.core.keys import rules
from doorward.core.keys.ports import HasSigningKeys
from doorward.core.keys.records import SIGNS, Algorithm, KeyState, SigningKey


@dataclass(frozen=True, slots=True)
class KeySeen:
    """A signing key, and where it stands at this moment."""

    key: SigningKey
    state: KeyState


@dataclass(frozen=True, slots=True)
class RotationSeen:
    """When an algorithm's next key takes over; `is_published` tells whether verifiers can fetch it already."""

    algorithm: Algorithm
    at: datetime
    is_published: bool


@dataclass(frozen=True, slots=True)
class KeySet:
    """The signing keys, those that sign later first, and what comes next of each algorithm."""

    keys: tuple[KeySeen, ...]
    rotations: tuple[RotationSeen, ...]


@dataclass(frozen=True, slots=True)
class ListKeys:
    """Return every signing key that is kept."""

    view: OpensView[HasSigningKeys]
    clock: Clock

    def __call__(self) -> KeySet:
        """Read them; no private half is opened."""
        now = self.clock.now()
        with self.view() as work:
            kept = work.signing_keys.all()
        newest_first = sorted(kept, key=lambda key: (key.signs_from, key.id), reverse=True)
        seen = tuple(KeySeen(key, rules.state_of(kept, key, now)) for key in newest_first)
        rotations = (_rotation(kept, algorithm, now) for algorithm in SIGNS)
        return KeySet(seen, tuple(rotation for rotation in rotations if rotation is not None))


def _rotation(kept: tuple[SigningKey, ...], algorithm: Algorithm, now: datetime) -> RotationSeen | None:
    signing = rules.signing_key(kept, algorithm, now)
    if signing is None:
        return None
    coming = [key for key in kept if key.algorithm is algorithm and key.signs_from > now]
    if not coming:
        return RotationSeen(algorithm, signing.signs_until, is_published=False)
    return RotationSeen(algorithm, min(key.signs_from for key in coming), is_published=True)
