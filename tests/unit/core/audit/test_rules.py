from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.core.audit import rules
from doorward.core.audit.records import AddressKey, AuditKind, Entry, Event, Head
from doorward.core.kernel.ids import AccountId, SessionId
from tests.builders import NOW

WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
EVENTS = st.builds(
    Event,
    kind=st.sampled_from(AuditKind),
    account_id=st.none() | WORDS.map(AccountId),
    actor_id=st.none() | WORDS.map(AccountId),
    session_id=st.none() | WORDS.map(SessionId),
    address_tag=st.none() | WORDS,
    detail=st.dictionaries(WORDS, WORDS, max_size=3),
)
KEY = bytes(range(32))


def a_chain(events: list[Event]) -> list[Entry]:
    head, entries = rules.START, []
    for step, event in enumerate(events):
        entry = rules.link(head, event, NOW + timedelta(seconds=step))
        entries.append(entry)
        head = Head(entry.sequence, entry.link)
    return entries


@given(st.lists(EVENTS, max_size=5))
def test_first_broken_whole_chain_is_none(events: list[Event]) -> None:
    assert rules.first_broken(a_chain(events)) is None


@given(st.lists(EVENTS, min_size=1, max_size=5), EVENTS, st.data())
def test_first_broken_any_changed_event_is_found(events: list[Event], other: Event, data: st.DataObject) -> None:
    chain = a_chain(events)
    place = data.draw(st.integers(0, len(chain) - 1))
    chain[place] = replace(chain[place], event=other)

    assert rules.first_broken(chain) == (None if other == events[place] else place + 1)


@pytest.mark.parametrize(
    "forged",
    [
        pytest.param(lambda entry: replace(entry, sequence=3), id="sequence"),
        pytest.param(lambda entry: replace(entry, at=NOW + timedelta(days=1)), id="at"),
        pytest.param(lambda entry: replace(entry, link=bytes(32)), id="link"),
        pytest.param(lambda entry: replace(entry, event=Event(AuditKind.SIGN_IN_REFUSED)), id="kind"),
        pytest.param(lambda entry: replace(entry, event=replace(entry.event, account_id="x")), id="account"),
        pytest.param(lambda entry: replace(entry, event=replace(entry.event, actor_id="x")), id="actor"),
        pytest.param(lambda entry: replace(entry, event=replace(entry.event, session_id="x")), id="session"),
        pytest.param(lambda entry: replace(entry, event=replace(entry.event, address_tag="x")), id="address"),
        pytest.param(lambda entry: replace(entry, event=replace(entry.event, detail={"kind": "web"})), id="detail"),
    ],
)
def test_first_broken_any_changed_field_is_found(forged: Callable[[Entry], Entry]) -> None:
    chain = a_chain([Event(AuditKind.SIGN_IN)] * 3)
    chain[1] = forged(chain[1])

    assert rules.first_broken(chain) == 2


def test_first_broken_removed_entry_is_found() -> None:
    chain = a_chain([Event(AuditKind.SIGN_IN)] * 3)

    assert rules.first_broken([chain[0], chain[2]]) == 2
    assert rules.first_broken(chain[1:]) == 1


def test_first_broken_swapped_entries_are_found() -> None:
    first, second, third = a_chain([Event(AuditKind.SIGN_IN)] * 3)

    assert rules.first_broken([second, first, third]) == 1


def test_first_broken_from_the_middle_goes_on_from_there() -> None:
    first, *rest = a_chain([Event(AuditKind.SIGN_IN)] * 3)

    assert rules.first_broken(rest, Head(first.sequence, first.link)) is None


def test_pseudonymise_address_same_client_has_the_same_tag() -> None:
    tag = rules.pseudonymise_address("192.0.2.7", KEY)

    assert len(tag) == 26
    assert rules.pseudonymise_address("::ffff:192.0.2.7", KEY) == tag
    assert rules.pseudonymise_address("192.0.2.8", KEY) != tag
    assert rules.pseudonymise_address("192.0.2.7", bytes(32)) != tag


def test_pseudonymise_address_one_network_of_version_six_is_one_client() -> None:
    tags = {rules.pseudonymise_address(f"2001:db8:1:2::{number:x}", KEY) for number in range(1000)}

    assert len(tags) == 1
    assert rules.pseudonymise_address("2001:db8:1:3::1", KEY) not in tags


def test_pseudonymise_address_zone_does_not_count() -> None:
    assert rules.pseudonymise_address("fe80::1%eth0", KEY) == rules.pseudonymise_address("fe80::1", KEY)


@pytest.mark.parametrize("address", [None, "", "a", "192.0.2.7, 192.0.2.8", "192.0.2.07", "192.0.2.256", "%"])
def test_pseudonymise_address_unreadable_is_invalid(address: str | None) -> None:
    assert rules.pseudonymise_address(address, KEY) == "invalid"


def test_destroy_at_is_thirty_days_after_the_day() -> None:
    late = NOW + timedelta(hours=23, minutes=59)

    assert rules.day_of(late) == "2026-01-01"
    assert rules.destroy_at(late) == NOW + timedelta(days=31)


@pytest.mark.parametrize(
    ("now", "due"), [(NOW - timedelta(seconds=1), False), (NOW, True), (NOW + timedelta(days=1), True)], ids=str
)
def test_is_due_from_its_moment_on(now: datetime, due: bool) -> None:  # noqa: FBT001
    assert rules.is_due(AddressKey("2026-01-01", b"", NOW), now) is due


@pytest.mark.parametrize(("micros", "at"), [(1, rules.EPOCH + timedelta(microseconds=1)), (1 << 63, None), ("x", None)])
def test_unreadable_shows_what_is_written_at_its_time_or_at_none(micros: object, at: datetime | None) -> None:
    entry = rules.unreadable(4, micros, ("a" * 5000,))

    assert (entry.sequence, entry.at) == (4, at or rules.EPOCH)
    assert entry.event.detail["written"].startswith("('aaa")
    assert len(entry.event.detail["written"]) == 1000


def test_first_broken_entry_that_cannot_be_read_is_never_sound() -> None:
    forged = rules.unreadable(1, 0, "")

    linked = rules.link(rules.START, forged.event, forged.at)

    assert rules.first_broken([linked]) == 1
