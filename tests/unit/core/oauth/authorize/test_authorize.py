"""Requests whose grounds go away between one look and the next: no code, and nothing is allowed."""

from dataclasses import replace
from typing import Final

import pytest

from doorward.core.audit.records import AuditKind
from doorward.core.kernel.errors import Refusal
from doorward.core.oauth.authorize.errors import RedirectRefused, RequestUnknown
from doorward.core.oauth.authorize.records import Interaction, Outcome, Place, Visitor
from doorward.core.oauth.errors import OAuthCode, OAuthError
from doorward.core.oauth.records import GrantType
from doorward.core.onetime.records import Purpose
from tests.applications import SPA, Application
from tests.authorizing import values
from tests.house import House

BROWSER = b"what the browser holds"
ASKING: Final = {"client_id": SPA.id, "scope": "openid profile"}


@pytest.fixture
def app(house: House) -> Application:
    house.account()
    return Application(house)


@pytest.fixture
def visitor(app: Application) -> Visitor:
    """Return somebody as they were recognised a moment ago."""
    snapshot = app.house.flows.recognise.snapshots.load(app.browser)
    assert snapshot is not None
    return Visitor(snapshot, BROWSER)


def ask(app: Application, visitor: Visitor, **changes: str) -> Outcome:
    return app.house.flows.requests.authorize(values(**(ASKING | changes)), visitor)


def kept_token(outcome: Outcome) -> str:
    assert isinstance(outcome, Interaction)
    return outcome.token


def codes(app: Application) -> int:
    with app.house.store.view() as view:
        return view.onetimes.live(Purpose.AUTHORIZATION_CODE, now=app.house.clock.now())


def test_authorize_in_a_session_that_ended_a_moment_ago_leads_to_signing_in(app: Application, visitor: Visitor) -> None:
    app.sign_out()

    outcome = ask(app, visitor)

    assert isinstance(outcome, Interaction)
    assert (outcome.place, codes(app)) == (Place.SIGN_IN, 0)


def test_allow_in_a_session_that_ended_a_moment_ago_leads_to_signing_in_and_allows_nothing(
    app: Application, visitor: Visitor
) -> None:
    token = kept_token(ask(app, visitor, prompt="consent"))
    with app.house.store.work() as work:
        work.consents.remove(app.account_id, app.client.id)
    app.sign_out()

    outcome = app.house.flows.requests.answer.allow(token, visitor)

    assert isinstance(outcome, Interaction)
    assert (outcome.place, outcome.token, codes(app)) == (Place.SIGN_IN, token, 0)
    with app.house.store.view() as view:
        assert view.consents.of(app.account_id, app.client.id) is None
        assert all(entry.event.kind is not AuditKind.CONSENT_GIVEN for entry in view.audit.read())


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"scopes": ()}, RequestUnknown),
        ({"grants": (GrantType.REFRESH_TOKEN,)}, RequestUnknown),
        ({"redirect_uris": ("https://moved.example/in",)}, RedirectRefused),
    ],
    ids=str,
)
def test_kept_request_that_the_client_may_not_make_any_more_is_refused(
    app: Application, visitor: Visitor, changes: dict[str, object], refusal: type[Refusal]
) -> None:
    token = kept_token(ask(app, visitor, prompt="consent"))
    with app.house.store.work() as work:
        changed = replace(app.client, **changes)  # type: ignore[arg-type]  # a test's own
        assert work.clients.replace(changed, expected=app.client.version)

    with pytest.raises(refusal):
        app.house.flows.requests.see(token, visitor)
    with pytest.raises(refusal):
        app.house.flows.requests.answer.allow(token, visitor)

    assert codes(app) == 0


def test_push_request_that_names_another_client_is_refused_and_not_kept(app: Application) -> None:
    with pytest.raises(OAuthError) as raised:
        app.house.flows.requests.push(app.client, values(client_id="payroll"))

    assert raised.value.error is OAuthCode.INVALID_REQUEST
    with app.house.store.view() as view:
        assert view.onetimes.live(Purpose.PUSHED_REQUEST, now=app.house.clock.now()) == 0


def test_finish_request_that_somebody_was_faster_with_is_refused(app: Application) -> None:
    requests, now = app.house.flows.requests.authorize.requests, app.house.clock.now()

    with app.house.store.work() as work:
        kept = requests.wait(work, app.client.id, values(), browser=b"a browser", pushed=None, now=now)
        requests.finish(work, kept, now=now)
        with pytest.raises(RequestUnknown):
            requests.finish(work, kept, now=now)
