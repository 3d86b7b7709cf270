"""Bytes in the letters of tokens, each in one spelling (RFC 7515 section 2; RFC 4648 section 3.5)."""

import base64
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.core.keys.errors import TokenRefused
from doorward.core.keys.jose import b64url_decode, b64url_encode

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


@given(st.binary(max_size=50))
def test_decode_gives_back_what_was_encoded(raw: bytes) -> None:
    assert b64url_decode(b64url_encode(raw)) == raw


@pytest.mark.parametrize("before", ["", "AQID"])
@pytest.mark.parametrize("length", [1, 2])
def test_decode_whatever_letters_are_left_over_accepts_one_spelling_of_the_same_bytes(before: str, length: int) -> None:
    accepted = [text for letters in product(LETTERS, repeat=length) if _accepts(text := before + "".join(letters))]

    assert accepted == [text for text in accepted if b64url_encode(_leniently(text)) == text]
    assert len(accepted) == len({_leniently(text) for text in accepted}) == {1: 0, 2: 256}[length]


@pytest.mark.parametrize("text", ["AA==", "A+8", "A/8", "A A", "AA\n", "AÀ", "A", "AAAAA", "AAB", "AB"])
def test_decode_any_other_spelling_is_refused(text: str) -> None:
    with pytest.raises(TokenRefused):
        b64url_decode(text)


def _accepts(text: str) -> bool:
    try:
        b64url_decode(text)
    except TokenRefused:
        return False
    return True


def _leniently(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
