"""Tokens against forgery."""

import base64

import pytest

from doorward.api.v1.web.csrf import is_good, mint, new_pre_session, origin_of

KEY = b"k" * 32


def test_is_good_token_of_the_same_session() -> None:
    assert is_good(KEY, "session", mint(KEY, "session"))


@pytest.mark.parametrize("other", ["session2", "", "sessio", "Session"])
def test_is_good_token_of_another_session_is_not(other: str) -> None:
    assert not is_good(KEY, other, mint(KEY, "session"))


def test_is_good_token_under_another_key_is_not() -> None:
    assert not is_good(b"K" * 32, "session", mint(KEY, "session"))


def test_is_good_every_bit_counts() -> None:
    chance, _, seal = mint(KEY, "session").partition(".")
    raw = bytearray(base64.urlsafe_b64decode(seal + "="))

    for bit in range(len(raw) * 8):
        raw[bit // 8] ^= 1 << bit % 8
        forged = base64.urlsafe_b64encode(bytes(raw)).rstrip(b"=").decode()
        assert not is_good(KEY, "session", f"{chance}.{forged}")
        raw[bit // 8] ^= 1 << bit % 8


@pytest.mark.parametrize("cut", [1, 2, 43, 44, 60])
def test_is_good_truncated_token_is_not(cut: int) -> None:
    assert not is_good(KEY, "session", mint(KEY, "session")[:-cut])


@pytest.mark.parametrize("presented", ["", ".", "a.b", "é.é", "....", "A" * 5000, "\x00", "=", "AAAA=.AAAA="])
def test_is_good_what_is_no_token_is_not(presented: str) -> None:
    assert not is_good(KEY, "s", presented)


def test_mint_tokens_differ_every_time() -> None:
    assert len({mint(KEY, "session") for _ in range(1000)}) == 1000


def test_new_pre_session_has_256_bits_and_differs() -> None:
    made = {new_pre_session() for _ in range(1000)}

    assert len(made) == 1000
    assert {len(each) for each in made} == {43}


@pytest.mark.parametrize(
    ("issuer", "origin"),
    [
        ("https://id.example", "https://id.example"),
        ("https://id.example/auth", "https://id.example"),
        ("http://localhost:8000", "http://localhost:8000"),
    ],
)
def test_origin_of_issuer(issuer: str, origin: str) -> None:
    assert origin_of(issuer) == origin


def test_is_good_with_padding_is_not() -> None:
    assert not is_good(KEY, "session", mint(KEY, "session") + "=")
