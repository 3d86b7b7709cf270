"""Signing keys, in every store."""

from dataclasses import replace

from doorward.assembly.store import Store
from doorward.core.kernel.ids import KeyId
from doorward.core.keys.records import Algorithm
from tests.builders import NOW, a_signing_key
from tests.contract.builders import DAY

FIRST = replace(a_signing_key(1), public_jwk='{"kid":"1"}', sealed_private=b"\x00sealed")
SECOND = replace(a_signing_key(2, algorithm=Algorithm.RS256), created_at=FIRST.created_at + DAY)


def test_all_oldest_first_as_they_were(store: Store) -> None:
    with store.work() as work:
        work.signing_keys.add(SECOND)
        work.signing_keys.add(FIRST)

    with store.view() as view:
        assert view.signing_keys.all() == (FIRST, SECOND)


def test_all_of_none_is_empty(store: Store) -> None:
    with store.view() as view:
        assert view.signing_keys.all() == ()


def test_retire_moves_the_ends_of_one_key(store: Store) -> None:
    with store.work() as work:
        work.signing_keys.add(FIRST)
        work.signing_keys.add(SECOND)
        work.signing_keys.retire(FIRST.id, signs_until=NOW, ends_at=NOW + DAY)
        work.signing_keys.retire(KeyId("z" * 26), signs_until=NOW, ends_at=NOW)

    with store.view() as view:
        assert view.signing_keys.all() == (replace(FIRST, signs_until=NOW, ends_at=NOW + DAY), SECOND)


def test_remove_ended_leaves_what_still_verifies(store: Store) -> None:
    with store.work() as work:
        work.signing_keys.add(FIRST)
        work.signing_keys.add(replace(SECOND, ends_at=FIRST.ends_at + DAY))
        removed = work.signing_keys.remove_ended(FIRST.ends_at)

    with store.view() as view:
        assert removed == 1
        assert [key.id for key in view.signing_keys.all()] == [SECOND.id]
