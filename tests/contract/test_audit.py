"""The audit chain and the address keys, in every store."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from doorward.assembly.store import Store
from doorward.core.audit.record import record
from doorward.core.audit.records import AddressKey, AuditKind, Entry, Event, Place, Search, kind_of
from doorward.core.audit.rules import START, first_broken, link, place_of
from doorward.core.kernel.ids import AccountId, SessionId
from tests.builders import NOW
from tests.contract.builders import DAY, MANY, Undone, at_once, numbered, undone

OWNER = AccountId(numbered(1))


def recorded(store: Store, event: Event, at: datetime = NOW) -> None:
    with store.work() as work:
        record(work.audit, event, at)


def test_head_of_nothing_is_the_start(store: Store) -> None:
    with store.work() as work:
        assert work.audit.head() == START
    with store.view() as view:
        assert view.audit.head() == START
        assert view.audit.read() == ()


def test_append_entries_come_back_as_they_were_and_the_chain_holds(store: Store) -> None:
    odd = NOW + timedelta(microseconds=123_457)
    full = Event(
        AuditKind.SIGN_IN,
        account_id=OWNER,
        actor_id=AccountId(numbered(2)),
        session_id=SessionId(numbered(3)),
        address_tag="tag",
        detail={"b": "2", "a": "ü"},
    )

    recorded(store, Event(AuditKind.KEY_MADE))
    recorded(store, full, odd)

    with store.view() as view:
        entries = view.audit.read()
        head = view.audit.head()
    assert [entry.event for entry in entries] == [Event(AuditKind.KEY_MADE), full]
    assert [(entry.sequence, entry.at) for entry in entries] == [(1, NOW), (2, odd)]
    assert first_broken(entries) is None
    assert (head.sequence, head.link) == (2, entries[-1].link)


def test_read_entry_of_a_kind_that_a_newer_release_brought_is_read_and_in_the_chain(store: Store) -> None:
    recorded(store, Event(AuditKind.KEY_MADE))
    recorded(store, Event(kind_of("robot.built"), account_id=OWNER))

    with store.view() as view:
        entries = view.audit.read()
        searched = view.audit.search(Search(account_id=OWNER))
    assert [entry.event.kind.value for entry in entries] == ["key.made", "robot.built"]
    assert [entry.event.kind in AuditKind.__members__.values() for entry in entries] == [True, False]
    assert first_broken(entries) is None
    assert [entry.event.kind.value for entry in searched] == ["robot.built"]


def test_append_several_in_one_unit_continue_one_another(store: Store) -> None:
    with store.work() as work:
        for _ in range(3):
            record(work.audit, Event(AuditKind.ROLE_GRANTED), NOW)

    with store.view() as view:
        entries = view.audit.read()
    assert len(entries) == 3
    assert first_broken(entries) is None


def test_append_entry_that_does_not_continue_the_chain_is_refused(store: Store) -> None:
    entry = link(START, Event(AuditKind.KEY_MADE), NOW)

    with pytest.raises(ValueError, match="does not continue"), store.work() as work:
        work.audit.append(replace(entry, sequence=2))

    with store.view() as view:
        assert view.audit.read() == ()
        assert view.audit.head() == START


def test_append_many_at_once_the_chain_is_whole(store: Store) -> None:
    def record_some(number: int) -> None:
        for _ in range(5):
            recorded(store, Event(AuditKind.SIGN_IN, account_id=AccountId(numbered(number))))

    at_once(MANY, record_some)

    with store.view() as view:
        entries = view.audit.read()
    assert [entry.sequence for entry in entries] == list(range(1, 5 * MANY + 1))
    assert first_broken(entries) is None


def test_append_some_units_undone_the_chain_is_whole(store: Store) -> None:
    def record_or_fail(number: int) -> bool:
        if number % 2:
            recorded(store, Event(AuditKind.SIGN_IN))
            return True
        with pytest.raises(Undone):
            undone(store, lambda work: record(work.audit, Event(AuditKind.SIGN_IN), NOW))
        return False

    kept = at_once(MANY, record_or_fail)

    with store.view() as view:
        entries = view.audit.read()
    assert len(entries) == kept.count(True) == MANY // 2
    assert first_broken(entries) is None


def test_read_goes_on_after_a_sequence(store: Store) -> None:
    for _ in range(5):
        recorded(store, Event(AuditKind.SIGN_IN))

    with store.view() as view:
        assert [entry.sequence for entry in view.audit.read(after=1, limit=2)] == [2, 3]
        assert [entry.sequence for entry in view.audit.read(after=4)] == [5]


def test_read_about_one_account_leaves_out_the_others(store: Store) -> None:
    for number in (1, 2, 1):
        recorded(store, Event(AuditKind.SIGN_IN, account_id=AccountId(numbered(number))))

    with store.view() as view:
        assert [entry.sequence for entry in view.audit.read(account_id=OWNER)] == [1, 3]
        assert [entry.sequence for entry in view.audit.read(account_id=OWNER, after=1)] == [3]


ACTOR = AccountId(numbered(2))
TAG = "aaaabbbbccccdddd"
LATER = NOW + timedelta(seconds=1)
HAPPENED = (
    (Event(AuditKind.SIGN_IN, account_id=OWNER, address_tag=TAG), NOW),
    (Event(AuditKind.SIGN_IN_REFUSED, account_id=OWNER, address_tag="other"), LATER),
    (Event(AuditKind.ACCOUNT_DISABLED, account_id=OWNER, actor_id=ACTOR), LATER),
    (Event(AuditKind.ROLE_GRANTED, account_id=ACTOR, actor_id=ACTOR), NOW + DAY),
    (Event(AuditKind.SIGN_IN, account_id=ACTOR, address_tag=TAG), LATER),  # by a clock that was put back
    (Event(AuditKind.KEY_MADE), NOW + 2 * DAY),
)


@pytest.mark.parametrize(
    ("search", "sequences"),
    [
        (Search(), [6, 4, 5, 3, 2, 1]),
        (Search(account_id=OWNER), [3, 2, 1]),
        (Search(account_id=OWNER, kind=AuditKind.SIGN_IN), [1]),
        (Search(account_id=OWNER, actor_id=ACTOR), [3]),
        (Search(account_id=OWNER, address_tag="nobody"), []),
        (Search(actor_id=ACTOR), [4, 3]),
        (Search(actor_id=ACTOR, kind=AuditKind.ROLE_GRANTED), [4]),
        (Search(address_tag=TAG), [5, 1]),
        (Search(address_tag=TAG, kind=AuditKind.KEY_MADE), []),
        (Search(kind=AuditKind.SIGN_IN), [5, 1]),
        (Search(kind=AuditKind.SIGN_IN, since=LATER), [5]),
        (Search(since=LATER), [6, 4, 5, 3, 2]),
        (Search(until=LATER), [1]),
        (Search(since=LATER, until=NOW + DAY), [5, 3, 2]),
        (Search(since=NOW + 3 * DAY), []),
    ],
)
def test_search_finds_what_is_all_of_it_the_latest_first(store: Store, search: Search, sequences: list[int]) -> None:
    with store.work() as work:
        for event, at in HAPPENED:
            record(work.audit, event, at)

    with store.view() as view:
        found = view.audit.search(search)

    assert [entry.sequence for entry in found] == sequences
    assert [entry.event for entry in found] == [HAPPENED[sequence - 1][0] for sequence in sequences]


@pytest.mark.parametrize("search", [Search(), Search(account_id=OWNER), Search(until=NOW + DAY), Search(since=NOW)])
def test_search_page_by_page_finds_the_same_as_at_once(store: Store, search: Search) -> None:
    with store.work() as work:
        for event, at in HAPPENED:
            record(work.audit, event, at)

    with store.view() as view:
        at_once_ = view.audit.search(search)
        pages: list[Entry] = []
        before = None
        while page := view.audit.search(search, before=before, limit=2):
            pages += page
            before = place_of(page[-1])

    assert len(at_once_) > 2
    assert tuple(pages) == at_once_


def test_search_before_a_place_outside_of_what_is_searched_stays_inside(store: Store) -> None:
    recorded(store, Event(AuditKind.KEY_MADE))
    recorded(store, Event(AuditKind.KEY_MADE), LATER)

    with store.view() as view:
        behind = view.audit.search(Search(until=LATER), before=Place(NOW + DAY, 9))
        ahead = view.audit.search(Search(since=LATER), before=Place(NOW, 9))

    assert [entry.sequence for entry in behind] == [1]
    assert ahead == ()


def test_address_keys_first_of_a_day_stays(store: Store) -> None:
    first, second = AddressKey("2026-01-01", b"one", NOW), AddressKey("2026-01-01", b"two", NOW + DAY)

    with store.work() as work:
        added = (work.address_keys.add(first), work.address_keys.add(second))

    with store.view() as view:
        assert added == (True, False)
        assert view.address_keys.of("2026-01-01") == first
        assert view.address_keys.of("2026-01-02") is None


def test_address_keys_many_at_once_one_is_kept(store: Store) -> None:
    def add(number: int) -> bool:
        with store.work() as work:
            return work.address_keys.add(AddressKey("2026-01-01", bytes([number]), NOW))

    added = at_once(MANY, add)

    with store.view() as view:
        key = view.address_keys.of("2026-01-01")
    assert added.count(True) == 1
    assert key is not None
    assert key.sealed_key == bytes([added.index(True)])


def test_address_keys_destroy_takes_what_is_due(store: Store) -> None:
    later, earlier = AddressKey("2026-01-02", b"two", NOW + DAY), AddressKey("2026-01-01", b"one", NOW)
    with store.work() as work:
        work.address_keys.add(later)
        work.address_keys.add(earlier)
    with store.view() as view:
        oldest = view.address_keys.oldest()

    with store.work() as work:
        destroyed = (work.address_keys.destroy(NOW), work.address_keys.destroy(NOW))

    with store.view() as view:
        assert oldest == earlier
        assert destroyed == (1, 0)
        assert view.address_keys.of("2026-01-01") is None
        assert view.address_keys.oldest() == later


def test_address_keys_oldest_of_none_is_none(store: Store) -> None:
    with store.view() as view:
        assert view.address_keys.oldest() is None
