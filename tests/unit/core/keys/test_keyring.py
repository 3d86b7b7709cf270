import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import timedelta

import pytest

from doorward.adapters.sealing.sealer import AesGcmSealer
from doorward.core.kernel.errors import Unavailable
from doorward.core.keys import jose, tokens
from doorward.core.keys import keyring as module
from doorward.core.keys.errors import TokenRefused
from doorward.core.keys.jose import JsonValue
from doorward.core.keys.keyring import REREAD_AFTER, RETRY_AFTER, STALE_FOR, Keyring
from doorward.core.keys.ports import HasSigningKeys
from doorward.core.keys.records import SIGNS, AccessToken, Algorithm
from doorward.testing.clock import FixedClock
from doorward.testing.materials import ReusedKeys
from tests.builders import ISSUER, KEY, an_access_token
from tests.house import House

LIFE = timedelta(minutes=5)


def a_token(house: House) -> AccessToken:
    return an_access_token(now=house.clock.now())


def read(house: House, presented: str) -> AccessToken:
    return house.flows.keyring.read(presented, ISSUER)


def another(house: House, *, key: bytes | None = None) -> Keyring:
    """Return the keyring of another process."""
    sealer = AesGcmSealer(key) if key else house.flows.keyring.sealer
    return Keyring(house.store.view, ReusedKeys(), sealer, house.clock, ISSUER)


@pytest.mark.parametrize("algorithm", SIGNS)
def test_read_what_was_signed_returns_it(house: House, algorithm: Algorithm) -> None:
    presented = house.flows.keyring.sign(a_token(house), algorithm)

    assert read(house, presented) == a_token(house)
    assert another(house).read(presented, ISSUER) == a_token(house)


def test_sign_claims_of_another_kind_is_no_access_token(house: House) -> None:
    claims: dict[str, JsonValue] = {"iss": ISSUER, "sub": "a", "aud": ISSUER, "nonce": None}

    presented = house.flows.keyring.sign_claims("JWT", claims, Algorithm.RS256)

    assert jose.parse(presented).type == "jwt"
    assert house.flows.keyring.read_own(presented, "JWT") == {"iss": ISSUER, "sub": "a", "aud": ISSUER}
    with pytest.raises(TokenRefused):
        read(house, presented)


def test_read_own_reads_what_has_expired(house: House) -> None:
    presented = house.flows.keyring.sign(a_token(house))
    house.clock.pause(timedelta(hours=1))

    assert house.flows.keyring.read_own(presented, "at+jwt")["jti"] == a_token(house).token_id


@pytest.mark.parametrize("kind", ["at+jwt", "logout+jwt", ""])
def test_read_own_of_another_type_is_refused(house: House, kind: str) -> None:
    presented = house.flows.keyring.sign_claims("JWT", {"iss": ISSUER}, Algorithm.RS256)

    with pytest.raises(TokenRefused):
        house.flows.keyring.read_own(presented, kind)


def test_read_own_of_another_issuer_is_refused(house: House) -> None:
    presented = house.flows.keyring.sign_claims("JWT", {"iss": "https://other.example"}, Algorithm.RS256)

    with pytest.raises(TokenRefused):
        house.flows.keyring.read_own(presented, "JWT")


def test_read_own_with_another_signature_is_refused(house: House) -> None:
    one = house.flows.keyring.sign_claims("JWT", {"iss": ISSUER, "sub": "a"}, Algorithm.RS256)
    other = house.flows.keyring.sign_claims("JWT", {"iss": ISSUER, "sub": "b"}, Algorithm.RS256)

    with pytest.raises(TokenRefused):
        house.flows.keyring.read_own(f"{one.rpartition('.')[0]}.{other.rpartition('.')[2]}", "JWT")


@pytest.mark.parametrize("algorithm", sorted(set(Algorithm) - set(SIGNS)))
def test_sign_claims_with_an_algorithm_that_has_no_key_is_unavailable(house: House, algorithm: Algorithm) -> None:
    with pytest.raises(Unavailable):
        house.flows.keyring.sign_claims("JWT", {}, algorithm)


def test_read_again_asks_neither_store_nor_mathematics(house: House) -> None:
    presented = house.flows.keyring.sign(a_token(house))
    read(house, presented)
    before = len(house.statements)

    house.flows.keyring.signatures = Broken()

    assert read(house, presented) == a_token(house)
    assert house.statements[before:] == []


class Broken(ReusedKeys):
    def verify(self, algorithm: Algorithm, public_jwk: str, message: bytes, *, signature: bytes) -> bool:
        raise AssertionError(f"{algorithm} {public_jwk} {message!r} {signature!r}")


def test_read_remembered_token_still_expires(house: House) -> None:
    presented = house.flows.keyring.sign(a_token(house))
    read(house, presented)
    house.clock.pause(LIFE + tokens.LEEWAY)

    with pytest.raises(TokenRefused):
        read(house, presented)


def test_read_remembered_token_for_another_audience_is_refused(house: House) -> None:
    presented = house.flows.keyring.sign(a_token(house))
    read(house, presented)

    with pytest.raises(TokenRefused):
        house.flows.keyring.read(presented, ISSUER + "/v1/web")


def test_read_remembers_a_bounded_number(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MAX_REMEMBERED", 3)

    for number in range(10):
        presented = house.flows.keyring.sign(replace(a_token(house), token_id=f"{number}"))
        assert read(house, presented).token_id == f"{number}"

    assert len(house.flows.keyring._verified) <= 3


def test_read_any_changed_character_is_refused(house: House) -> None:
    presented = house.flows.keyring.sign(a_token(house))

    for position in range(len(presented)):
        letter = "A" if presented[position] != "A" else "B"
        with pytest.raises(TokenRefused):
            read(house, presented[:position] + letter + presented[position + 1 :])


def test_read_signed_with_the_other_algorithm_under_our_key_id_is_refused(house: House) -> None:
    with house.store.view() as view:
        keys = {key.algorithm: key for key in view.signing_keys.all()}
    sealed = keys[Algorithm.RS256]
    private = house.flows.keyring.sealer.open(sealed.sealed_private, context=module.seal_context(sealed.id))
    assert private is not None
    signed = tokens.signing_input(a_token(house), Algorithm.RS256, keys[Algorithm.ES256].id)
    signature = ReusedKeys().sign(Algorithm.RS256, private, signed)

    with pytest.raises(TokenRefused):
        read(house, f"{signed.decode()}.{jose.b64url_encode(signature)}")


def test_read_by_an_unknown_key_is_refused(house: House) -> None:
    signed = tokens.signing_input(a_token(house), Algorithm.ES256, KEY)

    with pytest.raises(TokenRefused):
        read(house, f"{signed.decode()}.{'A' * 86}")


def test_sign_without_keys_is_unavailable(house: House) -> None:
    house.clock.pause(timedelta(days=200))

    with pytest.raises(Unavailable):
        house.flows.keyring.sign(a_token(house))
    assert not house.flows.keyring.is_ready()


def test_is_ready_when_every_algorithm_has_a_key(house: House) -> None:
    assert house.flows.keyring.is_ready()


def test_published_is_a_key_set_without_private_members(house: House) -> None:
    published = json.loads(house.flows.keyring.published())

    assert [set(key) & {"d", "p", "q", "dp", "dq", "qi", "k"} for key in published["keys"]] == [set(), set()]
    assert {(key["alg"], key["use"]) for key in published["keys"]} == {("ES256", "sig"), ("RS256", "sig")}


def test_published_keys_are_read_again_after_the_bound(house: House) -> None:
    other = another(house)
    before = other.published()
    house.flows.rotate_keys(force=True)

    soon = other.published()
    house.clock.pause(REREAD_AFTER)
    later = other.published()

    assert soon == before
    assert len(json.loads(later)["keys"]) == 4
    assert len(json.loads(house.flows.keyring.published())["keys"]) == 4


def test_published_clock_set_back_reads_again(house: House) -> None:
    other = another(house)
    other.published()
    house.flows.rotate_keys(force=True)
    house.clock.pause(-timedelta(seconds=1))

    assert len(json.loads(other.published())["keys"]) == 4


def test_published_clock_set_back_a_little_does_not_prolong_the_bound(house: House) -> None:
    clock = house.clock
    assert isinstance(clock, FixedClock)
    other = another(house)
    other.published()
    house.flows.rotate_keys(force=True)

    clock.advance(REREAD_AFTER / 2)
    clock.set_by(-REREAD_AFTER / 2)
    clock.advance(REREAD_AFTER / 2)

    assert len(json.loads(other.published())["keys"]) == 4


def test_published_with_a_bound_of_zero_reads_every_time(house: House) -> None:
    other = another(house)
    other.reread_after = timedelta(0)
    other.published()
    house.flows.rotate_keys(force=True)

    assert len(json.loads(other.published())["keys"]) == 4


def test_forget_overtaking_a_reading_makes_it_count_as_old(house: House) -> None:
    outage = Outage(house)
    keyring = Keyring(outage, ReusedKeys(), house.flows.keyring.sealer, house.clock, ISSUER)
    outage.meanwhile = keyring.forget

    keyring.refresh()

    assert not keyring.is_current()


def test_read_verified_token_whose_key_is_gone_is_refused_within_the_bound(house: House) -> None:
    other = another(house)
    presented = house.flows.keyring.sign(a_token(house))
    other.read(presented, ISSUER)
    with house.store.work() as work:
        for key in work.signing_keys.all():
            work.signing_keys.retire(key.id, signs_until=house.clock.now(), ends_at=house.clock.now())
    house.clock.pause(REREAD_AFTER)

    other.refresh()

    with pytest.raises(TokenRefused):
        other.read(presented, ISSUER)


def test_published_keys_that_this_deployment_cannot_open_are_left_out(house: House) -> None:
    stranger = another(house, key=bytes(32))

    assert json.loads(stranger.published()) == {"keys": []}
    assert not stranger.is_ready()


class Outage:
    """A view of the store that can be cut off."""

    def __init__(self, house: House) -> None:
        self._view = house.store.view
        self.is_away = False
        self.opened = 0
        self.meanwhile: Callable[[], None] = lambda: None

    def __call__(self) -> AbstractContextManager[HasSigningKeys]:
        self.opened += 1
        self.meanwhile()
        if self.is_away:
            raise Unavailable(timedelta(seconds=1))
        return self._view()


def cut_off(house: House) -> tuple[Keyring, Outage]:
    """Return a keyring that holds keys, and whose store has just gone away."""
    outage = Outage(house)
    keyring = Keyring(outage, ReusedKeys(), house.flows.keyring.sealer, house.clock, ISSUER)
    keyring.refresh()
    outage.is_away = True
    return keyring, outage


def test_sign_while_the_store_is_away_uses_the_keys_that_are_held(house: House) -> None:
    keyring, _ = cut_off(house)
    house.clock.pause(REREAD_AFTER)

    presented = keyring.sign(a_token(house))

    assert keyring.read(presented, ISSUER) == a_token(house)
    assert not keyring.is_current()


def test_sign_while_the_store_is_away_asks_it_once_a_second(house: House) -> None:
    keyring, outage = cut_off(house)
    house.clock.pause(REREAD_AFTER)
    opened = outage.opened

    for _ in range(5):
        keyring.sign(a_token(house))
    within = outage.opened - opened
    house.clock.pause(RETRY_AFTER)
    keyring.sign(a_token(house))

    assert (within, outage.opened - opened) == (1, 2)


def test_sign_while_the_store_is_away_for_a_day_is_refused(house: House) -> None:
    keyring, _ = cut_off(house)
    house.clock.pause(STALE_FOR)

    with pytest.raises(Unavailable):
        keyring.sign(a_token(house))


def test_read_with_old_keys_asks_no_store(house: House) -> None:
    keyring, outage = cut_off(house)
    presented = keyring.sign(a_token(house))
    house.clock.pause(REREAD_AFTER)
    opened = outage.opened

    keyring.read(presented, ISSUER)

    assert outage.opened == opened


def test_refresh_without_keys_while_the_store_is_away_is_refused(house: House) -> None:
    outage = Outage(house)
    outage.is_away = True

    with pytest.raises(Unavailable):
        Keyring(outage, ReusedKeys(), house.flows.keyring.sealer, house.clock, ISSUER).refresh()


@pytest.mark.parametrize("step", [REREAD_AFTER, timedelta(days=1), timedelta(seconds=-1)])
def test_keys_are_no_longer_current_once_the_clock_says_so_though_no_time_passed(house: House, step: timedelta) -> None:
    keyring = another(house)
    keyring.refresh()
    was_current = keyring.is_current()
    assert isinstance(house.clock, FixedClock)

    house.clock.set_by(step)

    assert was_current
    assert not keyring.is_current()


def test_forget_without_keys_changes_nothing(house: House) -> None:
    keyring = another(house)

    keyring.forget()

    assert not keyring.is_current()


def test_refresh_while_somebody_else_reads_the_keys_waits_for_nobody(house: House) -> None:
    keyring, _ = cut_off(house)
    house.clock.pause(REREAD_AFTER)
    published: list[str] = []

    def slow() -> AbstractContextManager[HasSigningKeys]:
        published.append(keyring.published())
        return house.store.view()

    keyring.view = slow
    keyring.refresh()

    assert len(published) == 1
    assert keyring.is_current()
