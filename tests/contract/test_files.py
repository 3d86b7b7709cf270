"""What every store promises about files, uploads and quotas."""

from dataclasses import replace
from datetime import timedelta

import pytest

from doorward.assembly.store import Store
from doorward.core.files.records import FileId, Key, Part, Purpose, Upload
from doorward.core.kernel.ids import AccountId
from tests.builders import ACCOUNT, NOW, a_file, an_upload
from tests.contract.builders import MANY, Undone, at_once, numbered, undone

OTHER = AccountId(numbered(2))
AVATAR = replace(a_file(1), purpose=Purpose.AVATAR)


def a_part(number: int, upload: Upload, *, start: int = 0, size: int = 40) -> Part:
    return Part(upload.id, Key(numbered(number)), start, size)


def begun(store: Store, upload: Upload) -> Upload:
    with store.work() as work:
        work.uploads.add(upload)
    return upload


def test_add_file_is_found_whole_by_its_id_alone(store: Store) -> None:
    file = replace(a_file(), size=1 << 40, sha256=bytes(range(32)), name="Bericht \N{GREEK SMALL LETTER PI}.pdf")
    with store.work() as work:
        added = work.files.add(file)

    with store.view() as view:
        assert (added, view.files.by_id(file.id)) == (True, file)
        assert view.files.by_id(FileId(numbered(2))) is None


def test_add_second_file_with_an_id_changes_nothing_and_the_unit_goes_on(store: Store) -> None:
    with store.work() as work:
        added = [work.files.add(a_file()), work.files.add(replace(a_file(), account_id=OTHER, key=Key(numbered(3))))]
        work.files.add(a_file(2))

    with store.view() as view:
        assert added == [True, False]
        assert view.files.by_id(a_file().id) == a_file()
        assert view.files.by_id(a_file(2).id) == a_file(2)


def test_add_second_avatar_is_refused_until_the_first_is_gone(store: Store) -> None:
    with store.work() as work:
        work.files.add(AVATAR)
        second = replace(a_file(2), purpose=Purpose.AVATAR)
        added = [work.files.add(second), work.files.add(replace(second, account_id=OTHER, id=FileId(numbered(3))))]

    with store.work() as work:
        before = work.files.avatar_of(ACCOUNT)
        work.files.remove(AVATAR.id)
        replaced = work.files.add(replace(second, key=Key(numbered(9))))

    with store.view() as view:
        assert (added, before, replaced) == ([False, True], AVATAR, True)
        now = view.files.avatar_of(ACCOUNT)
        assert now is not None
        assert now.id == second.id


def test_avatar_of_sees_no_private_file(store: Store) -> None:
    with store.work() as work:
        work.files.add(a_file())

    with store.view() as view:
        assert view.files.avatar_of(ACCOUNT) is None


def test_add_avatars_by_many_at_once_one_is_kept(store: Store) -> None:
    def add(number: int) -> bool:
        with store.work() as work:
            return work.files.add(replace(a_file(number), purpose=Purpose.AVATAR))

    assert sum(at_once(MANY, add)) == 1


def test_remove_file_twice_says_that_it_is_gone(store: Store) -> None:
    with store.work() as work:
        work.files.add(a_file())
        removed = [work.files.remove(a_file().id), work.files.remove(a_file().id)]

    with store.view() as view:
        assert (removed, view.files.by_id(a_file().id)) == ([True, False], None)


def test_page_own_files_in_order_and_where_to_go_on(store: Store) -> None:
    with store.work() as work:
        for number in (3, 1, 2, 4):
            work.files.add(a_file(number))
        work.files.add(replace(a_file(5), purpose=Purpose.AVATAR))
        work.files.add(a_file(6, owner=OTHER))

    with store.view() as view:
        first = view.files.page(ACCOUNT, size=3)
        second = view.files.page(ACCOUNT, after=first.next_after, size=3)
        private = view.files.page(ACCOUNT, purpose=Purpose.PRIVATE, size=4)
        avatars = view.files.page(ACCOUNT, purpose=Purpose.AVATAR)
    assert [int(file.id) for file in first.items] == [1, 2, 3]
    assert ([int(file.id) for file in second.items], second.next_after) == ([4, 5], None)
    assert ([int(file.id) for file in private.items], private.next_after) == ([1, 2, 3, 4], None)
    assert [int(file.id) for file in avatars.items] == [5]


def test_remove_some_files_until_none_is_left_leaves_those_of_others(store: Store) -> None:
    with store.work() as work:
        for number in (1, 2, 3, 4):
            work.files.add(a_file(number, owner=OTHER if number == 4 else ACCOUNT))
    removed = []
    for _ in range(3):
        with store.work() as work:
            removed.append(work.files.remove_some(ACCOUNT, limit=2))

    with store.view() as view:
        assert removed == [2, 1, 0]
        assert view.files.page(ACCOUNT).items == ()
        assert len(view.files.page(OTHER).items) == 1


def test_known_keys_from_the_first_to_the_last(store: Store) -> None:
    upload = an_upload(90)
    with store.work() as work:
        for number in range(1, 6):
            work.files.add(a_file(number))
        work.uploads.add(upload)
        work.uploads.advance(upload, a_part(3, upload), to=40)

    with store.view() as view:
        files, parts = (each.known(Key(numbered(2)), Key(numbered(4))) for each in (view.files, view.uploads))
    assert {int(key) for key in files} == {2, 3, 4}
    assert {int(key) for key in parts} == {3}


def test_advance_moves_on_and_remembers_the_parts_in_order(store: Store) -> None:
    upload = begun(store, an_upload())
    first, second = a_part(7, upload), a_part(6, upload, start=40, size=50)

    with store.work() as work:
        moved = work.uploads.advance(upload, first, to=40)
    with store.work() as work:
        moved_again = work.uploads.advance(replace(upload, offset=40, parts=1), second, to=90)

    with store.view() as view:
        assert (moved, moved_again) == (True, True)
        assert view.uploads.by_id(upload.id) == replace(upload, offset=90, parts=2)
        assert view.uploads.parts_of(upload.id) == (first, second)


def test_advance_from_where_the_upload_no_longer_stands_writes_nothing(store: Store) -> None:
    upload = begun(store, an_upload())
    with store.work() as work:
        work.uploads.advance(upload, a_part(1, upload), to=40)
        again = work.uploads.advance(upload, a_part(2, upload), to=60)
        unknown = work.uploads.advance(an_upload(8), a_part(3, an_upload(8)), to=60)

    with store.view() as view:
        assert (again, unknown) == (False, False)
        assert [int(part.key) for part in view.uploads.parts_of(upload.id)] == [1]
        assert view.uploads.parts_of(an_upload(8).id) == ()


def test_advance_by_many_at_once_one_goes_on(store: Store) -> None:
    upload = begun(store, an_upload())

    def advance(number: int) -> bool:
        with store.work() as work:
            return work.uploads.advance(upload, a_part(number, upload), to=40 + number)

    moved = at_once(MANY, advance)

    with store.view() as view:
        assert sum(moved) == 1
        assert [int(part.key) for part in view.uploads.parts_of(upload.id)] == [moved.index(True)]


def test_remove_upload_that_has_moved_on_is_refused(store: Store) -> None:
    upload = begun(store, an_upload())
    with store.work() as work:
        work.uploads.advance(upload, a_part(1, upload), to=40)
        early = work.uploads.remove(upload)
        removed = work.uploads.remove(replace(upload, offset=40))
        twice = work.uploads.remove(replace(upload, offset=40))

    with store.view() as view:
        assert (early, removed, twice) == (False, True, False)
        assert view.uploads.by_id(upload.id) is None
        assert view.uploads.parts_of(upload.id) == ()


def test_remove_upload_and_add_file_of_it_in_one_unit_that_fails_leaves_the_upload(store: Store) -> None:
    upload = begun(store, an_upload())

    with pytest.raises(Undone):
        undone(store, lambda work: (work.uploads.remove(upload), work.files.add(replace(a_file(), id=upload.id))))

    with store.view() as view:
        assert view.uploads.by_id(upload.id) == upload
        assert view.files.by_id(upload.id) is None


def test_expired_those_whose_time_is_over_first(store: Store) -> None:
    for number in range(4):
        begun(store, replace(an_upload(number), expires_at=NOW + timedelta(seconds=number)))

    with store.view() as view:
        over = view.uploads.expired(NOW + timedelta(seconds=2), limit=10)
        limited = view.uploads.expired(NOW + timedelta(seconds=2), limit=2)
    assert [int(upload.id) for upload in over] == [0, 1, 2]
    assert [int(upload.id) for upload in limited] == [0, 1]


def test_remove_some_uploads_with_their_parts_leaves_those_of_others(store: Store) -> None:
    uploads = [begun(store, an_upload(number, owner=OTHER if number == 3 else ACCOUNT)) for number in (1, 2, 3)]
    with store.work() as work:
        for number, upload in enumerate(uploads):
            work.uploads.advance(upload, a_part(number, upload), to=40)
        removed = [work.uploads.remove_some(ACCOUNT, limit=1) for _ in range(3)]

    with store.view() as view:
        assert removed == [1, 1, 0]
        assert [view.uploads.by_id(upload.id) is None for upload in uploads] == [True, True, False]
        assert [len(view.uploads.parts_of(upload.id)) for upload in uploads] == [0, 0, 1]


def test_reserve_up_to_the_quota_and_not_a_byte_more(store: Store) -> None:
    with store.work() as work:
        reserved = [work.quotas.reserve(ACCOUNT, size, quota=100) for size in (101, 60, 41, 40, 1)]
        other = work.quotas.reserve(OTHER, 100, quota=100)

    with store.view() as view:
        assert (reserved, other) == ([False, True, False, True, False], True)
        assert (view.quotas.used(ACCOUNT), view.quotas.used(AccountId(numbered(9)))) == (100, 0)


def test_release_gives_room_again(store: Store) -> None:
    with store.work() as work:
        work.quotas.reserve(ACCOUNT, 100, quota=100)
        work.quotas.release(ACCOUNT, 30)
        work.quotas.release(OTHER, 30)
        reserved = [work.quotas.reserve(ACCOUNT, size, quota=100) for size in (31, 30)]

    with store.view() as view:
        assert (reserved, view.quotas.used(ACCOUNT), view.quotas.used(OTHER)) == ([False, True], 100, 0)


def test_reserve_by_many_at_once_never_passes_the_quota(store: Store) -> None:
    def reserve(_number: int) -> bool:
        with store.work() as work:
            return work.quotas.reserve(ACCOUNT, 30, quota=100)

    assert sum(at_once(MANY, reserve)) == 3


def test_remove_all_of_a_quota_forgets_the_count(store: Store) -> None:
    with store.work() as work:
        work.quotas.reserve(ACCOUNT, 100, quota=100)
        work.quotas.remove_all(ACCOUNT)
        reserved = work.quotas.reserve(ACCOUNT, 100, quota=100)

    assert reserved
