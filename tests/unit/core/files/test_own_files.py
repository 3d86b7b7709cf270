"""What owners do with their files, pictures of accounts, links, and what is collected."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from doorward.adapters.memory.files.bytes import MemoryBytes
from doorward.assembly.flows import Work
from doorward.core.audit.records import AuditKind
from doorward.core.files.avatars import PutAvatar
from doorward.core.files.errors import FilesOff, LinkRefused, OffsetMismatch, PictureRefused, TooLarge
from doorward.core.files.records import AVATAR_MAX_BYTES, FileId, Key, Purpose
from doorward.core.kernel.errors import Conflict, NotFound, Refusal, Unavailable
from doorward.core.kernel.ids import AccountId, new_id
from tests.builders import ACCOUNT, NOW, a_file
from tests.house import House, replacing
from tests.stores import a_memory_store
from tests.unit.core.files.hands import (
    PDF,
    FragileStore,
    Fuse,
    Killed,
    append,
    begin,
    keep,
    lying,
    reachable,
    read,
)

OTHER = AccountId("b" * 26)
PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)


def test_remove_file_once_and_only_by_its_owner(house: House) -> None:
    file_id = keep(house, ACCOUNT)
    for owner, target in ((OTHER, file_id), (ACCOUNT, FileId("z" * 26))):
        with pytest.raises(NotFound):
            house.flows.files.remove(owner, target)

    house.flows.files.remove(ACCOUNT, file_id)

    with pytest.raises(NotFound):
        house.flows.files.remove(ACCOUNT, file_id)
    assert lying(house.heaps) == set()
    assert house.flows.files.list(ACCOUNT).used_bytes == 0


def test_remove_file_that_somebody_removed_a_moment_before(house: House) -> None:
    file_id = keep(house, ACCOUNT)
    gone = replace(house.flows.files.remove, work=Answering(house, "files", "remove", answer=False))

    with pytest.raises(NotFound):
        gone(ACCOUNT, file_id)


def test_drop_upload_that_went_on_a_moment_before_is_refused_and_changes_nothing(house: House) -> None:
    upload_id = begin(house, ACCOUNT)
    append(house, ACCOUNT, upload_id, PDF[:40])
    late = replace(house.flows.files.drop, work=Answering(house, "uploads", "remove", answer=False))

    with pytest.raises(OffsetMismatch):
        late(ACCOUNT, upload_id)

    assert house.flows.files.see(ACCOUNT, upload_id).offset == 40
    assert lying(house.heaps) == reachable(house) != set()
    assert house.flows.files.list(ACCOUNT).used_bytes == 4096


def test_remove_file_while_the_bytes_are_away_leaves_them_to_be_collected(house: House) -> None:
    file_id = keep(house, ACCOUNT)
    (key,) = lying(house.heaps)

    assert isinstance(house.heaps, MemoryBytes)
    replace(house.flows.files.remove, heaps=Away(house.heaps.kept))(ACCOUNT, file_id)
    house.clock.pause(timedelta(days=2))

    assert house.flows.files.remove_orphans() == {"uploads": 0, "heaps": 1, "unfinished": 0}
    assert key not in lying(house.heaps)


def test_export_tells_of_every_file_and_no_bytes(house: House) -> None:
    house.account()
    owner = _owner(house)
    with house.store.work() as work:
        for number in range(201):
            work.files.add(a_file(number, owner=owner))
    document = "".join(house.flows.export_account(owner))

    assert document.count('"sha256"') == 201
    assert '"name": "report.pdf"' in document


def test_avatar_goes_where_the_one_before_was(house: House) -> None:
    first = house.flows.files.put_avatar(ACCOUNT, PNG)
    second = house.flows.files.put_avatar(ACCOUNT, PNG + b"x")

    assert house.flows.files.show_avatar(ACCOUNT) == second != first
    assert lying(house.heaps) == {second.key}
    assert b"".join(house.heaps.read(second.key)).startswith(b"RIFF")
    assert house.flows.files.list(ACCOUNT).page.items == ()


@pytest.mark.parametrize(
    ("source", "refusal"),
    [(b"", PictureRefused), (PDF, PictureRefused), (PNG + bytes(AVATAR_MAX_BYTES), TooLarge)],
)
def test_avatar_of_no_picture_or_too_large_is_refused(house: House, source: bytes, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        house.flows.files.put_avatar(ACCOUNT, source)

    assert lying(house.heaps) == set()


def test_avatar_without_anything_that_reads_pictures_is_off(house: House) -> None:
    with pytest.raises(FilesOff):
        replace(house.flows.files.put_avatar, pictures=None)(ACCOUNT, PNG)


def test_avatar_two_at_once_one_is_told_to_repeat(house: House) -> None:
    overtaken: PutAvatar = replace(house.flows.files.put_avatar, work=Answering(house, "files", "add", answer=False))

    with pytest.raises(Conflict):
        overtaken(ACCOUNT, PNG)

    assert lying(house.heaps) == set()


def test_avatar_is_removed_once(house: House) -> None:
    house.flows.files.put_avatar(ACCOUNT, PNG)

    house.flows.files.remove_avatar(ACCOUNT)

    with pytest.raises(NotFound):
        house.flows.files.remove_avatar(ACCOUNT)
    assert lying(house.heaps) == set()
    assert _kinds(house) == [AuditKind.AVATAR_CHANGED, AuditKind.AVATAR_REMOVED]


def test_open_file_whose_record_or_bytes_are_gone_is_not_found(house: House) -> None:
    file = house.flows.files.show(ACCOUNT, keep(house, ACCOUNT))
    link = house.flows.files.links.to(file, now=house.clock.now()).partition("link=")[2]
    opened = house.flows.files.open(file.id, link)
    house.heaps.remove(file.key)
    with pytest.raises(NotFound):
        house.flows.files.open.read(opened.file)
    house.flows.files.remove(ACCOUNT, file.id)

    with pytest.raises(NotFound):
        house.flows.files.open(file.id, link)
    with pytest.raises(LinkRefused):
        house.flows.files.open("../x", link)


def test_link_made_before_the_secret_changed_is_still_good(house: House) -> None:
    links, file = house.flows.files.links, a_file()
    link = links.to(file, now=NOW).partition("link=")[2]
    changed = replace(links, envelopes=replace(links.envelopes, key=bytes(32), previous=(links.envelopes.key,)))

    assert changed.open(file.id, link, now=NOW) == NOW + timedelta(minutes=5)


def test_link_to_another_file_or_of_another_time_is_refused(house: House) -> None:
    links, file = house.flows.files.links, a_file()
    link = links.to(file, now=NOW).partition("link=")[2]

    for file_id, now in ((FileId("z" * 26), NOW), (file.id, NOW + timedelta(minutes=5))):
        with pytest.raises(LinkRefused):
            links.open(file_id, link, now=now)


def test_link_to_a_picture_is_good_for_one_to_two_hours(house: House) -> None:
    picture = replace(a_file(), purpose=Purpose.AVATAR)
    links = house.flows.files.links
    made = [links.to(picture, now=NOW + timedelta(minutes=minutes)) for minutes in (0, 59, 60)]

    assert made[0] == made[1] != made[2]
    until = links.open(picture.id, made[1].partition("link=")[2], now=NOW)
    assert until == NOW + timedelta(hours=2)


def test_orphans_nothing_that_is_named_or_young_is_collected(house: House) -> None:
    file_id, upload_id = keep(house, ACCOUNT), begin(house, ACCOUNT)
    append(house, ACCOUNT, upload_id, PDF[:40])
    stray = _stray(house)
    house.clock.pause(timedelta(hours=23))

    early = house.flows.files.remove_orphans()
    house.clock.pause(timedelta(minutes=59))
    kept_so_far = lying(house.heaps)
    house.clock.pause(timedelta(minutes=2))
    late = house.flows.files.remove_orphans()

    assert (early["heaps"], stray in kept_so_far) == (0, True)
    assert late == {"uploads": 1, "heaps": 1, "unfinished": 0}
    assert read(house, ACCOUNT, file_id) == PDF
    assert lying(house.heaps) == reachable(house)
    assert house.flows.files.list(ACCOUNT).used_bytes == 4096


def test_orphans_many_are_collected_in_batches(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("doorward.core.files.remove_orphans._BATCH", 2)
    kept = {keep(house, ACCOUNT) for _ in range(2)}
    for _ in range(5):
        _stray(house)
        begin(house, ACCOUNT)
    house.clock.pause(timedelta(days=2))

    removed = house.flows.files.remove_orphans()

    assert (removed["uploads"], removed["heaps"]) == (5, 5)
    assert len(lying(house.heaps)) == len(kept)


def test_orphans_each_upload_is_given_up_by_itself() -> None:
    fuse = Fuse()
    house = House(FragileStore(a_memory_store(), fuse))  # type: ignore[arg-type]  # stands for a store
    for _ in range(3):
        begin(house, ACCOUNT)
    house.clock.pause(timedelta(days=2))
    fuse.burns_at = fuse.done + 2  # before and after one commit

    with pytest.raises(Killed):
        house.flows.files.remove_orphans()

    with house.store.view() as view:
        assert len(view.uploads.expired(house.clock.now(), limit=9)) == 2
        assert view.quotas.used(ACCOUNT) == 2 * 4096


def test_erased_account_with_many_files_goes_in_steps_and_may_not_come_back_between_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("doorward.core.operating.erase_closed._FILES_AT_ONCE", 2)
    fuse = Fuse()
    house = House(FragileStore(a_memory_store(), fuse))  # type: ignore[arg-type]  # stands for a store
    house.account()
    owner = _owner(house)
    for _ in range(5):
        keep(house, owner)
    house.flows.close_account(owner)
    house.clock.pause(timedelta(days=31))
    fuse.burns_at = fuse.done + 2

    with pytest.raises(Killed):
        house.flows.erase_closed()
    fuse.burns_at = None
    with house.store.view() as view:
        left = view.files.page(owner).items
    with pytest.raises(Refusal):
        house.sign_in()
    erased = house.flows.erase_closed()

    assert (len(left), erased) == (3, 1)
    with house.store.view() as view:
        assert view.files.page(owner).items == ()
        assert view.accounts.by_id(owner) is None


def test_erased_account_takes_its_files_along(house: House) -> None:
    house.account()
    owner = _owner(house)
    keep(house, owner)
    append(house, owner, begin(house, owner), PDF[:40])
    house.flows.files.put_avatar(owner, PNG)
    house.flows.close_account(owner)
    house.clock.pause(timedelta(days=31))

    house.flows.erase_closed()
    house.flows.files.remove_orphans()

    with house.store.view() as view:
        assert view.files.page(owner).items == ()
        assert view.uploads.expired(house.clock.now(), limit=9) == ()
        assert view.quotas.used(owner) == 0
    assert lying(house.heaps) == set()


def _stray(house: House) -> Key:
    key = Key(new_id(house.clock.now()))
    pen = house.heaps.pen(key)
    pen.write(b"stray")
    pen.keep()
    return key


def _owner(house: House) -> AccountId:
    with house.store.view() as view:
        account = view.accounts.by_login("margaret")
    assert account is not None
    return account.id


def _kinds(house: House) -> list[AuditKind]:
    with house.store.view() as view:
        return [entry.event.kind for entry in view.audit.read() if entry.event.kind.startswith("avatar.")]


@dataclass(frozen=True)
class Answering:
    """Opens units of work in which one call is answered as if somebody else had been faster."""

    house: House
    room: str
    name: str
    answer: object

    @contextmanager
    def __call__(self) -> Iterator[Work]:
        with self.house.store.work() as work:
            yield replacing(work, self.room, self.name, lambda: self.answer)


class Away(MemoryBytes):
    """Cannot be reached when something is to be removed."""

    def remove(self, key: Key) -> None:
        raise Unavailable(timedelta(seconds=len(key)))
