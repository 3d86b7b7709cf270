from datetime import timedelta

import pytest

from doorward.core.sessions.records import EndReason
from tests.applications import SPA, Application
from tests.builders import SESSION
from tests.house import House


@pytest.fixture
def app(house: House) -> Application:
    house.account()
    return Application(house, SPA)


def test_announced_sessions_tell_what_the_store_tells(app: Application) -> None:
    live, gone = app.session_of(app.exchange()), app.house.sign_in()
    now = app.house.clock.now()
    app.house.flows.end_session(app.account_id, gone.session_id, reason=EndReason.SIGNED_OUT)

    with app.house.flows.end_session.work() as announced, app.house.store.view() as view:
        for sessions in (announced.sessions, view.sessions):
            assert sessions.ended_at(app.account_id, now) == (gone.session_id,)
            assert sessions.ended_at(app.account_id, now + timedelta(seconds=1)) == ()
            assert sessions.by_id(live.id) == live
            assert {session.id for session in sessions.live_of(app.account_id, now=now)} == {app.browser, live.id}
            assert [each.id for each in sessions.signed_in(app.account_id, now=now, limit=9)] == [app.browser]


def test_end_of_a_session_that_there_is_not_ends_nothing_and_tells_nobody(app: Application) -> None:
    with app.house.flows.end_session.work() as work:
        ended = work.sessions.end(SESSION, at=app.house.clock.now(), reason=EndReason.SIGNED_OUT)

    assert ended is False
    assert app.house.deliver() == []
    assert app.house.wire.posted == []
