from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.core.kernel.secrets import Envelopes
from doorward.core.oauth.gateways.host_tokens import HostTokens
from doorward.core.sessions.tokens import PageTokens
from tests.builders import NOW, SESSION

ENVELOPES = Envelopes(bytes(32))
TOKENS = HostTokens(ENVELOPES)
APP = "https://app.example"
SECOND = timedelta(seconds=1)


def test_host_tokens_open_what_was_closed_returns_the_session() -> None:
    token = TOKENS.close(SESSION, origin=APP, expires_at=NOW + SECOND)

    assert token.startswith("dwh1_")
    assert TOKENS.open(token, origin=APP, now=NOW) == SESSION


def test_host_tokens_open_when_it_expires_is_none() -> None:
    token = TOKENS.close(SESSION, origin=APP, expires_at=NOW + SECOND)

    assert TOKENS.open(token, origin=APP, now=NOW + SECOND) is None


@pytest.mark.parametrize("other", ["http://app.example", "https://app.example:444", "https://other.example", ""])
def test_host_tokens_open_on_another_host_is_none(other: str) -> None:
    token = TOKENS.close(SESSION, origin=APP, expires_at=NOW + SECOND)

    assert TOKENS.open(token, origin=other, now=NOW) is None


@given(st.text(max_size=200))
def test_host_tokens_open_arbitrary_text_is_none(presented: str) -> None:
    assert TOKENS.open(presented, origin=APP, now=NOW) is None


@pytest.mark.parametrize("parts", [("no-id", "9999999999"), (SESSION, "-1"), (SESSION, "soon"), (SESSION, "1e9")])
def test_host_tokens_open_envelope_of_ours_with_strange_parts_is_none(parts: tuple[str, ...]) -> None:
    tag = TOKENS.close(SESSION, origin=APP, expires_at=NOW).split("_")[3]

    assert TOKENS.open(ENVELOPES.close("dwh1", *parts, tag), origin=APP, now=NOW) is None


def test_host_tokens_are_no_page_tokens_and_the_other_way_round() -> None:
    pages = PageTokens(ENVELOPES)

    assert pages.open(TOKENS.close(SESSION, origin=APP, expires_at=NOW + SECOND), now=NOW) is None
    assert TOKENS.open(pages.close(SESSION, expires_at=NOW + SECOND), origin=APP, now=NOW) is None


def test_host_tokens_that_were_opened_are_looked_at_again_each_time() -> None:
    token = TOKENS.close(SESSION, origin=APP, expires_at=NOW + SECOND)
    assert TOKENS.open(token, origin=APP, now=NOW) == SESSION

    assert TOKENS.open(token, origin="https://other.example", now=NOW) is None
    assert TOKENS.open(token, origin=APP, now=NOW + SECOND) is None
    assert TOKENS.open(token, origin=APP, now=NOW) == SESSION


def test_host_tokens_remember_no_more_than_a_bounded_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("doorward.core.oauth.gateways.host_tokens.MOST_OPENED", 2)
    tokens = HostTokens(ENVELOPES)
    made = [tokens.close(SESSION, origin=APP, expires_at=NOW + SECOND * number) for number in range(1, 6)]

    assert [tokens.open(token, origin=APP, now=NOW) for token in made] == [SESSION] * 5
    assert len(tokens._opened) <= 2
