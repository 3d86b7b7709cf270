from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.adapters.sealing.sealer import AesGcmSealer
from doorward.core.kernel.ids import AccountId, SessionId
from doorward.core.kernel.secrets import Envelopes, encode
from doorward.core.sessions.tokens import DeviceTokens, PageTokens, RefreshTokens
from tests.builders import ACCOUNT, DEVICE, NOW, SESSION

ENVELOPES = Envelopes(bytes(32))
REFRESH = RefreshTokens(ENVELOPES, AesGcmSealer(bytes(32)))
DEVICES = DeviceTokens(ENVELOPES)
PAGES = PageTokens(ENVELOPES)
SECRET = bytes(range(32))


@given(st.integers(0, 10**9), st.binary(min_size=1, max_size=40))
def test_refresh_tokens_open_what_was_closed_returns_its_parts(generation: int, secret: bytes) -> None:
    opened = REFRESH.open(REFRESH.close(SESSION, generation, secret))

    assert opened is not None
    assert (opened.session_id, opened.generation, opened.secret) == (SESSION, generation, secret)


@given(st.text(max_size=200))
def test_refresh_tokens_open_arbitrary_text_is_none(presented: str) -> None:
    assert REFRESH.open(presented) is None
    assert DEVICES.open(presented, ACCOUNT, now=NOW) is None
    assert not DEVICES.is_ours(presented)
    assert PAGES.open(presented, now=NOW) is None


@pytest.mark.parametrize(
    "parts",
    [("no-id", "1", encode(SECRET)), (SESSION, "-1", encode(SECRET)), (SESSION, "1x", "aa"), (SESSION, "1", "A")],
)
def test_refresh_tokens_open_envelope_of_ours_with_strange_parts_is_none(parts: tuple[str, ...]) -> None:
    assert REFRESH.open(ENVELOPES.close("dwr1", *parts)) is None


@pytest.mark.parametrize(
    "parts",
    [
        ("no-id", DEVICE, "1"),
        (ACCOUNT, "client", "1"),
        (ACCOUNT, DEVICE, encode(SECRET)),
        (ACCOUNT, DEVICE, "-1"),
        (ACCOUNT, DEVICE, ""),
    ],
)
def test_device_tokens_envelope_of_ours_with_strange_parts_is_none(parts: tuple[str, ...]) -> None:
    presented = ENVELOPES.close("dwd1", *parts)

    assert DEVICES.proven(presented, now=NOW) is None
    assert not DEVICES.is_ours(presented)


def test_device_tokens_that_live_for_ever_are_told_apart_by_their_account_alone() -> None:
    presented = ENVELOPES.close("dwd1", ACCOUNT, DEVICE, "9" * 30)

    assert DEVICES.open(presented, ACCOUNT, now=NOW) == DEVICE


def test_refresh_tokens_open_device_token_is_none() -> None:
    token = DEVICES.close(ACCOUNT, DEVICE, expires_at=NOW)

    assert REFRESH.open(token) is None


def test_opened_refresh_token_repr_holds_no_secret() -> None:
    opened = REFRESH.open(REFRESH.close(SESSION, 0, SECRET))

    assert repr(opened) == f"OpenedRefreshToken(session_id={SESSION!r})"


def test_open_successor_by_its_predecessor_returns_it() -> None:
    opened = REFRESH.open(REFRESH.close(SESSION, 4, SECRET))
    assert opened is not None

    sealed = REFRESH.seal_successor(opened, b"successor")

    assert REFRESH.open_successor(opened, sealed) == b"successor"


@pytest.mark.parametrize(
    "token",
    [
        REFRESH.close(SESSION, 5, SECRET),
        REFRESH.close(SESSION, 4, bytes(32)),
        REFRESH.close(SessionId("z" * 26), 4, SECRET),
    ],
    ids=["generation", "secret", "session"],
)
def test_open_successor_by_any_other_token_is_none(token: str) -> None:
    predecessor, other = REFRESH.open(REFRESH.close(SESSION, 4, SECRET)), REFRESH.open(token)
    assert predecessor is not None
    assert other is not None

    sealed = REFRESH.seal_successor(predecessor, b"successor")

    assert REFRESH.open_successor(other, sealed) is None


def test_device_tokens_open_until_it_expires_is_the_device() -> None:
    token = DEVICES.close(ACCOUNT, DEVICE, expires_at=NOW + timedelta(days=1))

    assert DEVICES.open(token, ACCOUNT, now=NOW + timedelta(hours=23)) == DEVICE
    assert DEVICES.open(token, ACCOUNT, now=NOW + timedelta(days=1)) is None
    assert DEVICES.is_ours(token)


def test_device_tokens_open_for_another_account_is_none() -> None:
    token = DEVICES.close(ACCOUNT, DEVICE, expires_at=NOW + timedelta(days=1))

    assert DEVICES.open(token, AccountId("b" * 26), now=NOW) is None
    assert DEVICES.is_ours(token)


@pytest.mark.parametrize("presented", [None, ""])
def test_device_tokens_open_nothing_is_none(presented: str | None) -> None:
    assert DEVICES.open(presented, ACCOUNT, now=NOW) is None
    assert not DEVICES.is_ours(presented)


def test_page_tokens_open_until_it_expires_is_the_session() -> None:
    token = PAGES.close(SESSION, expires_at=NOW + timedelta(days=1))

    assert PAGES.open(token, now=NOW + timedelta(hours=23)) == SESSION
    assert PAGES.open(token, now=NOW + timedelta(days=1)) is None


@pytest.mark.parametrize("parts", [("no-id", "1"), (SESSION, "x")])
def test_page_tokens_open_envelope_of_ours_with_strange_parts_is_none(parts: tuple[str, ...]) -> None:
    assert PAGES.open(ENVELOPES.close("dwp1", *parts), now=NOW) is None


def test_page_tokens_open_other_kinds_is_none() -> None:
    refresh, device = REFRESH.close(SESSION, 0, SECRET), DEVICES.close(ACCOUNT, DEVICE, expires_at=NOW)

    assert PAGES.open(refresh, now=NOW) is None
    assert PAGES.open(device, now=NOW) is None
    assert REFRESH.open(PAGES.close(SESSION, expires_at=NOW)) is None
