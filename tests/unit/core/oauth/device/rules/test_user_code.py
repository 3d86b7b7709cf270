import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.core.kernel.secrets import random_letters
from doorward.core.oauth.device.rules.user_code import ALPHABET, LETTERS, LONGEST, is_whole, normalise, shown

CODES = st.text(ALPHABET, min_size=LETTERS, max_size=LETTERS)
BETWEEN = st.text(" -_.,:;/\\'\"!?*#()[]\t\n\u00a0\u2010\u2013\u2014\u2212\u30fb0123456789aeiouyAEIOUY", max_size=4)


@pytest.mark.requirement("A-09")
@given(code=CODES, between=st.lists(BETWEEN, min_size=LETTERS + 1, max_size=LETTERS + 1), data=st.data())
def test_normalise_any_case_and_whatever_stands_between_is_the_same_code(
    code: str, between: list[str], data: st.DataObject
) -> None:
    letters = [data.draw(st.sampled_from((letter, letter.lower()))) for letter in code]
    typed = between[0] + "".join(letter + gap for letter, gap in zip(letters, between[1:], strict=True))

    assert normalise(typed) == code


@given(st.text())
def test_normalise_is_of_the_alphabet_and_changes_nothing_the_second_time(typed: str) -> None:
    once = normalise(typed)

    assert set(once) <= set(ALPHABET)
    assert len(once) <= LONGEST
    assert normalise(once) == once
    assert normalise(shown(once)) == once


@given(st.text(max_size=LONGEST), st.text())
def test_normalise_what_is_typed_beyond_the_longest_does_not_count(typed: str, more: str) -> None:
    padded = typed.ljust(LONGEST)

    assert normalise(padded + more) == normalise(padded)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("wdjb-mjht", "WDJBMJHT"),
        (" WDJB MJHT ", "WDJBMJHT"),
        ("ＷＤＪＢ－ｍｊｈｔ", "WDJBMJHT"),
        ("W.D.J.B/M.J.H.T", "WDJBMJHT"),
        ("ſt", "ST"),
        ("ß", ""),
        ("\u3392" * 64, "MHZ" * 21 + "M"),
        ("Ｗ\u0301", "W"),
        ("аеорсх", ""),
        ("", ""),
    ],
    ids=ascii,
)
def test_normalise_examples(typed: str, code: str) -> None:
    assert normalise(typed) == code


@given(CODES)
def test_shown_is_two_groups_of_four(code: str) -> None:
    assert shown(code) == f"{code[:4]}-{code[4:]}"


@pytest.mark.parametrize(("code", "whole"), [("B" * 8, True), ("B" * 7, False), ("B" * 9, False), ("", False)])
def test_is_whole_by_the_number_of_letters(code: str, *, whole: bool) -> None:
    assert is_whole(code) is whole


@pytest.mark.requirement("A-09")
def test_alphabet_has_twenty_letters_of_which_none_is_a_vowel() -> None:
    assert len(set(ALPHABET)) == len(ALPHABET) == 20
    assert set("AEIOUY").isdisjoint(ALPHABET)
    assert unicodedata.normalize("NFKC", ALPHABET) == ALPHABET
    assert len(ALPHABET) ** LETTERS > 5 * 2**32


def test_random_letters_uses_every_letter_about_equally_often() -> None:
    drawn = random_letters(20_000, ALPHABET)

    counts = [drawn.count(letter) for letter in ALPHABET]
    assert (sum(counts), len(drawn)) == (20_000, 20_000)
    assert 800 < min(counts) <= max(counts) < 1200
