from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from doorward.core.audit.records import AuditKind
from doorward.core.kernel.ids import KeyId
from doorward.core.keys import jose, tokens
from doorward.core.keys.errors import TokenRefused
from doorward.core.keys.ports import Signatures
from doorward.core.keys.records import SIGNS, Algorithm, SigningKey
from doorward.core.keys.rules import PUBLISHED_BEFORE_USE, SIGNS_FOR, VERIFIES_AFTER
from tests.builders import ISSUER, an_access_token
from tests.house import House

HOUR = timedelta(hours=1)


def key_of(presented: str) -> str:
    key_id = jose.parse(presented).key_id
    assert key_id is not None
    return key_id


def sign(house: House) -> str:
    return house.flows.keyring.sign(an_access_token(now=house.clock.now()))


def kept(house: House) -> tuple[SigningKey, ...]:
    with house.store.view() as view:
        return view.signing_keys.all()


def test_rotate_keys_first_time_makes_one_that_signs_at_once(house: House) -> None:
    keys = kept(house)

    assert sorted(key.algorithm for key in keys) == sorted(SIGNS)
    assert all(key.signs_from == house.clock.now() for key in keys)
    with house.store.view() as view:
        kinds = [entry.event.kind for entry in view.audit.read()]
    assert kinds == [AuditKind.KEY_MADE] * 2


def test_rotate_keys_when_nothing_is_due_makes_nothing(house: House) -> None:
    house.clock.pause(SIGNS_FOR - PUBLISHED_BEFORE_USE - timedelta(seconds=1))

    assert house.flows.rotate_keys() == ()


def test_rotate_keys_publishes_a_day_before_use_and_verifies_a_day_after(house: House) -> None:
    old = key_of(sign(house))
    house.clock.pause(SIGNS_FOR - PUBLISHED_BEFORE_USE)
    made = next(key for key in house.flows.rotate_keys() if key.algorithm is Algorithm.ES256)
    published = house.flows.keyring.published()

    before_use = key_of(sign(house))
    house.clock.pause(PUBLISHED_BEFORE_USE)
    last_of_old, first_of_new = old, key_of(sign(house))

    assert made.id in published
    assert before_use == last_of_old
    assert first_of_new == made.id
    assert old in house.flows.keyring.published()
    house.clock.pause(VERIFIES_AFTER)
    assert old not in house.flows.keyring.published()


def test_rotate_keys_token_of_the_key_before_is_read_until_it_ends(house: House) -> None:
    house.flows.rotate_keys(force=True)
    house.clock.pause(PUBLISHED_BEFORE_USE - timedelta(seconds=1))
    presented = sign(house)
    house.clock.pause(timedelta(minutes=5))

    assert house.flows.keyring.read(presented, ISSUER).issuer == ISSUER
    house.flows.keyring.forget()
    assert house.flows.keyring.read(presented, ISSUER).issuer == ISSUER


def test_rotate_keys_a_retired_key_verifies_no_more(house: House) -> None:
    house.flows.rotate_keys(force=True)
    old = next(key for key in kept(house) if key.algorithm is Algorithm.ES256 and key.signs_from <= house.clock.now())
    house.clock.pause(PUBLISHED_BEFORE_USE + VERIFIES_AFTER)
    private = house.flows.keyring.sealer.open(old.sealed_private, context=f"signing-key:{old.id}")
    assert private is not None
    signatures = house.flows.keyring.signatures
    signed = tokens.signing_input(an_access_token(now=house.clock.now()), Algorithm.ES256, old.id)
    presented = f"{signed.decode()}.{jose.b64url_encode(signatures.sign(Algorithm.ES256, private, signed))}"

    with pytest.raises(TokenRefused):
        house.flows.keyring.read(presented, ISSUER)


@pytest.mark.parametrize("late", [timedelta(0), timedelta(minutes=40), timedelta(hours=20), timedelta(hours=23)])
def test_rotate_keys_however_late_there_is_always_one_that_signs(house: House, late: timedelta) -> None:
    house.clock.pause(SIGNS_FOR - PUBLISHED_BEFORE_USE + late)
    made = house.flows.rotate_keys()
    signers = []

    for _ in range(50):
        signers.append(key_of(sign(house)))
        house.clock.pause(HOUR)

    assert len(made) == 2
    assert len(set(signers)) == 2
    assert signers == sorted(signers)


def test_rotate_keys_after_all_have_ended_one_signs_at_once(house: House) -> None:
    house.clock.pause(SIGNS_FOR + timedelta(days=30))

    house.flows.rotate_keys()

    assert key_of(sign(house)) in {key.id for key in kept(house)}
    assert len(kept(house)) == 2


def test_rotate_keys_forced_twice_the_first_successor_never_signs(house: House) -> None:
    first = house.flows.rotate_keys(force=True)
    house.clock.pause(HOUR)
    second = house.flows.rotate_keys(force=True)
    signers = []

    for _ in range(40):
        signers.append(key_of(sign(house)))
        house.clock.pause(HOUR)

    assert len(first) == len(second) == 2
    assert signers[-1] in {key.id for key in second}


def test_rotate_keys_by_two_processes_at_once_is_harmless(house: House) -> None:
    other = House(house.store, clock=house.clock)

    house.flows.rotate_keys(force=True)
    other.flows.rotate_keys(force=True)
    house.clock.pause(PUBLISHED_BEFORE_USE)

    assert house.flows.keyring.is_ready()
    assert other.flows.keyring.read(sign(house), ISSUER).issuer == ISSUER


def test_rotate_keys_seals_the_private_half(house: House) -> None:
    for key in kept(house):
        assert b"PRIVATE" not in key.sealed_private
        assert house.flows.keyring.sealer.open(key.sealed_private, context="signing-key:other") is None


@dataclass
class Slow(Signatures):
    """Gives another process the time to rotate first."""

    real: Signatures
    meanwhile: Callable[[], object]

    def generate(self, algorithm: Algorithm, key_id: KeyId) -> tuple[str, bytes]:
        self.meanwhile()
        return self.real.generate(algorithm, key_id)

    def sign(self, algorithm: Algorithm, private: bytes, message: bytes) -> bytes:
        return self.real.sign(algorithm, private, message)

    def verify(self, algorithm: Algorithm, public_jwk: str, message: bytes, *, signature: bytes) -> bool:
        return self.real.verify(algorithm, public_jwk, message, signature=signature)


def test_rotate_keys_that_another_process_made_meanwhile_are_not_made_again(house: House) -> None:
    house.clock.pause(SIGNS_FOR - PUBLISHED_BEFORE_USE)
    ours = house.flows.rotate_keys

    late = replace(ours, signatures=Slow(ours.signatures, ours))()

    assert late == ()
    assert len(kept(house)) == 2 * len(SIGNS)


def test_rotate_keys_first_ones_of_a_process_that_began_later_are_not_made_again(house: House) -> None:
    house.clock.pause(SIGNS_FOR + timedelta(days=30))
    ours = house.flows.rotate_keys

    def overtake() -> None:
        house.clock.pause(timedelta(seconds=1))
        ours()

    late = replace(ours, signatures=Slow(ours.signatures, overtake))()

    assert late == ()
    assert len(kept(house)) == len(SIGNS)
