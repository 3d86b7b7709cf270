import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.core.credentials import rules
from doorward.core.credentials.errors import PasswordUnsuitable

GOOD = "correct horse battery staple"


def test_check_good_password_returns() -> None:
    rules.check(GOOD, pointer="/password", context=["margaret", "mail.example"])


def test_check_long_password_of_plain_small_letters_returns() -> None:
    rules.check(f"{GOOD} " * 30 + "and so on", pointer="/password", context=[])


@pytest.mark.parametrize(
    "password",
    [
        pytest.param("fourteen chars", id="one-short"),
        pytest.param("x9" * 513, id="too-long"),
        pytest.param("correct horse\tbattery", id="tab"),
        pytest.param("correct horse\nbattery", id="line-break"),
        pytest.param("correct horse \ud800 battery", id="half-a-letter"),
        pytest.param("a" * 20, id="one-letter"),
        pytest.param("abcabcabcabcabcabca", id="repetition"),
        pytest.param("qwertyuiopqwertyuiop", id="keyboard"),
        pytest.param("zyxwvutsrqponmlkjihg", id="backwards"),
        pytest.param("01234567890123456789", id="digits"),
        pytest.param("margaret.margaret!1", id="own-name"),
        pytest.param("MARGARETmargaretXY", id="own-name-in-capitals"),
    ],
)
def test_check_bad_password_is_unsuitable(password: str) -> None:
    with pytest.raises(PasswordUnsuitable) as refused:
        rules.check(password, pointer="/password", context=["margaret"])

    assert refused.value.pointer == "/password"
    assert password not in refused.value.reason


def test_check_other_minimum_holds() -> None:
    rules.check("v7#kQp2!x", pointer="/password", context=[], minimum=8)


def test_is_guessable_short_context_words_do_not_count() -> None:
    assert not rules.is_guessable("bob bobby bonbon", ["bob", ""])


def test_normalise_spaces_and_composition_are_one_form() -> None:
    assert rules.normalise("a\u00a0b\u3000e\u0301") == "a b é"


def test_normalise_password_too_long_to_be_hashed_stays_as_it_is() -> None:
    assert rules.normalise("e\u0301" * 513) == "e\u0301" * 513


@given(st.text(max_size=60))
def test_normalise_twice_is_once(password: str) -> None:
    once = rules.normalise(password)

    assert rules.normalise(once) == once


@pytest.mark.parametrize(
    ("password", "hashable"),
    [("x" * 1024, True), ("x" * 1025, False), ("\U0001f600" * 1024, True), ("", True), ("\ud800" * 1024, True)],
    ids=["longest", "longer", "most-bytes", "empty", "half-letters"],
)
def test_is_hashable_bounds_the_length(password: str, hashable: bool) -> None:  # noqa: FBT001
    assert rules.is_hashable(password) is hashable


@given(st.text(max_size=80), st.lists(st.text(max_size=12), max_size=3))
def test_check_any_text_returns_or_is_unsuitable(password: str, context: list[str]) -> None:
    try:
        rules.check(rules.normalise(password), pointer="/password", context=context)
    except PasswordUnsuitable:
        return

    assert len(rules.normalise(password)) >= rules.MINIMUM_CHARACTERS
