"""Connecting and disconnecting, from the page of an account."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from doorward.adapters.web.documents import LIVES_FOR
from doorward.assembly.flows import Work
from doorward.core.accounts.records import GRACE
from doorward.core.federation.errors import (
    IdentityTaken,
    LastWayIn,
    NoSuchProvider,
    ProviderNotBelieved,
    SignInBegunElsewhere,
    SomebodyElse,
)
from doorward.core.federation.records import Intent
from doorward.core.kernel.errors import Conflict, NotFound
from doorward.core.kernel.json_value import JsonValue
from doorward.core.onetime.errors import LinkRefused
from doorward.core.outbox.records import Letter, LetterKind
from doorward.core.sessions.errors import NotSignedIn
from doorward.core.sessions.records import EndReason, Snapshot
from tests.house import HOME, OTHER_PASSWORD, PASSWORD, House, code_of, replacing, token_of
from tests.unit.core.federation.ways import Ways, signed_in
from tests.upstream import KINDS, Somebody

EVERY = pytest.mark.parametrize("kind", KINDS)


def margaret(ways: Ways) -> Snapshot:
    ways.house.account("margaret")
    return ways.snapshot(ways.house.sign_in("margaret", PASSWORD))


def unlink(ways: Ways, session: Snapshot, subject: str = "248289761001") -> None:
    ways.house.flows.providers.unlink(session, ways.elsewhere.issuer, subject)


@EVERY
def test_link_connects_whatever_the_address_is_and_tells_the_owner(kind: str) -> None:
    ways = Ways(kind, ())
    session = margaret(ways)

    outcome = ways.go(Intent.LINK, session=session)

    assert (outcome.remembered, outcome.finish_token) == (None, None)
    assert signed_in(ways.go()).profile.id == session.profile.id
    assert LetterKind.IDENTITY_LINKED in [letter.kind for letter in ways.house.deliver()]


def test_link_twice_changes_nothing() -> None:
    ways = Ways()
    session = margaret(ways)
    ways.go(Intent.LINK, session=session)

    ways.go(Intent.LINK, session=session)

    assert len(ways.house.flows.providers.ways_in(session.profile.id).identities) == 1


@EVERY
def test_link_of_somebody_who_has_an_account_is_refused(kind: str) -> None:
    ways = Ways(kind)
    ways.go()
    session = margaret(ways)

    with pytest.raises(IdentityTaken):
        ways.go(Intent.LINK, session=session)

    assert ways.house.flows.providers.ways_in(session.profile.id).identities == ()


@EVERY
def test_link_after_the_session_ended_is_refused(kind: str) -> None:
    ways = Ways(kind)
    session = margaret(ways)
    begun = ways.begin(Intent.LINK, session=session)
    answer = ways.elsewhere.authorize(begun.url)
    ways.house.flows.end_session(session.profile.id, session.session_id, reason=EndReason.SIGNED_OUT)

    with pytest.raises(NotSignedIn):
        ways.come_back(answer, begun.browser)


@EVERY
def test_link_begun_by_an_attacker_is_not_finished_in_the_victims_browser(kind: str) -> None:
    ways = Ways(kind)
    session = margaret(ways)
    attackers = ways.begin(Intent.LINK, session=session)
    victims = ways.begin()

    with pytest.raises(SignInBegunElsewhere):
        ways.come_back(ways.elsewhere.authorize(attackers.url), victims.browser)

    assert ways.house.flows.providers.ways_in(session.profile.id).identities == ()


def test_link_dies_with_a_change_of_the_password() -> None:
    ways = Ways()
    session = margaret(ways)
    begun = ways.begin(Intent.LINK, session=session)
    ways.house.flows.change_password(session, PASSWORD, new_password="another long password of hers")

    with pytest.raises(SignInBegunElsewhere):
        ways.come_back(ways.elsewhere.authorize(begun.url), begun.browser)


@EVERY
def test_confirm_puts_a_fresh_session_in_place(kind: str) -> None:
    ways = Ways(kind)
    session = ways.snapshot(ways.go().remembered)
    ways.clock.advance(timedelta(hours=1))

    fresh = ways.snapshot(ways.go(Intent.CONFIRM, session=session).remembered)

    assert fresh.authenticated_at == ways.clock.now()
    assert ways.house.flows.list_sessions(session.profile.id)[0].id == fresh.session_id
    assert len(ways.house.flows.list_sessions(session.profile.id)) == 1


@EVERY
def test_confirm_by_somebody_else_is_refused(kind: str) -> None:
    ways = Ways(kind)
    session = ways.snapshot(ways.go().remembered)
    ways.elsewhere.person = Somebody("666", "mallory@mail.example", name="Mallory")
    ways.go()

    with pytest.raises(SomebodyElse):
        ways.go(Intent.CONFIRM, session=session)


@EVERY
def test_confirm_by_a_newcomer_makes_no_account(kind: str) -> None:
    ways = Ways(kind)
    session = ways.snapshot(ways.go().remembered)
    ways.elsewhere.person = Somebody("666", "mallory@mail.example", name="Mallory")

    with pytest.raises(SomebodyElse):
        ways.go(Intent.CONFIRM, session=session)

    with ways.house.store.view() as view:
        assert view.accounts.count() == 1


def test_confirm_asks_the_provider_to_ask() -> None:
    ways = Ways()
    session = ways.snapshot(ways.go().remembered)

    begun = ways.begin(Intent.CONFIRM, session=session)

    assert "prompt=login" in begun.url
    assert "max_age=0" in begun.url


@pytest.mark.parametrize("claims", [["sub", "auth_time"], ["sub"], "auth_time", None], ids=str)
def test_confirm_without_a_word_of_when_is_refused_where_the_provider_tells_it(claims: JsonValue) -> None:
    ways = Ways()
    session = ways.snapshot(ways.go().remembered)
    ways.elsewhere.without = ("auth_time",)
    ways.elsewhere.configuration["claims_supported"] = claims
    ways.clock.advance(LIVES_FOR)

    if claims == ["sub", "auth_time"]:
        with pytest.raises(ProviderNotBelieved):
            ways.go(Intent.CONFIRM, session=session)
    else:
        assert ways.go(Intent.CONFIRM, session=session).remembered is not None


def test_confirm_provider_that_did_not_ask_is_refused() -> None:
    ways = Ways()
    session = ways.snapshot(ways.go().remembered)
    ways.elsewhere.claims["auth_time"] = int((ways.clock.now() - timedelta(minutes=2)).timestamp())

    with pytest.raises(ProviderNotBelieved):
        ways.go(Intent.CONFIRM, session=session)


def test_confirm_after_the_session_ended_is_refused() -> None:
    ways = Ways()
    session = ways.snapshot(ways.go().remembered)
    begun = ways.begin(Intent.CONFIRM, session=session)
    answer = ways.elsewhere.authorize(begun.url)
    ways.house.flows.end_session(session.profile.id, session.session_id, reason=EndReason.SIGNED_OUT)

    with pytest.raises(NotSignedIn):
        ways.come_back(answer, begun.browser)


def test_unlink_identity_is_no_way_in_any_more_and_the_owner_is_told() -> None:
    ways = Ways("oidc", ())
    session = margaret(ways)
    ways.go(Intent.LINK, session=session)
    elsewhere = signed_in(ways.go())

    unlink(ways, session)

    assert ways.go().remembered is None
    with pytest.raises(NotSignedIn):
        ways.snapshot(elsewhere)
    assert LetterKind.IDENTITY_UNLINKED in [letter.kind for letter in ways.house.deliver()]


@EVERY
def test_unlink_last_way_in_is_refused(kind: str) -> None:
    ways = Ways(kind)
    session = ways.snapshot(ways.go().remembered)

    with pytest.raises(LastWayIn):
        unlink(ways, session)

    assert ways.go().remembered is not None


def test_unlink_one_of_two_without_a_password_is_done() -> None:
    ways = Ways()
    session = ways.snapshot(ways.go().remembered)
    ways.elsewhere.person = replace(ways.elsewhere.person, subject="2")
    ways.go(Intent.LINK, session=session)

    unlink(ways, session)

    assert [each.subject for each in ways.house.flows.providers.ways_in(session.profile.id).identities] == ["2"]


def test_unlink_of_somebody_else_is_not_found() -> None:
    ways = Ways()
    ways.go()
    session = margaret(ways)

    with pytest.raises(NotFound):
        unlink(ways, session)


def test_unlink_account_that_changes_meanwhile_is_a_conflict() -> None:
    ways = Ways()
    session = margaret(ways)
    ways.go(Intent.LINK, session=session)
    house: House = ways.house

    @contextmanager
    def opens() -> Iterator[Work]:
        with house.store.work() as work:
            yield replacing(work, "accounts", "replace", lambda: False)

    flow = replace(house.flows.providers.unlink, work=opens)
    with pytest.raises(Conflict):
        flow(session, ways.elsewhere.issuer, "248289761001")


def test_erase_closed_forgets_the_identities() -> None:
    ways = Ways()
    remembered = signed_in(ways.go())
    ways.house.flows.close_account(remembered.profile.id)
    ways.clock.advance(timedelta(days=31))

    ways.house.flows.erase_closed()

    with ways.house.store.view() as view:
        assert view.identities.of(ways.elsewhere.issuer, "248289761001") is None


def test_export_account_holds_the_identities() -> None:
    ways = Ways()
    remembered = signed_in(ways.go())

    document = json.loads("".join(ways.house.flows.export_account(remembered.profile.id)))

    (identity,) = document["ways_in"]
    assert (identity["issuer"], identity["subject"]) == (ways.elsewhere.issuer, "248289761001")


def letters(ways: Ways, kind: LetterKind) -> list[Letter]:
    return [letter for letter in ways.house.deliver() if letter.kind is kind]


def test_password_changed_by_its_owner_keeps_what_is_connected_and_names_it() -> None:
    ways = Ways()
    session = margaret(ways)
    ways.go(Intent.LINK, session=session)

    ways.house.flows.change_password(session, PASSWORD, new_password=OTHER_PASSWORD)

    (letter,) = letters(ways, LetterKind.PASSWORD_CHANGED)
    assert letter.detail == "oidc (since 2026-01-01)"
    assert signed_in(ways.go()).profile.id == session.profile.id


@pytest.mark.parametrize("by", ["link", "code"])
def test_password_that_is_reset_does_not_hide_the_way_in_that_an_intruder_connected(by: str) -> None:
    ways = Ways()
    session = margaret(ways)
    ways.elsewhere.person = Somebody("666", "mallory@mail.example", name="Click https://evil.example")
    ways.go(Intent.LINK, session=session)
    ways.house.flows.forgot_password(session.profile.email)
    (mail,) = letters(ways, LetterKind.RESET_PASSWORD)

    reset = ways.house.flows.reset_password
    if by == "link":
        reset.by_link(token_of(mail), OTHER_PASSWORD, device_name="Firefox")
    else:
        reset.by_code(session.profile.email, code_of(mail), OTHER_PASSWORD, device_name="Firefox")

    (letter,) = letters(ways, LetterKind.PASSWORD_CHANGED)
    assert letter.detail == "oidc (since 2026-01-01)"


def test_password_that_is_reset_without_anything_connected_names_nothing() -> None:
    ways = Ways()
    session = margaret(ways)
    ways.house.flows.forgot_password(session.profile.email)
    (mail,) = letters(ways, LetterKind.RESET_PASSWORD)

    ways.house.flows.reset_password.by_link(token_of(mail), OTHER_PASSWORD, device_name="Firefox")

    assert [letter.detail for letter in letters(ways, LetterKind.PASSWORD_CHANGED)] == [None]


def test_code_of_a_reset_costs_the_same_whether_anything_is_connected_or_there_is_nobody() -> None:
    ways = Ways()
    ways.go(Intent.LINK, session=margaret(ways))
    statements = ways.house.statements

    found = []
    for email in ("margaret@mail.example", "nobody@mail.example"):
        before = len(statements)
        with pytest.raises(LinkRefused):
            ways.house.flows.reset_password.by_code(email, "00000000", OTHER_PASSWORD, device_name="Firefox")
        found.append(statements[before:])

    assert found[0] == found[1]


def without_the_provider(ways: Ways) -> House:
    """Return the house after its operator took the provider out of the settings."""
    return House(ways.house.store, ways.clock, web=ways.elsewhere)


def test_provider_that_was_taken_out_lets_nobody_in_and_is_no_way_in() -> None:
    ways = Ways()
    session = ways.snapshot(ways.go().remembered)
    begun = ways.begin()
    house = without_the_provider(ways)

    with pytest.raises(NoSuchProvider):
        house.flows.providers.come_back(
            "oidc", ways.elsewhere.authorize(begun.url), browser=begun.browser, caller=HOME, device_name="Firefox"
        )

    found = house.flows.providers.ways_in(session.profile.id)
    assert (len(found.identities), found.is_last) == (1, True)
    assert house.flows.change_password.connected(session.profile.id) is None


def test_unlink_last_provider_that_is_left_is_refused_though_one_that_was_taken_out_is_connected() -> None:
    ways = Ways()
    session = ways.snapshot(ways.go().remembered)
    with ways.house.store.work() as work:
        (kept,) = work.identities.of_account(session.profile.id)
        work.identities.add(replace(kept, issuer="https://gone.example", provider_id="gone"))

    with pytest.raises(LastWayIn):
        unlink(ways, session)


def test_erased_account_leaves_nothing_of_whom_a_provider_knows() -> None:
    ways = Ways()
    session = ways.snapshot(ways.go().remembered)
    ways.house.flows.close_account(session.profile.id)
    ways.clock.advance(GRACE)

    assert ways.house.flows.erase_closed() == 1

    with ways.house.store.view() as view:
        assert view.identities.of_account(session.profile.id) == ()
        assert view.identities.of(ways.elsewhere.issuer, "248289761001") is None
        told = [entry.event.detail for entry in view.audit.read(account_id=session.profile.id)]
    assert {"with": "oidc"} in told
    assert "248289761001" not in str(told)
    assert "ada@mail.example" not in str(told)
    assert signed_in(ways.go()).profile.id != session.profile.id
