from datetime import timedelta

import pytest

from doorward.core.accounts.names import beginning
from doorward.core.kernel.errors import Invalid
from doorward.core.kernel.secrets import encode
from doorward.testing.clock import FixedClock
from tests.house import House

NAMES = ("mary", "marian", "margaret", "dorothy", "zoe")


@pytest.fixture
def people(house: House) -> House:
    assert isinstance(house.clock, FixedClock)
    for name in NAMES:
        house.account(name)
        house.clock.advance(timedelta(seconds=1))
    house.account("tiger", email="mary.jackson@mail.example")
    return house


def found(house: House, wanted: str, **page: object) -> list[str]:
    return [each.username for each in house.flows.operators.find_accounts(wanted, **page).accounts]  # type: ignore[arg-type]


def test_browse_accounts_goes_from_the_newest_to_the_oldest_and_back(people: House) -> None:
    browse = people.flows.operators.browse_accounts

    first = browse(size=4)
    second = browse(older_than=first.accounts[-1].id, size=4)
    back = browse(newer_than=second.accounts[0].id, size=4)
    oldest = browse(newer_than="", size=4)

    names = [[account.username for account in page.accounts] for page in (first, second, back, oldest)]
    everybody = ["tiger", *reversed(NAMES)]
    assert names == [everybody[:4], everybody[4:], everybody[:4], everybody[2:]]
    sides = [(page.has_newer, page.has_older) for page in (first, second, back, oldest)]
    assert sides == [(False, True), (True, False), (False, True), (True, False)]


def test_find_accounts_finds_names_first_and_addresses_after(people: House) -> None:
    assert found(people, "mar") == ["margaret", "marian", "mary", "tiger"]
    assert found(people, " MARY ") == ["mary", "tiger"]
    assert found(people, "mary.jackson@mail.example") == ["tiger"]
    assert found(people, "garet") == []


def test_find_accounts_goes_on_where_it_stopped(people: House) -> None:
    pages, after = [], None

    while True:
        page = people.flows.operators.find_accounts("mar", after=after, size=1)
        pages += [account.username for account in page.accounts]
        after = page.next_after
        if after is None:
            break

    assert pages == ["margaret", "marian", "mary", "tiger"]


def test_find_accounts_finds_by_a_whole_id(people: House) -> None:
    margaret = people.flows.show_account("margaret").account

    assert found(people, margaret.id) == ["margaret"]
    assert found(people, "0" * 26) == []
    assert found(people, margaret.id[:12]) == []


def test_find_accounts_nothing_found_tells_of_a_registration_that_waits(people: House) -> None:
    people.claim("newcomer")

    found = people.flows.operators.find_accounts("newcomer")

    assert (found.accounts, found.claim and found.claim.username) == ((), "newcomer")
    assert people.flows.operators.find_accounts("newcome").claim is None


@pytest.mark.parametrize("wanted", ["", "  ", "\0", "a b", "a\nb", "\ud800", "\u202e", "a\u2028b"])
def test_find_accounts_what_no_name_holds_finds_nobody(people: House, wanted: str) -> None:
    assert found(people, wanted) == []


@pytest.mark.parametrize("after", ["", "x", "n.*", "x.bWFyeQ", "a.é", f"n.{encode(bytes([0xFF]))}"])
def test_find_accounts_refuses_a_place_that_is_none(people: House, after: str) -> None:
    with pytest.raises(Invalid) as refused:
        found(people, "mar", after=after)

    assert refused.value.pointer == "/after"


def test_find_accounts_takes_a_forged_place_for_no_more_than_a_place(people: House) -> None:
    assert found(people, "mar", after=f"n.{encode(b'mari')}") == ["marian", "mary", "tiger"]
    assert found(people, "mar", after=f"a.{encode(b'zzz' + bytes(1))}") == []


def test_list_holders_returns_who_has_a_role(people: House) -> None:
    for name in ("zoe", "mary"):
        people.flows.set_role(name, "editor", granted=True)
    with people.store.work() as work:
        work.roles.grant(people.flows.show_account("dorothy").account.id, "editor")
        work.accounts.remove(people.flows.show_account("dorothy").account.id)

    assert [each.username for each in people.flows.operators.list_holders("editor")] == ["mary", "zoe"]
    assert people.flows.operators.list_holders("nothing") == ()


@pytest.mark.parametrize(
    ("typed", "begins"), [("MaryÉ", "maryé"), ("ＭＡＲＹ", "mary"), ("mary@", "mary@"), ("x" * 999, "x" * 254)]
)
def test_beginning_returns_the_form_that_keys_have(typed: str, begins: str) -> None:
    assert beginning(typed) == begins
