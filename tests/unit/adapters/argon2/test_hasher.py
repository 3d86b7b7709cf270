import time
from threading import Lock, Thread

import pytest
from nacl.pwhash import argon2id

from doorward.adapters.argon2.hasher import Argon2Hasher, Parameters, peppers_by_id

CHEAP = Parameters(memory_kib=64, passes=1)
PEPPER, NEXT_PEPPER = b"p" * 32, b"q" * 32
PASSWORD = "correct horse battery staple"


def a_hasher(*peppers: bytes, parameters: Parameters = CHEAP) -> Argon2Hasher:
    return Argon2Hasher(peppers_by_id(*(peppers or (PEPPER,))), parameters=parameters)


def test_verify_right_password_accepts() -> None:
    hasher = a_hasher()

    stored = hasher.hash(PASSWORD)

    assert hasher.verify(stored, PASSWORD)


@pytest.mark.parametrize("presented", ["", PASSWORD + " ", PASSWORD[:-1], PASSWORD.upper(), "\ud800", PASSWORD + "\0"])
def test_verify_other_password_refuses(presented: str) -> None:
    hasher = a_hasher()

    assert not hasher.verify(hasher.hash(PASSWORD), presented)


def test_hash_default_parameters_are_those_of_owasp() -> None:
    hasher = Argon2Hasher(peppers_by_id(PEPPER))

    stored = hasher.hash(PASSWORD)

    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1,k=")


def test_hash_twice_gives_different_salts() -> None:
    hasher = a_hasher()

    assert hasher.hash(PASSWORD) != hasher.hash(PASSWORD)


def test_verify_without_stored_hash_computes_one_at_the_same_parameters(monkeypatch: pytest.MonkeyPatch) -> None:
    hasher = a_hasher()
    compute, costs = argon2id.kdf, []

    def counting(size: int, secret: bytes, salt: bytes, *, opslimit: int, memlimit: int) -> bytes:
        costs.append((size, opslimit, memlimit))
        return compute(size, secret, salt, opslimit=opslimit, memlimit=memlimit)

    stored = hasher.hash(PASSWORD)
    monkeypatch.setattr(argon2id, "kdf", counting)

    answers = [hasher.verify(stored, PASSWORD), hasher.verify(None, PASSWORD), hasher.verify("nonsense", PASSWORD)]

    assert answers == [True, False, False]
    assert costs == [(32, 1, 64 * 1024)] * 3


def test_verify_with_other_pepper_refuses() -> None:
    stored = a_hasher(PEPPER).hash(PASSWORD)

    assert not a_hasher(NEXT_PEPPER).verify(stored, PASSWORD)


def test_verify_pepper_id_swapped_in_store_refuses() -> None:
    both = a_hasher(PEPPER, NEXT_PEPPER)
    stored = both.hash(PASSWORD)
    first, second = peppers_by_id(PEPPER, NEXT_PEPPER)

    assert not both.verify(stored.replace(first, second), PASSWORD)


def test_verify_hash_that_the_reference_implementation_computed_accepts() -> None:
    stored = (
        "$argon2id$v=19$m=64,t=3,p=1,k=jxzc2ssqo4j7$AAECAwQFBgcICQoLDA0ODw$HnTJ+Ou5qZOjgatquMmgqkBsv6ZVqZkxQye8eo6WIf0"
    )

    assert a_hasher().verify(stored, PASSWORD)
    assert not a_hasher().verify(stored, PASSWORD + " ")


def test_verify_hash_of_previous_pepper_accepts_and_is_outdated() -> None:
    stored = a_hasher(PEPPER).hash(PASSWORD)
    rotated = a_hasher(NEXT_PEPPER, PEPPER)

    assert rotated.verify(stored, PASSWORD)
    assert rotated.is_outdated(stored)


def test_verify_hash_of_other_parameters_accepts_and_is_outdated() -> None:
    stored = a_hasher().hash(PASSWORD)
    stronger = a_hasher(parameters=Parameters(memory_kib=128, passes=1))

    assert stronger.verify(stored, PASSWORD)
    assert stronger.is_outdated(stored)


def test_is_outdated_own_hash_says_no() -> None:
    hasher = a_hasher()

    assert not hasher.is_outdated(hasher.hash(PASSWORD))


@pytest.mark.parametrize("cost", ["m=7,t=1", "m=1048577,t=1", "m=9999999999,t=1", "m=64,t=0", "m=64,t=17"])
def test_verify_hash_of_a_cost_that_was_never_written_refuses_at_the_usual_cost(
    cost: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    hasher, compute, costs = a_hasher(), argon2id.kdf, []

    def counting(size: int, secret: bytes, salt: bytes, *, opslimit: int, memlimit: int) -> bytes:
        costs.append((opslimit, memlimit))
        return compute(size, secret, salt, opslimit=opslimit, memlimit=memlimit)

    monkeypatch.setattr(argon2id, "kdf", counting)
    stored = hasher.hash(PASSWORD).replace("m=64,t=1", cost)

    assert not hasher.verify(stored, PASSWORD)
    assert hasher.is_outdated(stored)
    assert costs == [(1, 64 * 1024)] * 2


TWO_LANES = f"$argon2id$v=19$m=64,t=3,p=2,k=jxzc2ssqo4j7${'A' * 22}${'A' * 43}"


@pytest.mark.parametrize("stored", ["", "$2b$12$abc", "$argon2id$v=19$m=64,t=1,p=1$c2FsdA$dGFn", TWO_LANES])
def test_is_outdated_foreign_notation_says_yes(stored: str) -> None:
    assert a_hasher().is_outdated(stored)


def test_constructor_without_pepper_refuses() -> None:
    with pytest.raises(ValueError, match="pepper"):
        Argon2Hasher({})


def test_hash_many_callers_never_exceeds_parallel(monkeypatch: pytest.MonkeyPatch) -> None:
    running, most, lock = [0], [0], Lock()

    def slow(*_: bytes, **__: int) -> bytes:
        with lock:
            running[0] += 1
            most[0] = max(most[0], running[0])
        time.sleep(0.01)  # noqa: TID251 (lets the others in, if anything does)
        with lock:
            running[0] -= 1
        return bytes(32)

    monkeypatch.setattr(argon2id, "kdf", slow)
    hasher = Argon2Hasher(peppers_by_id(PEPPER), parallel=2)
    threads = [Thread(target=hasher.hash, args=(PASSWORD,)) for _ in range(8)]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert most[0] == 2
