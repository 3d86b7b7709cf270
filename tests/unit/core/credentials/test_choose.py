import pytest

from doorward.core.credentials.choose import ChoosePassword
from doorward.core.credentials.errors import PasswordUnsuitable
from tests.house import KNOWN_PASSWORD, PASSWORD, CountingHasher, OneKnownPassword


@pytest.fixture
def hasher() -> CountingHasher:
    return CountingHasher()


@pytest.fixture
def choose(hasher: CountingHasher) -> ChoosePassword:
    return ChoosePassword(hasher, OneKnownPassword())


def test_choose_good_password_returns_its_hash(choose: ChoosePassword, hasher: CountingHasher) -> None:
    kept = choose(PASSWORD, pointer="/password", context=())

    assert hasher.verify(kept, PASSWORD)
    assert PASSWORD not in kept


def test_choose_hashes_the_normal_form(choose: ChoosePassword, hasher: CountingHasher) -> None:
    choose("cre\u0300me bru\u0302le\u0301e\u00a0breakfast", pointer="/password", context=())

    assert hasher.hashed == ["crème brûlée breakfast"]


@pytest.mark.parametrize("password", ["short", KNOWN_PASSWORD, "Doorward Doorward 1"])
def test_choose_bad_password_is_unsuitable_and_costs_no_hash(
    choose: ChoosePassword, hasher: CountingHasher, password: str
) -> None:
    with pytest.raises(PasswordUnsuitable):
        choose(password, pointer="/password", context=())

    assert hasher.calls == 0


def test_choose_other_minimum_and_brand_hold(hasher: CountingHasher) -> None:
    lax = ChoosePassword(hasher, OneKnownPassword(), minimum=8, brand="Acme Corporation")

    assert lax("v7#kQp2!x", pointer="/password", context=())
    with pytest.raises(PasswordUnsuitable):
        lax("acme corporation 7", pointer="/password", context=())
