import csv
import json
from datetime import date, timedelta
from io import StringIO

import pytest

from doorward.core.audit import rules
from doorward.core.audit.export_log import COLUMNS, Format
from doorward.core.audit.record import record
from doorward.core.audit.records import AuditKind, Event, Search
from doorward.core.kernel.errors import Invalid, NotFound
from doorward.core.kernel.ids import AccountId
from doorward.core.kernel.secrets import decode
from doorward.testing.clock import START, FixedClock
from tests.house import House

ADA = AccountId("ada")
ABOUT_ADA = Search(account_id=ADA)
AFTER_KEYS = 2  # the house made a key for each algorithm


@pytest.fixture
def clock(house: House) -> FixedClock:
    assert isinstance(house.clock, FixedClock)
    return house.clock


def happened(house: House, count: int, **event: str) -> None:
    with house.store.work() as work:
        for number in range(count):
            told = Event(AuditKind.SIGN_IN, account_id=ADA, detail={"n": str(number), **event})
            record(work.audit, told, START + timedelta(seconds=number))


def test_search_log_pages_end_where_nothing_is_left(house: House) -> None:
    happened(house, 5)

    first = house.flows.overview.search_log(ABOUT_ADA, size=3)
    rest = house.flows.overview.search_log(ABOUT_ADA, after=first.next_after, size=3)

    assert [entry.event.detail["n"] for entry in first.items + rest.items] == ["4", "3", "2", "1", "0"]
    assert first.next_after is not None
    assert rest.next_after is None


@pytest.mark.parametrize(
    "after", ["", "1", "-1-1", "1-1-1", "01-1", "x-1", f"{10**18}-1", "999999999999999999-1", "١-1"]
)
def test_search_log_after_no_place_is_refused(house: House, after: str) -> None:
    with pytest.raises(Invalid):
        house.flows.overview.search_log(Search(), after=after)


def test_search_log_one_is_the_entry_of_that_place_or_none(house: House) -> None:
    happened(house, 1)

    found = house.flows.overview.search_log.one(AFTER_KEYS + 1)

    assert found is not None
    assert found.event.detail == {"n": "0"}
    assert house.flows.overview.search_log.one(AFTER_KEYS + 2) is None
    assert house.flows.overview.search_log.one(0) is None


def test_export_log_whole_is_the_chain_and_can_be_verified_by_whoever_has_it(house: House) -> None:
    happened(house, 1200, odd="é ")

    lines = [json.loads(line) for line in "".join(house.flows.overview.export_log(Search())).split("\n") if line]

    assert [line["sequence"] for line in lines] == list(range(1, 1200 + AFTER_KEYS + 1))
    assert set(lines[0]) == set(COLUMNS)
    last = house.flows.overview.search_log.one(lines[-1]["sequence"])
    assert last is not None
    assert decode(lines[-1]["link"]) == last.link


def test_export_log_goes_on_after_a_sequence_and_ends_where_nothing_is_left(house: House) -> None:
    happened(house, 3)

    later = "".join(house.flows.overview.export_log(Search(), after=AFTER_KEYS + 2))
    nothing = "".join(house.flows.overview.export_log(Search(), after=AFTER_KEYS + 3))

    assert json.loads(later)["detail"] == {"n": "2"}
    assert nothing == ""


def test_export_log_of_a_search_is_what_it_finds_the_latest_first(house: House) -> None:
    happened(house, 1100)

    lines = "".join(house.flows.overview.export_log(ABOUT_ADA)).splitlines()

    assert [json.loads(line)["detail"]["n"] for line in lines] == [str(number) for number in reversed(range(1100))]


def test_export_log_reads_a_page_when_it_is_asked_for_one(house: House) -> None:
    happened(house, 1100)
    pieces = house.flows.overview.export_log(ABOUT_ADA)

    first = next(pieces)
    happened(house, 1)  # earlier than all that is still to come

    assert len(first.splitlines()) == 500
    assert len("".join(pieces).splitlines()) == 601


def test_export_log_as_csv_is_a_table_with_a_head(house: House) -> None:
    happened(house, 2, quoted='say "x",\n=1')

    rows = list(csv.reader(StringIO("".join(house.flows.overview.export_log(ABOUT_ADA, form=Format.CSV)))))

    assert rows[0] == list(COLUMNS)
    assert [json.loads(row[7])["quoted"] for row in rows[1:]] == ['say "x",\n=1'] * 2


@pytest.mark.parametrize("hostile", ["=HYPERLINK(1)", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1"])
def test_export_log_as_csv_holds_no_formula(house: House, hostile: str) -> None:
    with house.store.work() as work:
        event = Event(AuditKind.SIGN_IN, account_id=AccountId(hostile), address_tag=hostile)
        record(work.audit, event, START)

    text = "".join(house.flows.overview.export_log(Search(account_id=AccountId(hostile)), form=Format.CSV))

    (_, row) = csv.reader(StringIO(text, newline=""))
    assert (row[3], row[6]) == (f"'{hostile}", f"'{hostile}")


TODAY = START.date()


def test_look_up_address_gives_the_pseudonym_of_the_day_and_is_recorded_without_the_address(house: House) -> None:
    tag = house.tools.tag_address("192.0.2.7")

    found = house.flows.overview.look_up_address("192.0.2.7", TODAY, actor_id=ADA)

    assert found == tag
    (entry,) = house.flows.overview.search_log(Search(kind=AuditKind.ADDRESS_LOOKED_UP)).items
    assert entry.event == Event(AuditKind.ADDRESS_LOOKED_UP, actor_id=ADA, detail={"day": TODAY.isoformat()})


def test_look_up_address_of_a_day_whose_key_is_gone_is_recorded_all_the_same(house: House, clock: FixedClock) -> None:
    house.tools.tag_address("192.0.2.7")
    clock.advance(rules.KEY_LIVES_FOR)
    house.flows.forget_addresses()

    for day in (TODAY, date(1999, 1, 1)):
        with pytest.raises(NotFound):
            house.flows.overview.look_up_address("192.0.2.7", day)

    assert len(house.flows.overview.search_log(Search(kind=AuditKind.ADDRESS_LOOKED_UP)).items) == 2


def test_look_up_address_what_is_no_address_is_refused(house: House) -> None:
    with pytest.raises(Invalid):
        house.flows.overview.look_up_address("nobody", TODAY)

    assert house.flows.overview.search_log(Search(kind=AuditKind.ADDRESS_LOOKED_UP)).items == ()
