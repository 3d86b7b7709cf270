"""Roles and password hashes, in every store."""

from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import replace

from doorward.assembly.store import Store
from doorward.core.credentials.records import PasswordRecord
from doorward.core.kernel.ids import AccountId
from tests.builders import NOW
from tests.contract.builders import DAY, MANY, at_once, numbered

OWNER = AccountId(numbered(1))
OTHER = AccountId(numbered(2))
RECORD = PasswordRecord(OWNER, "hash", NOW)


def test_roles_granted_once_and_in_order(store: Store) -> None:
    with store.work() as work:
        granted = [work.roles.grant(OWNER, role) for role in ("support", "operator", "support")]

    with store.view() as view:
        assert granted == [True, True, False]
        assert view.roles.of(OWNER) == ("operator", "support")
        assert view.roles.of(OTHER) == ()


def test_roles_revoked_once(store: Store) -> None:
    with store.work() as work:
        work.roles.grant(OWNER, "operator")
        revoked = [work.roles.revoke(OWNER, "operator") for _ in range(2)]

    with store.view() as view:
        assert revoked == [True, False]
        assert view.roles.of(OWNER) == ()


def test_roles_holders_are_counted(store: Store) -> None:
    with store.work() as work:
        for account_id in (OWNER, OTHER):
            work.roles.grant(account_id, "operator")
        work.roles.grant(OWNER, "support")

    with store.view() as view:
        assert [view.roles.holders(role) for role in ("operator", "support", "nobody")] == [2, 1, 0]


def test_roles_grant_many_at_once_one_grants(store: Store) -> None:
    def grant(_number: int) -> bool:
        with store.work() as work:
            return work.roles.grant(OWNER, "operator")

    assert at_once(MANY, grant).count(True) == 1


def test_roles_remove_all_leaves_other_accounts_alone(store: Store) -> None:
    with store.work() as work:
        for role in ("operator", "support"):
            work.roles.grant(OWNER, role)
        work.roles.grant(OTHER, "operator")
        work.roles.remove_all(OWNER)

    with store.view() as view:
        assert view.roles.of(OWNER) == ()
        assert view.roles.of(OTHER) == ("operator",)


def test_passwords_put_takes_the_place_of_the_one_before(store: Store) -> None:
    newer = replace(RECORD, hash="newer", changed_at=NOW + DAY)

    with store.work() as work:
        work.passwords.put(RECORD)
        first = work.passwords.of(OWNER)
        work.passwords.put(newer)

    with store.view() as view:
        assert first == RECORD
        assert view.passwords.of(OWNER) == newer
        assert view.passwords.of(OTHER) is None


def test_passwords_held_are_written_by_nobody_else_before_the_unit_ends(store: Store) -> None:
    newer = replace(RECORD, hash="newer")

    def overtake() -> None:
        with store.work() as work:
            work.passwords.put(newer)

    with store.work() as work:
        work.passwords.put(RECORD)
    with ThreadPoolExecutor(1) as threads:
        with store.work() as work:
            held = work.passwords.held(OWNER)
            overtaking = threads.submit(overtake)
            wait([overtaking], timeout=0.3)
            seen = work.passwords.of(OWNER)
        overtaking.result()

    with store.view() as view:
        assert (held, seen, view.passwords.of(OWNER)) == (RECORD, RECORD, newer)


def test_passwords_held_of_nobody_are_none(store: Store) -> None:
    with store.work() as work:
        assert work.passwords.held(OWNER) is None


def test_passwords_remove_leaves_other_accounts_alone(store: Store) -> None:
    others = replace(RECORD, account_id=OTHER)
    with store.work() as work:
        work.passwords.put(RECORD)
        work.passwords.put(others)

    with store.work() as work:
        work.passwords.remove(OWNER)
        work.passwords.remove(OWNER)

    with store.view() as view:
        assert view.passwords.of(OWNER) is None
        assert view.passwords.of(OTHER) == others


def test_held_by_returns_who_has_a_role_in_the_order_of_ids(store: Store) -> None:
    with store.work() as work:
        for number in (3, 1, 2):
            work.roles.grant(AccountId(numbered(number)), "operator")
        work.roles.grant(AccountId(numbered(4)), "editor")

    with store.view() as view:
        assert view.roles.held_by("operator", limit=2) == (numbered(1), numbered(2))
        assert view.roles.held_by("operator", limit=9) == (numbered(1), numbered(2), numbered(3))
        assert view.roles.held_by("nothing", limit=9) == ()
