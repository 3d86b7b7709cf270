"""Whom other providers vouch for, in every store."""

from dataclasses import replace
from datetime import timedelta

from doorward.assembly.store import Store
from doorward.core.federation.records import Identity
from doorward.core.kernel.ids import AccountId
from tests.builders import NOW
from tests.contract.builders import MANY, at_once, numbered

OWNER = AccountId(numbered(1))
OTHER = AccountId(numbered(2))
ISSUER = "https://id.example"
IDENTITY = Identity(ISSUER, "248289761001", OWNER, "elsewhere", "ada@mail.example", NOW)


def test_add_identity_is_found_by_issuer_and_subject_letter_for_letter(store: Store) -> None:
    with store.work() as work:
        work.identities.add(IDENTITY)

    with store.view() as view:
        assert view.identities.of(ISSUER, "248289761001") == IDENTITY
        for issuer, subject in (
            (f"{ISSUER}/", "248289761001"),
            (ISSUER.upper(), "248289761001"),
            (ISSUER, "248289761001 "),
            (ISSUER, "0248289761001"),
            ("https://other.example", "248289761001"),
            (f"{ISSUER}\n248289761001", ""),
        ):
            assert view.identities.of(issuer, subject) is None


def test_add_identity_whose_parts_read_alike_when_joined_is_nobody_elses(store: Store) -> None:
    near = replace(IDENTITY, issuer=f"{ISSUER}/realms", subject="a/victim")
    far = replace(IDENTITY, issuer=f"{ISSUER}/realms/a", subject="victim", account_id=OTHER)
    with store.work() as work:
        work.identities.add(near)

    with store.work() as work:
        before = work.identities.of(far.issuer, far.subject)
        removed = work.identities.remove(near.account_id, far.issuer, far.subject)
        added = work.identities.add(far)

    with store.view() as view:
        assert (before, removed) == (None, False)
        assert view.identities.of(far.issuer, far.subject) == (far if added else None)
        assert view.identities.of(near.issuer, near.subject) == near


def test_add_subjects_that_differ_in_case_are_different_people(store: Store) -> None:
    with store.work() as work:
        added = [work.identities.add(replace(IDENTITY, subject=subject)) for subject in ("abc", "ABC")]

    assert added == [True, True]


def test_add_identity_that_somebody_has_changes_nothing_and_the_unit_goes_on(store: Store) -> None:
    with store.work() as work:
        added = [work.identities.add(IDENTITY), work.identities.add(replace(IDENTITY, account_id=OTHER))]
        work.identities.add(replace(IDENTITY, subject="another"))

    with store.view() as view:
        assert added == [True, False]
        assert view.identities.of(ISSUER, "248289761001") == IDENTITY
        assert view.identities.of_account(OTHER) == ()
        assert len(view.identities.of_account(OWNER)) == 2


def test_add_by_many_at_once_succeeds_once(store: Store) -> None:
    def add(number: int) -> bool:
        with store.work() as work:
            return work.identities.add(replace(IDENTITY, account_id=AccountId(numbered(number))))

    added = at_once(MANY, add)

    assert sum(added) == 1


def test_of_account_first_linked_first(store: Store) -> None:
    later = replace(IDENTITY, issuer="https://a.example", linked_at=NOW + timedelta(seconds=1))
    with store.work() as work:
        for identity in (later, IDENTITY, replace(IDENTITY, subject="x", account_id=OTHER)):
            work.identities.add(identity)

    with store.view() as view:
        assert view.identities.of_account(OWNER) == (IDENTITY, later)


def test_remove_identity_of_somebody_else_changes_nothing(store: Store) -> None:
    with store.work() as work:
        work.identities.add(IDENTITY)
        removed = [work.identities.remove(each, ISSUER, "248289761001") for each in (OTHER, OWNER, OWNER)]

    with store.view() as view:
        assert removed == [False, True, False]
        assert view.identities.of(ISSUER, "248289761001") is None


def test_remove_all_leaves_those_of_others(store: Store) -> None:
    with store.work() as work:
        for number in range(3):
            work.identities.add(replace(IDENTITY, subject=f"{number}", account_id=OTHER if number == 2 else OWNER))
        removed = work.identities.remove_all(OWNER)

    with store.view() as view:
        assert removed == 2
        assert view.identities.of_account(OWNER) == ()
        assert len(view.identities.of_account(OTHER)) == 1


def test_remove_and_add_again_in_one_unit(store: Store) -> None:
    with store.work() as work:
        work.identities.add(IDENTITY)

    with store.work() as work:
        work.identities.remove(OWNER, ISSUER, "248289761001")
        added = work.identities.add(replace(IDENTITY, account_id=OTHER))

    with store.view() as view:
        kept = view.identities.of(ISSUER, "248289761001")
        assert (added, kept and kept.account_id) == (True, OTHER)
