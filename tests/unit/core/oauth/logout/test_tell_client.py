import pytest

from doorward.core.kernel.ids import JobId
from doorward.core.kernel.outgoing import Failure, NotFetched
from doorward.core.oauth.logout.tell_client import TellClient
from doorward.core.outbox.errors import DeliveryFailed, DeliveryRefused
from doorward.core.sessions.records import Session
from tests.applications import SPA, Application, another, claims
from tests.house import House

TOLD = "https://app.example/backchannel"
JOB = JobId("j" * 26)


@pytest.fixture
def app(house: House) -> Application:
    house.account()
    return Application(house, another(SPA, backchannel_logout_uri=TOLD))


@pytest.fixture
def session(app: Application) -> Session:
    return app.session_of(app.exchange())


def tell(app: Application, **changes: str | None) -> None:
    house = app.house
    find, subjects = house.flows.clients.authenticate.find, house.tools.subjects
    flow = TellClient(find, house.flows.keyring, subjects, house.wire, house.clock)
    payload: dict[str, str | None] = {"client_id": app.client.id, "subject": app.account_id}
    flow(JOB, payload | changes)


@pytest.mark.parametrize("status", [200, 204])
def test_tell_client_that_took_it_is_told_once(app: Application, session: Session, status: int) -> None:
    app.house.wire.status = status

    tell(app, session_id=session.id)

    ((uri, form),) = app.house.wire.posted
    claims = app.house.flows.keyring.read_own(form["logout_token"], "logout+jwt")
    assert (uri, claims["aud"], claims["sub"], claims["sid"]) == (TOLD, app.client.id, app.account_id, session.id)


@pytest.mark.parametrize("status", [201, 302, 400, 401, 404, 500, 503])
def test_tell_client_that_answers_anything_else_is_told_again(app: Application, session: Session, status: int) -> None:
    app.house.wire.status = status

    with pytest.raises(DeliveryFailed, match=f"answered {status}") as raised:
        tell(app, session_id=session.id)

    assert type(raised.value) is DeliveryFailed


@pytest.mark.parametrize("failure", sorted(set(Failure) - {Failure.URL, Failure.ADDRESS}))
def test_tell_client_that_is_away_is_told_again(app: Application, session: Session, failure: Failure) -> None:
    app.house.wire.failure = NotFetched(failure, "away")

    with pytest.raises(DeliveryFailed, match="not reached") as raised:
        tell(app, session_id=session.id)

    assert type(raised.value) is DeliveryFailed


@pytest.mark.parametrize("failure", [Failure.URL, Failure.ADDRESS])
def test_tell_client_at_an_address_that_is_never_spoken_to_is_given_up(
    app: Application, session: Session, failure: Failure
) -> None:
    app.house.wire.failure = NotFetched(failure, "in a private network")

    with pytest.raises(DeliveryRefused, match="private network"):
        tell(app, session_id=session.id)


@pytest.mark.parametrize("is_pairwise", [False, True])
def test_tell_client_that_describes_itself_is_told_by_the_name_that_it_has_for_the_account(
    app: Application, session: Session, *, is_pairwise: bool
) -> None:
    paired = Application(app.house, another(SPA, backchannel_logout_uri=TOLD, is_pairwise=is_pairwise))

    tell(paired, session_id=session.id, subject=None, account_id=app.account_id)

    (posted,) = app.house.wire.posted
    subject = app.house.tools.subjects.of(paired.client, app.account_id)
    assert claims(posted[1]["logout_token"])["sub"] == subject
    assert (subject == app.account_id) is not is_pairwise


def test_tell_client_that_is_gone_or_does_not_want_to_know_tells_nobody(app: Application, session: Session) -> None:
    quiet = Application(app.house, another(SPA, backchannel_logout_uri=None))

    tell(app, session_id=session.id, client_id="nobody")
    tell(app, session_id=session.id, client_id=None)
    tell(app, session_id=session.id, subject=None)
    tell(app, session_id=None)
    tell(quiet, session_id=session.id)

    assert app.house.wire.posted == []
