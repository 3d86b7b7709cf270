"""Going to a provider: what the browser is sent with, and what is kept meanwhile."""

import pytest

from doorward.core.federation.errors import NoSuchProvider
from doorward.core.federation.records import AnswerMode, Dialect, Intent
from doorward.core.kernel.outgoing import NotFetched
from tests.house import House
from tests.stores import a_memory_store
from tests.unit.core.federation.ways import Ways
from tests.upstream import CLIENT, KINDS, parameters

EVERY = pytest.mark.parametrize("kind", KINDS)


@EVERY
def test_begin_sends_the_browser_with_state_challenge_and_nonce(kind: str) -> None:
    ways = Ways(kind)

    begun = ways.begin()

    sent = parameters(begun.url)
    assert sent["client_id"] == CLIENT
    assert sent["redirect_uri"] == f"https://auth.example/sign-in/with/{kind}/callback"
    assert len(sent["code_challenge"]) == 43
    assert ("nonce" in sent) == (ways.elsewhere.provider.dialect is Dialect.OIDC)
    assert begun.browser not in begun.url
    assert (begun.answer_mode is AnswerMode.FORM_POST) == (kind == "apple")


def test_begin_keeps_neither_nonce_nor_verifier_nor_state() -> None:
    ways = Ways()
    begun = ways.begin()
    sent = parameters(begun.url)

    with ways.house.store.view() as view:
        opened = ways.house.tools.mint.open(sent["state"])
        assert opened is not None
        kept = view.onetimes.peek(*opened, now=ways.clock.now())

    assert kept is not None
    for secret in (sent["nonce"], sent["state"], begun.browser):
        assert secret not in repr(kept)


def test_begin_second_tab_leaves_the_first_one_working() -> None:
    ways = Ways()
    first = ways.begin()
    second = ways.begin(browser=first.browser)

    outcome = ways.come_back(ways.elsewhere.authorize(first.url), second.browser)

    assert outcome.remembered is not None


@pytest.mark.parametrize("planted", ["", "short", "é" * 52, "A" * 52])
def test_begin_cookie_that_is_not_ours_is_replaced(planted: str) -> None:
    begun = Ways().begin(browser=planted)

    assert begun.browser != planted


def test_begin_provider_that_there_is_not_is_refused() -> None:
    with pytest.raises(NoSuchProvider):
        House(a_memory_store()).flows.providers.begin("google", Intent.SIGN_IN, browser=None)


def test_begin_provider_that_is_away_is_refused() -> None:
    ways = Ways()
    ways.elsewhere.is_away = True

    with pytest.raises(NotFetched):
        ways.begin()
