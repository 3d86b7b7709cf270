from datetime import timedelta

import pytest

from doorward.adapters.snapshots.cached import CachedSnapshots
from doorward.core.keys.errors import TokenRefused
from doorward.core.keys.keyring import REREAD_AFTER
from doorward.core.sessions.errors import NotFresh, NotSignedIn
from doorward.core.sessions.recognise import Recognise
from doorward.core.sessions.records import FIRST_PARTY, EndReason, Kind
from tests.applications import SERVER, Application, another
from tests.builders import ISSUER
from tests.house import House


@pytest.fixture
def remembering(house: House) -> Recognise:
    """Return a flow that has what it read at hand."""
    snapshots = CachedSnapshots(house.store.view, house.clock)
    return Recognise(house.flows.keyring, house.tools.page_tokens, snapshots, house.clock)


@pytest.mark.parametrize("kind", sorted(FIRST_PARTY))
def test_recognise_tells_whose_token_it_is(house: House, kind: Kind) -> None:
    account_id = house.account("margaret")
    remembered = house.sign_in(kind=kind)

    snapshot = house.flows.recognise(remembered.access_token, kind)

    assert (snapshot.session_id, snapshot.kind) == (remembered.session_id, kind)
    assert (snapshot.profile.id, snapshot.profile.email) == (account_id, "margaret@mail.example")


@pytest.mark.parametrize("kind", sorted(FIRST_PARTY))
def test_recognise_as_the_other_kind_is_refused(house: House, kind: Kind) -> None:
    house.account("margaret")
    remembered = house.sign_in(kind=kind)
    (other,) = FIRST_PARTY - {kind}

    with pytest.raises(TokenRefused):
        house.flows.recognise(remembered.access_token, other)
    with pytest.raises(TokenRefused):
        house.flows.recognise.at_once(remembered.access_token, other)


def test_recognise_tokens_of_every_kind_are_good_for_nothing_else(house: House) -> None:
    house.account("margaret")
    remembered = house.sign_in()
    page_token = house.flows.recognise.page_token(remembered)
    tokens = {remembered.access_token, remembered.refresh_token, f"{remembered.device_token}", page_token}

    for presented in tokens - {remembered.access_token}:
        with pytest.raises(TokenRefused):
            house.flows.recognise(presented, Kind.WEB)
    for presented in tokens - {page_token}:
        with pytest.raises(NotSignedIn):
            house.flows.recognise.page(presented)


def test_recognise_token_of_an_application_for_itself_is_not_signed_in(house: House) -> None:
    house.account("margaret")
    app = Application(house, another(SERVER, resources=(ISSUER, f"{ISSUER}/v1/web")))

    for kind, resource in ((Kind.MOBILE, ISSUER), (Kind.WEB, f"{ISSUER}/v1/web")):
        token = app.ask(grant_type="client_credentials", resource=resource).access_token
        with pytest.raises(NotSignedIn):
            house.flows.recognise(token, kind)
        with pytest.raises(NotSignedIn):
            house.flows.recognise.at_once(token, kind)


def test_recognise_until_the_token_expires(house: House) -> None:
    house.account("margaret")
    remembered = house.sign_in()
    house.clock.pause(timedelta(minutes=5, seconds=30))

    with pytest.raises(TokenRefused):
        house.flows.recognise(remembered.access_token, Kind.WEB)


def test_recognise_session_that_is_gone_is_not_signed_in(house: House) -> None:
    account_id = house.account("margaret")
    remembered = house.sign_in()
    with house.store.work() as work:
        work.sessions.remove_all(account_id)

    with pytest.raises(NotSignedIn):
        house.flows.recognise(remembered.access_token, Kind.WEB)


def test_recognise_session_of_the_other_kind_behind_a_good_token_is_not_signed_in(house: House) -> None:
    house.account("margaret")
    mobile = house.sign_in(kind=Kind.MOBILE)
    page_token = house.flows.recognise.page_token(mobile)

    with pytest.raises(NotSignedIn):
        house.flows.recognise.page(page_token)


def test_at_once_is_none_until_somebody_has_read_it(house: House, remembering: Recognise) -> None:
    house.account("margaret")
    remembered = house.sign_in()

    before = remembering.at_once(remembered.access_token, Kind.WEB)
    read = remembering(remembered.access_token, Kind.WEB)
    after = remembering.at_once(remembered.access_token, Kind.WEB)

    assert before is None
    assert after == read


def test_at_once_ended_session_is_not_signed_in_within_the_bound(house: House, remembering: Recognise) -> None:
    account_id = house.account("margaret")
    remembered = house.sign_in()
    remembering(remembered.access_token, Kind.WEB)
    house.flows.end_session(account_id, remembered.session_id, reason=EndReason.SIGNED_OUT)
    house.clock.pause(timedelta(seconds=2))

    with pytest.raises(NotSignedIn):
        remembering(remembered.access_token, Kind.WEB)


def test_page_knows_the_session_by_its_own_token(house: House, remembering: Recognise) -> None:
    house.account("margaret")
    remembered = house.sign_in()
    token = remembering.page_token(remembered)

    before = remembering.page_at_once(token)
    read = remembering.page(token)

    assert before is None
    assert remembering.page_at_once(token) == read
    assert read.session_id == remembered.session_id


def test_page_after_the_session_ended_is_not_signed_in(house: House) -> None:
    account_id = house.account("margaret")
    remembered = house.sign_in()
    token = house.flows.recognise.page_token(remembered)
    house.flows.end_session(account_id, remembered.session_id, reason=EndReason.SIGNED_OUT)

    with pytest.raises(NotSignedIn):
        house.flows.recognise.page(token)


def test_page_as_long_as_the_refresh_token(house: House) -> None:
    house.account("margaret")
    remembered = house.sign_in()
    token = house.flows.recognise.page_token(remembered)
    house.clock.pause(remembered.refresh_expires_in)

    with pytest.raises(NotSignedIn):
        house.flows.recognise.page(token)
    with pytest.raises(NotSignedIn):
        house.flows.recognise.page_at_once("anything")


def test_require_fresh_holds_for_five_minutes(house: House) -> None:
    house.account("margaret")
    snapshot = house.flows.recognise(house.sign_in().access_token, Kind.WEB)
    house.clock.pause(timedelta(minutes=5))

    house.flows.recognise.require_fresh(snapshot)
    house.clock.pause(timedelta(seconds=1))

    with pytest.raises(NotFresh):
        house.flows.recognise.require_fresh(snapshot)


def test_at_once_with_keys_that_are_due_leaves_it_to_a_lane(house: House, remembering: Recognise) -> None:
    house.account("margaret")
    remembered = house.sign_in(kind=Kind.MOBILE)
    house.clock.pause(REREAD_AFTER)
    before = len(house.statements)

    answer = remembering.at_once(remembered.access_token, Kind.MOBILE)

    assert answer is None
    assert house.statements[before:] == []
