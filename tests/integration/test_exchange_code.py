"""One code gives tokens once, however many present it at the same moment, from however many processes."""

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest

from doorward.adapters.sql.store import SqlStore
from doorward.core.kernel.ids import SessionId
from doorward.core.oauth.errors import OAuthError
from doorward.core.oauth.grants.records import Issued
from doorward.core.oauth.records import Client
from doorward.core.sessions.records import EndReason, Session
from tests.applications import SPA, VERIFIER, Application, another
from tests.builders import CALLBACK
from tests.house import House
from tests.integration.crowd import at_once
from tests.stores import a_sqlite_store

MANY = 50
PROCESSES = 4


@pytest.mark.requirement("O-12")
def test_exchange_code_fifty_at_once_one_gets_tokens(house: House) -> None:
    house.account()
    app = Application(house, SPA)
    code = app.code()

    answers, refused = at_once(lambda _: app.exchange(code), range(MANY))

    assert (len(answers), refused) == (1, {"OAuthError": MANY - 1})
    assert app.session_of(answers[0]).end_reason is EndReason.REUSE_DETECTED


def test_exchange_code_fifty_codes_at_once_each_gets_its_own(house: House) -> None:
    house.account()
    app = Application(house, SPA)
    codes = [app.code() for _ in range(MANY)]

    answers, refused = at_once(app.exchange, codes)

    assert (len(answers), refused.total()) == (MANY, 0)
    assert len({answer.refresh_token for answer in answers}) == MANY


def test_refresh_fifty_at_once_one_successor_comes_of_it(house: House) -> None:  # class 5
    house.account()
    app = Application(house, SPA)
    issued = app.exchange()

    answers, refused = at_once(lambda _: app.refresh(issued.refresh_token), range(MANY))

    assert (len({answer.refresh_token for answer in answers}), refused.total()) == (1, 0)
    assert app.is_live(issued)


def test_sign_out_while_codes_are_exchanged_leaves_no_session_alive(house: House) -> None:  # class 29
    house.account()
    app = Application(house, SPA)
    codes = [app.code() for _ in range(12)]

    def act(number: int) -> Issued | None:
        if number < len(codes):
            return app.exchange(codes[number])
        app.sign_out()
        return None

    at_once(act, range(len(codes) + 1))

    assert _live(house, app) == []


@pytest.mark.requirement("O-12")
def test_exchange_code_from_four_processes_at_once_one_gets_tokens(tmp_path: Path) -> None:
    store = a_sqlite_store(tmp_path)
    house = House(store)
    house.account()
    app = Application(house, another(SPA))
    code = app.code()
    file = tmp_path / "doorward.db"

    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as processes:
        tries = [processes.submit(_try, file, app.client, code) for _ in range(PROCESSES)]
        got = sum(each.result(timeout=120) for each in tries)
    store.close()

    assert got == 1


def _try(file: Path, client: Client, code: str) -> int:
    """Present a code twelve times at once, and return how often it gave tokens."""
    store = SqlStore(f"sqlite:///{file}", on_change=lambda _: None, on_jobs=lambda: None)
    house = House(store)
    parameters = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": CALLBACK,
        "code_verifier": VERIFIER,
    }
    answers, refused = at_once(lambda _: house.flows.tokens.give(client, parameters, proof=None), range(12))
    store.close()
    assert set(refused) <= {OAuthError.__name__}
    return len(answers)


def _live(house: House, app: Application) -> list[SessionId]:
    with house.store.view() as view:
        live: tuple[Session, ...] = view.sessions.live_of(app.account_id, now=house.clock.now())
    return [session.id for session in live if session.parent_id == app.browser]
