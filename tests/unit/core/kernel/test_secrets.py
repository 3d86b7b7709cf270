import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.core.kernel import secrets
from doorward.core.kernel.secrets import Envelopes

ENVELOPES = Envelopes(bytes(32))
PART = st.text("abcdefghijklmnopqrstuvwxyz234567", min_size=1, max_size=60)
PARTS = st.lists(PART, min_size=1, max_size=4)


def test_random_bytes_two_calls_differ() -> None:
    assert secrets.random_bytes(32) != secrets.random_bytes(32)
    assert len(secrets.random_bytes(32)) == 32


def test_random_digits_any_draw_has_the_asked_length() -> None:
    drawn = {secrets.random_digits(8) for _ in range(50)}

    assert all(len(digits) == 8 and digits.isdecimal() for digits in drawn)
    assert len(drawn) > 40


def test_mac_other_framing_differs() -> None:
    assert secrets.mac(b"key", b"ab", b"c") != secrets.mac(b"key", b"a", b"bc")
    assert secrets.mac(b"key", b"ab") != secrets.mac(b"other", b"ab")


def test_derive_other_purpose_differs() -> None:
    assert secrets.derive(b"master", "one") != secrets.derive(b"master", "two")
    assert len(secrets.derive(b"master", "one")) == 32


@pytest.mark.parametrize("count", range(66))
def test_encode_any_length_is_base_32_of_the_rfc(count: int) -> None:
    raw = bytes(range(255, 255 - count, -1))

    assert secrets.encode(raw) == base64.b32encode(raw).decode().rstrip("=").lower()


@given(st.binary(max_size=80))
def test_decode_what_encode_wrote_is_the_same(raw: bytes) -> None:
    assert secrets.decode(secrets.encode(raw)) == raw


@given(st.text(max_size=60) | st.text("ab27A_ ", max_size=12))
def test_decode_any_text_is_canonical_or_none(text: str) -> None:
    raw = secrets.decode(text)

    assert raw is None or secrets.encode(raw) == text


@pytest.mark.parametrize("text", ["MFRGG", "mfrgh", "mfrgg=", "m", "a", "mfrgga", "mfr g", "mfr_gg", "mfrgö"])
def test_decode_other_spelling_is_none(text: str) -> None:
    assert secrets.decode(text) is None


@given(PARTS)
def test_envelopes_open_what_was_closed_returns_the_parts(parts: list[str]) -> None:
    closed = ENVELOPES.close("kind1", *parts)

    assert ENVELOPES.open("kind1", closed, parts=len(parts)) == tuple(parts)


@given(PARTS, st.data())
def test_envelopes_open_any_changed_character_is_refused(parts: list[str], data: st.DataObject) -> None:
    closed = ENVELOPES.close("kind1", *parts)
    position = data.draw(st.integers(0, len(closed) - 1))
    letter = data.draw(st.characters().filter(lambda drawn: drawn != closed[position]))

    changed = closed[:position] + letter + closed[position + 1 :]

    assert ENVELOPES.open("kind1", changed, parts=len(parts)) is None


@given(PARTS, st.data())
def test_envelopes_open_truncated_is_refused(parts: list[str], data: st.DataObject) -> None:
    closed = ENVELOPES.close("kind1", *parts)
    start = data.draw(st.integers(0, len(closed)))
    end = data.draw(st.integers(start, len(closed)))
    piece = closed[start:end]

    opened = ENVELOPES.open("kind1", piece, parts=len(parts))

    assert (opened is None) == (piece != closed)


@given(PARTS, st.text(min_size=1, max_size=20), st.booleans())
def test_envelopes_open_extended_is_refused(parts: list[str], more: str, in_front: bool) -> None:  # noqa: FBT001
    closed = ENVELOPES.close("kind1", *parts)

    extended = more + closed if in_front else closed + more

    assert ENVELOPES.open("kind1", extended, parts=len(parts)) is None


@given(st.text(max_size=600))
def test_envelopes_open_arbitrary_text_is_refused(text: str) -> None:
    assert ENVELOPES.open("kind1", text, parts=1) is None


def test_envelopes_open_as_another_kind_is_refused() -> None:
    closed = ENVELOPES.close("kind1", "part")

    assert ENVELOPES.open("kind2", closed, parts=1) is None


def test_envelopes_open_with_another_key_is_refused() -> None:
    closed = Envelopes(b"other".ljust(32)).close("kind1", "part")

    assert ENVELOPES.open("kind1", closed, parts=1) is None


def test_envelopes_open_longer_than_any_token_is_refused() -> None:
    closed = ENVELOPES.close("kind1", "a" * 512)

    assert ENVELOPES.open("kind1", closed, parts=1) is None


def test_envelopes_open_what_the_key_before_closed() -> None:
    closed = ENVELOPES.close("kind1", "part")

    assert Envelopes(b"new".ljust(32), previous=(ENVELOPES.key,)).open("kind1", closed, parts=1) == ("part",)
    assert Envelopes(b"new".ljust(32), previous=(b"other".ljust(32),)).open("kind1", closed, parts=1) is None
