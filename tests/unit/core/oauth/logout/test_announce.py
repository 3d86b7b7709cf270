from dataclasses import replace
from datetime import timedelta

import pytest

from doorward.core.kernel.ids import ClientId
from doorward.core.oauth.clients.document import DescribedClients
from doorward.core.oauth.logout.announce import TELL_CLIENT, Announce, AnnouncedSessions
from doorward.core.sessions.ports import Sessions
from doorward.core.sessions.records import EndReason, Session
from tests.applications import SPA, Application, another
from tests.builders import SESSION
from tests.house import House
from tests.unit.core.oauth.proving import Shelf


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


@pytest.mark.parametrize("way", ["end", "end_all"])
def test_end_asks_no_document_of_a_client_and_leaves_who_wants_to_hear_of_it_to_who_tells(
    house: House, way: str
) -> None:
    house.account()
    app = Application(house, SPA)
    session = app.session_of(app.exchange())
    address, shelf = ClientId("https://gone.example/client"), Shelf()
    find = replace(house.tools.find_client, documents=DescribedClients(shelf))
    with house.store.work() as work:
        grant = work.grants.of_session(session.id)
        assert grant is not None
        work.grants.remove(session.id)
        work.grants.add(replace(grant, client_id=address))
        sessions = AnnouncedSessions(work.sessions, work, Announce(find, house.tools.post, house.tools.subjects))
        now, reason = house.clock.now(), EndReason.SIGNED_OUT
        ended = (
            sessions.end(session.id, at=now, reason=reason)
            if way == "end"
            else sessions.end_all(app.account_id, at=now, reason=reason)
        )
        told = work.outbox.lease(names=[TELL_CLIENT], now=now, until=now + timedelta(minutes=1), limit=9)

    assert ended
    assert shelf.asked == []
    assert [house.tools.post.open(job) for job in told] == [
        {"client_id": address, "session_id": session.id, "account_id": app.account_id}
    ]


class Late:
    """The store's sessions, where somebody starts one of a client's just before others end."""

    def __init__(self, inner: Sessions, late: Session) -> None:
        self.inner, self.late = inner, late

    def __getattr__(self, name: str) -> object:
        if name in ("end", "end_all"):
            self.inner.add(self.late)
        return getattr(self.inner, name)


@pytest.mark.parametrize("way", ["end", "end_all"])
def test_end_tells_the_client_whose_session_was_started_while_it_waited(house: House, way: str) -> None:
    house.account()
    app = Application(house, replace(another(SPA), backchannel_logout_uri="https://app.example/ended"))
    first = app.session_of(app.exchange())
    late = replace(first, id=SESSION)
    with house.store.work() as work:
        grant = work.grants.of_session(first.id)
        assert grant is not None
        work.grants.add(replace(grant, session_id=late.id))
        announce = Announce(house.tools.find_client, house.tools.post, house.tools.subjects)
        sessions = AnnouncedSessions(Late(work.sessions, late), work, announce)  # type: ignore[arg-type]
        now, reason = house.clock.now(), EndReason.SIGNED_OUT
        if way == "end":
            sessions.end(app.browser, at=now, reason=reason)
        else:
            sessions.end_all(app.account_id, at=now, reason=reason)

    house.deliver()

    assert len(house.wire.posted) == 2


def test_end_of_a_session_that_there_is_not_ends_nothing_and_tells_nobody(app: Application) -> None:
    with app.house.flows.end_session.work() as work:
        ended = work.sessions.end(SESSION, at=app.house.clock.now(), reason=EndReason.SIGNED_OUT)

    assert ended is False
    assert app.house.deliver() == []
    assert app.house.wire.posted == []
