"""Accounts and claims, in every store."""

from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import replace
from datetime import timedelta

import pytest

from doorward.assembly.store import Store
from doorward.core.accounts.records import Account, Status
from doorward.core.kernel.ids import AccountId, ClaimId
from tests.builders import NOW
from tests.contract.builders import DAY, MANY, a_claim, an_account, at_once, numbered

NOBODY = AccountId("z" * 26)


def kept(store: Store, *accounts: Account) -> None:
    with store.work() as work:
        for account in accounts:
            assert work.accounts.add(account)


def test_by_id_kept_account_comes_back_as_it_was(store: Store) -> None:
    odd = NOW + timedelta(microseconds=123_457)
    account = replace(an_account(1, "margaret"), status=Status.CLOSING, created_at=odd, delete_after=odd + DAY)

    kept(store, account)

    with store.view() as view:
        assert view.accounts.by_id(account.id) == account
        assert view.accounts.by_id(NOBODY) is None


def test_held_account_is_changed_by_nobody_else_before_the_unit_ends(store: Store) -> None:
    account, disabled = an_account(1), replace(an_account(1), status=Status.DISABLED)
    kept(store, account)

    def disable() -> bool:
        with store.work() as work:
            return work.accounts.replace(disabled, expected=account)

    with ThreadPoolExecutor(1) as threads:
        with store.work() as work:
            held = work.accounts.held(account.id)
            disabling = threads.submit(disable)
            wait([disabling], timeout=0.3)
            seen = work.accounts.by_id(account.id)
        assert disabling.result()

    assert (held, seen) == (account, account)


def test_held_account_may_be_changed_by_who_holds_it(store: Store) -> None:
    account = an_account(1)
    kept(store, account)

    with store.work() as work:
        held = work.accounts.held(account.id)
        changed = work.accounts.replace(replace(account, status=Status.CLOSING), expected=account)
        nobody = work.accounts.held(NOBODY)

    assert (held, changed, nobody) == (account, True, None)


@pytest.mark.parametrize("login_key", ["margaret", "mh@mail.example"])
def test_by_login_name_or_address_finds_the_account(store: Store, login_key: str) -> None:
    account = an_account(1, "margaret", email="mh@mail.example")
    kept(store, account, an_account(2))

    with store.view() as view:
        found = view.accounts.by_login(login_key)

    assert found == account


def test_by_login_unknown_key_is_none(store: Store) -> None:
    kept(store, an_account(1))

    with store.view() as view:
        assert view.accounts.by_login("nobody") is None
        assert view.accounts.by_email("nobody@mail.example") is None


def test_by_email_finds_only_by_address(store: Store) -> None:
    account = an_account(1, "margaret", email="mh@mail.example")
    kept(store, account)

    with store.view() as view:
        assert view.accounts.by_email("mh@mail.example") == account
        assert view.accounts.by_email("margaret") is None


def test_holder_of_address_and_name_of_two_accounts_is_the_owner_of_the_address(store: Store) -> None:
    names_holder = an_account(1, "margaret")
    address_holder = an_account(2, "katherine", email="mh@mail.example")
    kept(store, names_holder, address_holder)

    with store.view() as view:
        both = view.accounts.holder_of(
            username_key="margaret", username_skeleton=names_holder.username_skeleton, email_key="mh@mail.example"
        )
        by_skeleton = view.accounts.holder_of(
            username_key="another", username_skeleton=names_holder.username_skeleton, email_key="free@mail.example"
        )
        nobody = view.accounts.holder_of(username_key="x", username_skeleton="x", email_key="x")

    assert both == address_holder
    assert by_skeleton == names_holder
    assert nobody is None


@pytest.mark.parametrize("key", ["username_key", "username_skeleton", "email_key", "id"])
def test_add_taken_key_changes_nothing_and_the_unit_goes_on(store: Store, key: str) -> None:
    first, third = an_account(1), an_account(3)
    second = an_account(2)
    clashing = replace(second, **{key: getattr(first, key)})
    kept(store, first)

    with store.work() as work:
        is_added = work.accounts.add(clashing)
        work.accounts.add(third)

    with store.view() as view:
        assert not is_added
        assert view.accounts.by_id(first.id) == first
        assert view.accounts.by_id(third.id) == third
        assert view.accounts.count() == 2


def test_add_many_at_once_of_one_name_one_is_kept(store: Store) -> None:
    def register(number: int) -> bool:
        with store.work() as work:
            return work.accounts.add(an_account(number, "margaret"))

    added = at_once(MANY, register)

    with store.view() as view:
        assert added.count(True) == 1
        assert view.accounts.count() == 1


def test_replace_writes_the_next_version(store: Store) -> None:
    before = an_account(1)
    after = replace(before, status=Status.DISABLED, delete_after=NOW + DAY, verified_at=NOW + DAY, updated_at=NOW)
    kept(store, before)

    with store.work() as work:
        is_replaced = work.accounts.replace(after, expected=before)

    with store.view() as view:
        assert is_replaced
        assert view.accounts.by_id(before.id) == replace(after, version=2)


def test_replace_another_version_writes_nothing(store: Store) -> None:
    before = an_account(1)
    kept(store, before)

    with store.work() as work:
        is_replaced = work.accounts.replace(
            replace(before, status=Status.DISABLED), expected=replace(before, version=7)
        )

    with store.view() as view:
        assert not is_replaced
        assert view.accounts.by_id(before.id) == before


@pytest.mark.parametrize("key", ["username_key", "username_skeleton", "email_key"])
def test_replace_taken_key_writes_nothing_and_the_unit_goes_on(store: Store, key: str) -> None:
    first, second, third = an_account(1), an_account(2), an_account(3)
    kept(store, first, second)

    with store.work() as work:
        clashing = replace(second, **{key: getattr(first, key)})
        is_replaced = work.accounts.replace(clashing, expected=second)
        work.accounts.add(third)

    with store.view() as view:
        assert not is_replaced
        assert view.accounts.by_id(second.id) == second
        assert view.accounts.by_id(third.id) == third


def test_replace_many_at_once_one_wins(store: Store) -> None:
    before = an_account(1)
    kept(store, before)

    def rename(number: int) -> bool:
        with store.work() as work:
            return work.accounts.replace(replace(before, username=f"name{number}"), expected=before)

    replaced = at_once(MANY, rename)

    assert replaced.count(True) == 1


def test_replace_many_at_once_to_one_name_one_gets_it(store: Store) -> None:
    accounts = [an_account(number) for number in range(1, MANY + 1)]
    kept(store, *accounts)

    def rename(number: int) -> bool:
        before = accounts[number]
        with store.work() as work:
            return work.accounts.replace(replace(before, username_key="wanted"), expected=before)

    replaced = at_once(MANY, rename)

    assert replaced.count(True) == 1


def test_remove_account_is_gone_and_its_name_is_free(store: Store) -> None:
    account = an_account(1)
    kept(store, account)

    with store.work() as work:
        work.accounts.remove(account.id)
        work.accounts.remove(NOBODY)
        is_added = work.accounts.add(replace(account, id=AccountId(numbered(2))))

    assert is_added


def test_page_walks_all_accounts_in_order(store: Store) -> None:
    accounts = [an_account(number) for number in range(1, 6)]
    kept(store, *reversed(accounts))

    with store.view() as view:
        first = view.accounts.page(size=2)
        second = view.accounts.page(after=first.next_after, size=2)
        third = view.accounts.page(after=second.next_after, size=2)

    assert [*first.items, *second.items, *third.items] == accounts
    assert (first.next_after, second.next_after, third.next_after) == (accounts[1].id, accounts[3].id, None)


def test_page_exactly_full_has_no_next(store: Store) -> None:
    kept(store, an_account(1), an_account(2))

    with store.view() as view:
        page = view.accounts.page(size=2)

    assert len(page.items) == 2
    assert page.next_after is None


@pytest.mark.parametrize(
    ("contains", "found"),
    [("garet", [1]), ("GARET", [1]), ("mail.example", [1, 2]), ("k_t", []), ("%", []), ("_", [3]), ("zzz", [])],
)
def test_page_narrowed_finds_text_in_name_or_address(store: Store, contains: str, found: list[int]) -> None:
    kept(
        store,
        an_account(1, "margaret"),
        an_account(2, "katherine"),
        an_account(3, "under_score", email="u@other.example"),
    )

    with store.view() as view:
        page = view.accounts.page(contains=contains)

    assert [account.id for account in page.items] == [numbered(number) for number in found]


def test_due_for_deletion_grace_over_earliest_first(store: Store) -> None:
    later = replace(an_account(1), delete_after=NOW)
    earlier = replace(an_account(2), delete_after=NOW - DAY)
    not_yet = replace(an_account(3), delete_after=NOW + timedelta(microseconds=1))
    kept(store, later, earlier, not_yet, an_account(4))

    with store.view() as view:
        assert view.accounts.due_for_deletion(NOW, limit=10) == (earlier, later)
        assert view.accounts.due_for_deletion(NOW, limit=1) == (earlier,)


def test_claims_kept_claim_comes_back_as_it_was(store: Store) -> None:
    claim = replace(a_claim(1), is_verified=True, password_hash="hash")

    with store.work() as work:
        work.claims.add(claim)

    with store.view() as view:
        assert view.claims.by_id(claim.id) == claim
        assert view.claims.by_id(ClaimId("z" * 26)) is None


def test_claims_newest_of_name_or_address(store: Store) -> None:
    first = a_claim(1, "margaret", email="mh@mail.example")
    second = a_claim(2, "katherine", email="mh@mail.example")
    third = a_claim(3, "margaret", email="other@mail.example")

    with store.work() as work:
        for claim in (third, first, second):
            work.claims.add(claim)

    with store.view() as view:
        assert view.claims.newest("mh@mail.example") == second
        assert view.claims.newest("margaret") == third
        assert view.claims.newest("nobody") is None


def test_claims_remove_of_email_removes_all_of_that_address(store: Store) -> None:
    with store.work() as work:
        for number in (1, 2):
            work.claims.add(a_claim(number, email="mh@mail.example"))
        work.claims.add(a_claim(3, email="other@mail.example"))

    with store.work() as work:
        removed = work.claims.remove_of_email("mh@mail.example")

    with store.view() as view:
        assert removed == 2
        assert view.claims.newest("mh@mail.example") is None
        assert view.claims.newest("other@mail.example") is not None


def test_claims_purge_removes_what_is_older(store: Store) -> None:
    old, young = a_claim(1), a_claim(2)

    with store.work() as work:
        work.claims.add(old)
        work.claims.add(young)
        removed = work.claims.purge(young.created_at)

    with store.view() as view:
        assert removed == 1
        assert view.claims.by_id(old.id) is None
        assert view.claims.by_id(young.id) == young


def test_newest_comes_first_and_goes_on_before_one(store: Store) -> None:
    accounts = [an_account(number) for number in range(1, 6)]
    kept(store, *accounts)

    with store.view() as view:
        first = view.accounts.newest(limit=2)
        second = view.accounts.newest(before=first[-1].id, limit=2)
        last = view.accounts.newest(before=second[-1].id, limit=2)

    assert [*first, *second, *last] == accounts[::-1]


def test_named_begins_with_the_prefix_in_the_order_of_code_points(store: Store) -> None:
    names = ["mary", "mary-c", "mary.c", "maryb", "mary_", "marya", "maryé", "mary用", "mary𝒳", "mar", "n", "max"]
    kept(store, *(replace(an_account(number), username_key=name) for number, name in enumerate(names)))

    with store.view() as view:
        found = view.accounts.named("mary")

    assert [account.username_key for account in found] == sorted(name for name in names if name.startswith("mary"))


def test_named_goes_on_after_a_key(store: Store) -> None:
    kept(store, *(an_account(number, name) for number, name in enumerate(("maa", "mab", "mac", "mad", "nnn"))))

    with store.view() as view:
        found = view.accounts.named("ma", after="mab", limit=2)
        rest = view.accounts.named("ma", after="mac", limit=2)

    assert [account.username for account in (*found, *rest)] == ["mac", "mad", "mad"]


@pytest.mark.parametrize("prefix", ["m%", "m_", "m\\", ".*", "m'", "^m", "\U0010fffe"])
def test_named_takes_every_letter_for_itself(store: Store, prefix: str) -> None:
    kept(store, an_account(1, "margaret"))

    with store.view() as view:
        assert view.accounts.named(prefix) == view.accounts.addressed(prefix) == ()


def test_addressed_leaves_out_whom_the_name_finds(store: Store) -> None:
    both = an_account(1, "mary", email="mary@mail.example")
    other = an_account(2, "tiger", email="mary.jackson@mail.example")
    last = an_account(3, "zoe", email="mary.zoe@mail.example")
    kept(store, both, other, last, an_account(4, "dora", email="dora@mail.example"))

    with store.view() as view:
        found = view.accounts.addressed("mary")
        rest = view.accounts.addressed("mary", after=other.email_key, limit=1)

    assert found == (other, last)
    assert rest == (last,)
