"""Clients, in every store."""

from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import replace

import pytest

from doorward.assembly.store import Store
from doorward.core.kernel.ids import ClientId
from doorward.core.keys.records import Algorithm
from doorward.core.oauth.records import Client, ClientAuthentication, ClientSecret, ClientType, GrantType
from tests.builders import NOW
from tests.contract.builders import DAY, MANY, Undone, a_client, at_once, undone

NONE = ClientId("none")
FULL = replace(
    a_client(2),
    name='Reports "ü" \u2028',
    type=ClientType.WEB,
    authentication=ClientAuthentication.PRIVATE_KEY,
    grants=(GrantType.CLIENT_CREDENTIALS, GrantType.TOKEN_EXCHANGE),
    resources=("https://api.example", "https://other.example"),
    secrets=(ClientSecret(bytes(range(256)), NOW), ClientSecret(b"", NOW, NOW + DAY)),
    jwks='{"keys":[]}',
    is_pairwise=True,
    sector="app.example",
    userinfo_algorithm=Algorithm.ES256,
    registration_digest=b"\x00\xff",
    disabled_at=NOW,
    version=3,
)


def kept(store: Store, *clients: Client) -> None:
    with store.work() as work:
        for client in clients:
            assert work.clients.add(client)


def test_held_client_is_changed_by_nobody_before_the_unit_ends(store: Store) -> None:
    kept(store, a_client(1))

    def disable() -> bool:
        with store.work() as work:
            return work.clients.replace(replace(a_client(1), disabled_at=NOW), expected=0)

    with ThreadPoolExecutor(1) as threads:
        with store.work() as work:
            held = work.clients.held(a_client(1).id)
            disabling = threads.submit(disable)
            wait([disabling], timeout=0.3)
            seen = work.clients.by_id(a_client(1).id)
        assert disabling.result()

    assert (held, seen) == (a_client(1), a_client(1))


def test_held_client_that_is_none_is_none(store: Store) -> None:
    with store.work() as work:
        assert work.clients.held(NONE) is None


def test_by_id_kept_client_comes_back_as_it_was(store: Store) -> None:
    kept(store, a_client(1), FULL)

    with store.view() as view:
        assert view.clients.by_id(a_client(1).id) == a_client(1)
        assert view.clients.by_id(FULL.id) == FULL
        assert view.clients.by_id(NONE) is None


def test_add_taken_id_keeps_the_first(store: Store) -> None:
    kept(store, a_client(1))

    with store.work() as work:
        is_added = work.clients.add(replace(a_client(1), name="another"))

    with store.view() as view:
        assert not is_added
        assert view.clients.by_id(a_client(1).id) == a_client(1)


def test_add_many_at_once_one_is_added(store: Store) -> None:
    def add(number: int) -> bool:
        with store.work() as work:
            return work.clients.add(replace(a_client(1), name=str(number)))

    added = at_once(MANY, add)

    with store.view() as view:
        client = view.clients.by_id(a_client(1).id)
        assert added.count(True) == 1
        assert client is not None
        assert client.name == str(added.index(True))


def test_replace_counts_the_version_up_and_leaves_when_it_was_made(store: Store) -> None:
    kept(store, a_client(1))
    after = replace(a_client(1), name="Renamed", disabled_at=NOW, created_at=NOW, is_first_party=True)

    with store.work() as work:
        is_replaced = work.clients.replace(after, expected=0)

    with store.view() as view:
        assert is_replaced
        assert view.clients.by_id(after.id) == replace(after, version=1)


@pytest.mark.parametrize("expected", [1, -1])
def test_replace_client_that_moved_on_writes_nothing(store: Store, expected: int) -> None:
    kept(store, a_client(1))

    with store.work() as work:
        is_replaced = work.clients.replace(replace(a_client(1), name="late"), expected=expected)
        is_unknown = work.clients.replace(a_client(2), expected=0)

    with store.view() as view:
        assert (is_replaced, is_unknown) == (False, False)
        assert view.clients.by_id(a_client(1).id) == a_client(1)
        assert view.clients.by_id(a_client(2).id) is None


def test_replace_many_at_once_one_wins(store: Store) -> None:
    kept(store, a_client(1))

    def rename(number: int) -> bool:
        with store.work() as work:
            return work.clients.replace(replace(a_client(1), name=str(number)), expected=0)

    won = at_once(MANY, rename)

    with store.view() as view:
        assert won.count(True) == 1
        assert view.clients.by_id(a_client(1).id) == replace(a_client(1), name=str(won.index(True)), version=1)


def test_replace_while_another_unit_has_replaced_it_writes_nothing(store: Store) -> None:
    kept(store, a_client(1))

    def replaced(name: str) -> bool:
        with store.work() as work:
            return work.clients.replace(replace(a_client(1), name=name), expected=0)

    with ThreadPoolExecutor(1) as threads:
        with store.work() as work:
            first = work.clients.replace(replace(a_client(1), name="first"), expected=0)
            late = threads.submit(replaced, "late")
            wait([late], timeout=0.3)
        second = late.result()

    with store.view() as view:
        assert (first, second) == (True, False)
        assert view.clients.by_id(a_client(1).id) == replace(a_client(1), name="first", version=1)


def test_replace_undone_with_its_unit_leaves_it_as_it_was(store: Store) -> None:
    kept(store, a_client(1))

    with pytest.raises(Undone):
        undone(store, lambda work: work.clients.replace(replace(a_client(1), name="never"), expected=0))

    with store.view() as view:
        assert view.clients.by_id(a_client(1).id) == a_client(1)


def test_remove_removes_once(store: Store) -> None:
    kept(store, a_client(1), a_client(2))

    with store.work() as work:
        first, second = work.clients.remove(a_client(1).id), work.clients.remove(a_client(1).id)

    with store.view() as view:
        assert (first, second) == (True, False)
        assert view.clients.by_id(a_client(1).id) is None
        assert view.clients.by_id(a_client(2).id) == a_client(2)


def test_add_removed_id_can_be_taken_again(store: Store) -> None:
    kept(store, replace(a_client(1), version=5))
    with store.work() as work:
        work.clients.remove(a_client(1).id)

    kept(store, a_client(1))

    with store.view() as view:
        assert view.clients.by_id(a_client(1).id) == a_client(1)


def test_page_goes_through_all_by_code_points(store: Store) -> None:
    ids = ["A", "B-1", "B1", "_", "a", "b.1", "https://app.example/", "~"]
    kept(store, *(replace(a_client(), id=ClientId(client_id)) for client_id in reversed(ids)))

    with store.view() as view:
        first = view.clients.page(limit=3)
        second = view.clients.page(after=ClientId(first.next_after or ""), limit=3)
        third = view.clients.page(after=ClientId(second.next_after or ""), limit=3)

    assert [[client.id for client in page.items] for page in (first, second, third)] == [ids[:3], ids[3:6], ids[6:]]
    assert (first.next_after, second.next_after, third.next_after) == (ids[2], ids[5], None)


def test_page_that_ends_with_the_last_one_has_no_next(store: Store) -> None:
    kept(store, a_client(1), a_client(2))

    with store.view() as view:
        page = view.clients.page(limit=2)
        none = view.clients.page(after=a_client(2).id, limit=2)

    assert (len(page.items), page.next_after) == (2, None)
    assert (none.items, none.next_after) == ((), None)


def test_view_writes_no_client(store: Store) -> None:
    with store.view() as view, pytest.raises(RuntimeError):
        view.clients.add(a_client(1))
