from datetime import timedelta

import pytest

from doorward.core.audit.record import record
from doorward.core.audit.records import AuditKind, Event
from doorward.core.kernel.ids import ClientId
from doorward.core.keys import jose
from doorward.core.keys.revocations import Of, Statement, read_statement
from doorward.core.operating.tell_revoked import REACHES_BACK, Told
from doorward.core.sessions.records import EndReason
from tests.applications import SPA, Application, another, claims
from tests.builders import ISSUER
from tests.house import PASSWORD, House


def end(house: House) -> int:
    """Return the place of the last entry."""
    with house.store.work() as work:
        return work.audit.head().sequence


def told(house: House, since: int) -> list[Statement]:
    """Return what is told since a place; each statement is signed by us."""
    answer = house.flows.tell_revoked(since, known=since)
    for signed in answer.signed:
        house.flows.keyring.read_own(signed, "revocations+jwt")
    return [read_statement(jose.parse(signed), ISSUER) for signed in answer.signed]


def named(house: House, since: int) -> set[tuple[Of, str]]:
    return {(item.of, item.name) for statement in told(house, since) for item in statement.items}


def note(house: House, kind: AuditKind, *, times: int = 1) -> None:
    for _ in range(times):
        with house.store.work() as work:
            record(work.audit, Event(kind), house.clock.now())


def test_session_that_ended_is_told(house: House) -> None:
    account_id = house.account("margaret")
    gone, _ = house.sign_in(), house.sign_in()
    since = end(house)

    house.flows.end_session(account_id, gone.session_id, reason=EndReason.SIGNED_OUT)

    assert named(house, since) == {(Of.SESSION, gone.session_id)}


def test_password_that_was_changed_ends_the_other_sessions(house: House) -> None:
    house.account("margaret")
    own, other = house.sign_in(), house.sign_in()
    snapshot = house.flows.recognise.snapshots.load(own.session_id)
    assert snapshot is not None
    since = end(house)
    house.clock.pause(timedelta(seconds=1))

    house.flows.change_password(snapshot, current_password=PASSWORD, new_password="another way to open it")

    assert named(house, since) == {(Of.SESSION, other.session_id)}


def test_account_that_was_disabled_is_told_with_its_sessions(house: House) -> None:
    account_id = house.account("margaret")
    remembered = house.sign_in()
    since = end(house)

    house.flows.set_enabled("margaret", enabled=False)

    assert named(house, since) == {(Of.SUBJECT, account_id), (Of.SESSION, remembered.session_id)}


def test_role_that_was_taken_away_is_told_of_the_account(house: House) -> None:
    account_id = house.account("margaret")
    house.flows.set_role("margaret", "editor", granted=True)
    since = end(house)

    house.flows.set_role("margaret", "editor", granted=False)

    assert named(house, since) == {(Of.SUBJECT, account_id)}


def test_role_that_was_taken_away_is_told_by_every_name_that_tokens_call_the_account(house: House) -> None:
    account_id = house.account("margaret")
    apps = [
        Application(house, another(SPA, id=ClientId(name), is_pairwise=is_pairwise, sector=f"{name}.example"))
        for name, is_pairwise in (("notes", True), ("maps", True), ("mail", False))
    ]
    subjects = {str(claims(app.exchange(app.code()).access_token)["sub"]) for app in apps}
    house.flows.set_role("margaret", "editor", granted=True)
    since = end(house)

    house.flows.set_role("margaret", "editor", granted=False)

    assert len(subjects) == 3
    assert account_id in subjects
    assert named(house, since) == {(Of.SUBJECT, subject) for subject in subjects}


@pytest.mark.parametrize(
    ("event", "item"),
    [
        (Event(AuditKind.CLIENT_DISABLED, detail={"client": "notes"}), (Of.CLIENT, "notes")),
        (Event(AuditKind.CLIENT_REMOVED, detail={"client": "notes"}), (Of.CLIENT, "notes")),
        (Event(AuditKind.STORE_RESTORED), (Of.EVERYBODY, "")),
    ],
    ids=["disabled", "removed", "restored"],
)
def test_clients_and_restored_stores_are_told(house: House, event: Event, item: tuple[Of, str]) -> None:
    since = end(house)
    with house.store.work() as work:
        record(work.audit, event, house.clock.now())

    assert named(house, since) == {item}


@pytest.mark.parametrize("kind", [AuditKind.SIGN_IN, AuditKind.CLIENT_DISABLED, AuditKind.ACCOUNT_DISABLED])
def test_what_ends_nothing_or_names_nobody_is_passed_over(house: House, kind: AuditKind) -> None:
    since = end(house)
    note(house, kind)

    answer = house.flows.tell_revoked(since, known=since)

    assert answer == Told((), since, since + 1, is_more=False)


def test_nothing_is_told_when_it_is_asked_for(house: House) -> None:
    since = end(house)

    answer = house.flows.tell_revoked(since, known=since, even_nothing=True)

    assert read_statement(jose.parse(answer.signed[0]), ISSUER) == Statement(since, since, house.clock.now())
    assert list(answer.events()) == [(since, answer.signed[0])]


def test_statements_join_where_the_listener_is(house: House) -> None:
    account_id = house.account("margaret")
    gone = house.sign_in()
    known = end(house)
    note(house, AuditKind.SIGN_IN, times=3)
    since = end(house)
    house.flows.end_session(account_id, gone.session_id, reason=EndReason.SIGNED_OUT)

    answer = house.flows.tell_revoked(since, known=known)

    statement = read_statement(jose.parse(answer.signed[0]), ISSUER)
    assert (statement.since, statement.until) == (known, since + 1)


def test_many_sessions_take_many_statements_and_only_the_last_moves_on(house: House) -> None:
    account_id = house.account("margaret")
    sessions = {house.sign_in().session_id for _ in range(130)}
    since = end(house)
    house.flows.end_all_sessions(account_id, reason=EndReason.SIGNED_OUT_ELSEWHERE)

    answer = house.flows.tell_revoked(since, known=since)

    assert {name for of, name in named(house, since) if of is Of.SESSION} == sessions
    assert [place for place, _ in answer.events()] == [since, since, since + 1]
    assert all(len(signed) <= jose.MAX_TOKEN_CHARACTERS for signed in answer.signed)


def test_what_does_not_fit_at_once_is_told_next(house: House) -> None:
    since = end(house)
    note(house, AuditKind.SIGN_IN, times=501)

    first = house.flows.tell_revoked(since, known=since)
    second = house.flows.tell_revoked(first.until, known=since)

    assert (first.is_more, second.is_more) == (True, False)
    assert (first.until, second.until) == (since + 500, since + 501)


def test_begin_goes_on_where_the_listener_was(house: House) -> None:
    note(house, AuditKind.SIGN_IN, times=3)

    assert house.flows.tell_revoked.begin(2) == 2


@pytest.mark.parametrize("presented", [None, -1, 10_000])
def test_begin_without_a_place_goes_back_as_far_as_tokens_live(house: House, presented: int | None) -> None:
    note(house, AuditKind.SIGN_IN, times=700)
    old = end(house)
    house.clock.pause(REACHES_BACK + timedelta(seconds=1))
    note(house, AuditKind.SIGN_IN, times=600)

    place = house.flows.tell_revoked.begin(presented)

    assert old - 500 <= place <= old


def test_begin_of_a_young_store_is_the_beginning(house: House) -> None:
    note(house, AuditKind.SIGN_IN, times=3)

    assert house.flows.tell_revoked.begin(None) == 0
