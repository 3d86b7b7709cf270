"""Uploads from their first byte to the file: who goes on, what is refused, and what a crash leaves."""

import hashlib
from datetime import timedelta

import pytest

from doorward.core.audit.records import AuditKind
from doorward.core.files.append_to_upload import Checksum
from doorward.core.files.errors import (
    ChecksumMismatch,
    OffsetMismatch,
    QuotaExceeded,
    TooLarge,
    TooManyParts,
    TypeRefused,
)
from doorward.core.files.records import FileId
from doorward.core.files.rules import PARTS_OF_ANY
from doorward.core.kernel.errors import Invalid, NotFound
from doorward.core.kernel.ids import AccountId
from tests.builders import ACCOUNT
from tests.house import House
from tests.unit.core.files.hands import (
    PDF,
    SIZE,
    append,
    begin,
    events,
    keep,
    lying,
    reachable,
    read,
)

OTHER = AccountId("b" * 26)


def test_keep_in_one_part_and_in_many_is_the_same(house: House) -> None:
    for step in (SIZE, 40, 7):
        upload_id = begin(house, ACCOUNT)
        for offset in range(0, SIZE, step):
            progress = append(house, ACCOUNT, upload_id, PDF[offset : offset + step], offset=offset)

        assert progress.file is not None
        assert progress.file.sha256 == hashlib.sha256(PDF).digest()
        assert read(house, ACCOUNT, upload_id) == PDF
        assert lying(house.heaps) == reachable(house)


def test_keep_is_audited_without_the_name(house: House) -> None:
    keep(house, ACCOUNT)

    with house.store.view() as view:
        (event,) = [entry.event for entry in view.audit.read() if entry.event.kind is AuditKind.FILE_KEPT]
    assert event.account_id == ACCOUNT
    assert set(event.detail) == {"file_id", "media_type"}


def test_type_is_told_by_bytes_that_came_one_by_one(house: House) -> None:
    upload_id = begin(house, ACCOUNT, length=16)

    for offset in range(15):
        append(house, ACCOUNT, upload_id, b"<", offset=offset)
    with pytest.raises(TypeRefused):
        append(house, ACCOUNT, upload_id, b"<", offset=15)

    assert lying(house.heaps) == set()
    assert events(house) == [AuditKind.FILE_REFUSED]


def test_type_is_refused_before_all_bytes_have_come(house: House) -> None:
    upload_id = begin(house, ACCOUNT)
    appending = house.flows.files.append(ACCOUNT, upload_id, offset=0)

    with pytest.raises(TypeRefused):
        appending.take(b"<html>" + bytes(20))
    appending.drop()

    with pytest.raises(NotFound):
        house.flows.files.see(ACCOUNT, upload_id)


@pytest.mark.parametrize(("length", "refusal"), [(0, Invalid), (-1, Invalid), ((1 << 20) + 1, TooLarge)])
def test_begin_of_a_size_that_none_may_have_is_refused(house: House, length: int, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        begin(house, ACCOUNT, length=length)


def test_begin_beyond_the_quota_is_refused_until_there_is_room(house: House) -> None:
    first = begin(house, ACCOUNT, length=1 << 20)
    begin(house, ACCOUNT, length=1 << 20)
    with pytest.raises(QuotaExceeded):
        begin(house, ACCOUNT)

    begin(house, OTHER)
    house.flows.files.drop(ACCOUNT, first)

    assert begin(house, ACCOUNT)


def test_append_to_what_is_none_of_ours_is_not_found(house: House) -> None:
    upload_id, file_id = begin(house, ACCOUNT), keep(house, ACCOUNT)

    for owner, target in ((OTHER, upload_id), (OTHER, file_id), (ACCOUNT, FileId("z" * 26))):
        with pytest.raises(NotFound):
            append(house, owner, target, PDF)
        with pytest.raises(NotFound):
            house.flows.files.drop(owner, target)


def test_append_to_a_file_is_refused(house: House) -> None:
    file_id = keep(house, ACCOUNT)

    with pytest.raises(OffsetMismatch):
        append(house, ACCOUNT, file_id, b"x", offset=SIZE)


@pytest.mark.parametrize("offset", [0, 39, 41])
def test_append_elsewhere_than_where_the_upload_stands_is_refused(house: House, offset: int) -> None:
    upload_id = begin(house, ACCOUNT)
    append(house, ACCOUNT, upload_id, PDF[:40], offset=0)

    with pytest.raises(OffsetMismatch):
        append(house, ACCOUNT, upload_id, PDF[offset:], offset=offset)

    assert house.flows.files.see(ACCOUNT, upload_id).offset == 40


def test_append_more_than_is_missing_is_refused(house: House) -> None:
    upload_id = begin(house, ACCOUNT)

    with pytest.raises(TooLarge):
        append(house, ACCOUNT, upload_id, PDF + b"x")
    with pytest.raises(TooLarge):
        house.flows.files.append(ACCOUNT, upload_id, offset=0, size=SIZE + 1)
    assert house.flows.files.see(ACCOUNT, upload_id).offset == 0


def test_append_nothing_changes_nothing(house: House) -> None:
    upload_id = begin(house, ACCOUNT)
    appending = house.flows.files.append(ACCOUNT, upload_id, offset=0, size=0)
    appending.take(b"")
    progress = appending.end()
    appending.drop()

    assert (progress.offset, lying(house.heaps)) == (0, set())


def test_append_in_too_many_parts_is_refused(house: House) -> None:
    upload_id = begin(house, ACCOUNT)
    for offset in range(PARTS_OF_ANY):
        append(house, ACCOUNT, upload_id, PDF[offset : offset + 1], offset=offset)

    with pytest.raises(TooManyParts):
        append(house, ACCOUNT, upload_id, PDF[PARTS_OF_ANY:], offset=PARTS_OF_ANY)


def test_append_checksum_that_does_not_fit_leaves_nothing(house: House) -> None:
    upload_id = begin(house, ACCOUNT)
    good = Checksum("sha256", hashlib.sha256(PDF[:40]).digest())

    with pytest.raises(ChecksumMismatch):
        append(house, ACCOUNT, upload_id, PDF[:39], checksum=good)
    progress = append(house, ACCOUNT, upload_id, PDF[:40], checksum=good)

    assert progress.offset == 40
    assert lying(house.heaps) == reachable(house)


def test_append_two_from_one_offset_the_first_to_end_goes_on(house: House) -> None:
    upload_id = begin(house, ACCOUNT)
    slow = house.flows.files.append(ACCOUNT, upload_id, offset=0)
    slow.take(PDF[:60])
    append(house, ACCOUNT, upload_id, PDF[:40])

    with pytest.raises(OffsetMismatch):
        slow.end()

    assert house.flows.files.see(ACCOUNT, upload_id).offset == 40
    assert lying(house.heaps) == reachable(house)


def test_see_upload_until_its_time_is_over(house: House) -> None:
    upload_id = begin(house, ACCOUNT)
    house.clock.pause(timedelta(days=1) - timedelta(seconds=1))
    before = house.flows.files.see(ACCOUNT, upload_id)
    house.clock.pause(timedelta(seconds=1))

    assert before.offset == 0
    with pytest.raises(NotFound):
        house.flows.files.see(ACCOUNT, upload_id)
