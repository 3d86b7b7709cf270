"""A device code gives tokens once and is answered once, however many ask and answer at the same moment."""

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest

from doorward.adapters.sql.store import SqlStore
from doorward.core.oauth.errors import OAuthCode, OAuthError
from doorward.core.oauth.records import Client
from doorward.core.onetime.records import Purpose
from doorward.core.sessions.records import EndReason
from tests.applications import another
from tests.devices import GRANT, TV, Television
from tests.house import House
from tests.integration.crowd import at_once
from tests.stores import a_sqlite_store

MANY = 20
PROCESSES = 4


def told_at_once(tv: Television, count: int) -> list[OAuthCode]:
    """Ask many times at once, and return every refusal."""
    answers, refused = at_once(lambda _: tv.told(), range(count))
    assert refused.total() == 0
    return answers


@pytest.mark.requirement("A-09")
def test_poll_twenty_at_once_after_it_was_allowed_one_gets_tokens(house: House) -> None:
    house.account()
    tv = Television(house).allow()

    answers, refused = at_once(lambda _: tv.poll(), range(MANY))

    assert (len(answers), refused) == (1, {"OAuthError": MANY - 1})
    assert tv.app.session_of(answers[0]).end_reason is EndReason.REUSE_DETECTED
    assert tv.told() is OAuthCode.INVALID_GRANT


@pytest.mark.requirement("A-09")
def test_poll_twenty_at_once_before_anybody_answers_one_is_in_time(house: House) -> None:
    house.account()
    tv = Television(house)

    answers = told_at_once(tv, 20)

    assert sorted(answers) == [OAuthCode.AUTHORIZATION_PENDING, *[OAuthCode.SLOW_DOWN] * 19]
    assert tv.wait(5).told() is OAuthCode.SLOW_DOWN


@pytest.mark.requirement("A-09")
@pytest.mark.parametrize("answers", ["allow", "refuse", "both"])
def test_answer_many_at_once_one_counts(house: House, answers: str) -> None:
    house.account()
    tv = Television(house)
    ticket, answer = tv.enter(), house.flows.requests.devices.answer

    def act(number: int) -> OAuthCode | None:
        is_yes = answers == "allow" or (answers == "both" and number % 2 == 0)
        (answer.allow if is_yes else answer.refuse)(ticket, tv.person)
        return None if is_yes else OAuthCode.ACCESS_DENIED

    counted, refused = at_once(act, range(20))

    assert (len(counted), refused) == (1, {"DeviceUnknown": 19})
    assert tv.live(Purpose.USER_CODE) == 0
    if counted == [None]:
        assert tv.poll().access_token
    else:
        assert tv.told() is OAuthCode.ACCESS_DENIED


def test_answer_while_the_device_asks_is_never_lost(house: House) -> None:
    house.account()
    tv = Television(house)
    ticket, answer = tv.enter(), house.flows.requests.devices.answer

    def act(number: int) -> str:
        if number == 0:
            answer.allow(ticket, tv.person)
            return ""
        return tv.poll().access_token

    answers, _ = at_once(act, range(6))

    assert len(answers) in (1, 2)
    if len(answers) == 1:
        assert tv.poll().access_token


def test_enter_twenty_wrong_codes_at_once_leave_no_try(house: House) -> None:  # class 28
    house.account()
    tv = Television(house)

    answers, refused = at_once(lambda number: tv.enter("BCDFGHJ" + TRIES[number % len(TRIES)]), range(MANY))
    late, too_many = at_once(lambda _: tv.enter(), range(1))

    assert (answers, refused) == ([], {"UserCodeRefused": 5, "TooMany": MANY - 5})
    assert (late, too_many) == ([], {"TooMany": 1})


TRIES = "BCDFGHJKLM"


@pytest.mark.requirement("A-09")
def test_poll_from_four_processes_at_once_one_gets_tokens_and_all_share_one_interval(tmp_path: Path) -> None:
    store = a_sqlite_store(tmp_path)
    house = House(store)
    house.account()
    tv, waiting = Television(house, another(TV)).allow(), Television(house, another(TV))
    file = tmp_path / "doorward.db"

    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as processes:
        tries = [
            processes.submit(_try, file, each.app.client, each.shown.device_code)
            for each in (tv, waiting)
            for _ in range(PROCESSES)
        ]
        told = [each.result(timeout=120) for each in tries]
    store.close()

    assert sum(outcome.count("tokens") for outcome in told) == 1
    assert sum(outcome.count("authorization_pending") for outcome in told) == 1


def _try(file: Path, client: Client, code: str) -> list[str]:
    """Ask with a code six times at once, and return what is told."""
    store = SqlStore(f"sqlite:///{file}", on_change=lambda _: None, on_jobs=lambda: None)
    house = House(store)

    def ask(_: int) -> str:
        try:
            house.flows.tokens.give(client, {"grant_type": GRANT, "device_code": code}, proof=None)
        except OAuthError as error:
            return error.error.value
        return "tokens"

    told, refused = at_once(ask, range(6))
    store.close()
    assert refused.total() == 0
    return told
