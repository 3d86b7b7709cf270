"""How an upload becomes a file: the last byte, the scanner, several at once, and a process that ends anywhere."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from doorward.adapters.disk.folder import FolderBytes
from doorward.adapters.memory.files.bytes import MemoryBytes
from doorward.core.audit.records import AuditKind
from doorward.core.files.errors import (
    Infected,
    OffsetMismatch,
)
from doorward.core.files.ports import Scanner
from doorward.core.files.records import FileId, Key, Verdict
from doorward.core.files.rules import PARTS_OF_ANY
from doorward.core.kernel.errors import NotFound, Unavailable
from doorward.core.kernel.ids import AccountId
from tests.builders import ACCOUNT
from tests.house import House
from tests.stores import a_memory_store
from tests.unit.core.files.hands import (
    PDF,
    SIZE,
    FragileBytes,
    FragileStore,
    Fuse,
    Killed,
    Scripted,
    append,
    begin,
    events,
    lying,
    reachable,
    read,
)

OTHER = AccountId("b" * 26)


@dataclass(frozen=True)
class JoinedMeanwhile(MemoryBytes):
    """Lets something happen before it joins."""

    meanwhile: Callable[[], None] = field(default_factory=Fuse)

    def join(self, key: Key, parts: Sequence[tuple[Key, int]]) -> None:
        self.meanwhile()
        MemoryBytes.join(self, key, parts)


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def test_last_byte_is_not_counted_before_the_file_is_whole(house: House) -> None:
    house.scanner = scanner = Scripted(Unavailable(timedelta(seconds=1)), Verdict())
    house.__post_init__()
    upload_id = begin(house, ACCOUNT)

    with pytest.raises(Unavailable):
        append(house, ACCOUNT, upload_id, PDF)
    stands_at = house.flows.files.see(ACCOUNT, upload_id).offset
    append(house, ACCOUNT, upload_id, PDF[-1:], offset=stands_at)

    assert stands_at == SIZE - 1
    assert read(house, ACCOUNT, upload_id) == scanner.seen == PDF
    assert lying(house.heaps) == reachable(house)


def test_scanner_that_stays_away_leaves_no_more_bytes_each_time(house: House) -> None:
    away = Unavailable(timedelta(seconds=1))
    house.scanner = Scripted(*[away] * 4)
    house.__post_init__()
    upload_id = begin(house, ACCOUNT)
    append(house, ACCOUNT, upload_id, PDF[:40])
    with pytest.raises(Unavailable):
        append(house, ACCOUNT, upload_id, PDF[40:], offset=40)
    before = lying(house.heaps)

    for _ in range(3):
        with pytest.raises(Unavailable):
            append(house, ACCOUNT, upload_id, PDF[-1:], offset=SIZE - 1)

    assert lying(house.heaps) == before == reachable(house)


def test_scanner_that_stays_away_leaves_no_file_open(house: House, tmp_path: Path) -> None:
    class Away(Scanner):
        def scan(self, chunks: Iterable[bytes]) -> Verdict:
            del chunks
            raise Unavailable(timedelta(seconds=1))

    house.scanner, house.heaps = Away(), FolderBytes(tmp_path)
    house.__post_init__()
    upload_id = begin(house, ACCOUNT)
    refusals = []
    before = open_files()

    for offset in (0, SIZE - 1, SIZE - 1):
        with pytest.raises(Unavailable) as refused:
            append(house, ACCOUNT, upload_id, PDF[offset:], offset=offset)
        refusals.append(refused.value)  # whoever holds a refusal holds what was on its way

    assert open_files() == before
    assert len(refusals) == 3


def test_finish_for_somebody_who_may_no_longer_keep_anything_keeps_nothing_more(house: House) -> None:
    upload_id = begin(house, ACCOUNT)
    append(house, ACCOUNT, upload_id, PDF[:-1])
    before = lying(house.heaps)
    appending = house.flows.files.append(ACCOUNT, upload_id, offset=SIZE - 1)
    appending.take(PDF[-1:])

    def refuse() -> None:
        raise NotFound

    with pytest.raises(NotFound):
        appending.end(before=refuse)

    assert house.flows.files.see(ACCOUNT, upload_id).file is None
    assert lying(house.heaps) == before == reachable(house)


@pytest.mark.parametrize("step", [SIZE, 40])
def test_infected_file_is_refused_and_gone(house: House, step: int) -> None:
    house.scanner = Scripted(Verdict("Eicar-Test-Signature"))
    house.__post_init__()
    upload_id = begin(house, ACCOUNT)

    with pytest.raises(Infected):
        uploads_in([step] * SIZE, house, upload_id)

    with pytest.raises(NotFound):
        house.flows.files.see(ACCOUNT, upload_id)
    assert lying(house.heaps) == set()
    assert house.flows.files.list(ACCOUNT).used_bytes == 0
    assert events(house) == [AuditKind.FILE_REFUSED]


def test_append_the_last_byte_again_is_no_part_too_many(house: House) -> None:
    house.scanner = Scripted(Unavailable(timedelta(seconds=1)), Verdict())
    house.__post_init__()
    upload_id, last = begin(house, ACCOUNT), PARTS_OF_ANY - 1
    for offset in range(last):
        append(house, ACCOUNT, upload_id, PDF[offset : offset + 1], offset=offset)
    with pytest.raises(Unavailable):
        append(house, ACCOUNT, upload_id, PDF[last:], offset=last)

    append(house, ACCOUNT, upload_id, PDF[-1:], offset=SIZE - 1)

    assert read(house, ACCOUNT, upload_id) == PDF


def test_finish_two_with_the_last_byte_make_one_file(house: House) -> None:
    upload_id = begin(house, ACCOUNT)
    append(house, ACCOUNT, upload_id, PDF[:-1])
    slow = house.flows.files.append(ACCOUNT, upload_id, offset=SIZE - 1)
    slow.take(b"!")
    append(house, ACCOUNT, upload_id, PDF[-1:], offset=SIZE - 1)

    with pytest.raises(OffsetMismatch):
        slow.end()

    assert read(house, ACCOUNT, upload_id) == PDF
    assert lying(house.heaps) == reachable(house)
    assert events(house) == [AuditKind.FILE_KEPT]


def test_finish_again_and_again_at_once_is_at_work_for_two_and_not_for_a_third(house: House) -> None:
    refused: list[Unavailable] = []

    def send_the_last_byte() -> None:
        try:
            append(house, ACCOUNT, upload_id, PDF[-1:], offset=SIZE - 1)
        except Unavailable as refusal:
            refused.append(refusal)

    house.heaps = JoinedMeanwhile(meanwhile=send_the_last_byte)
    house.__post_init__()
    upload_id = begin(house, ACCOUNT)
    append(house, ACCOUNT, upload_id, PDF[:40])

    with pytest.raises(OffsetMismatch):  # the second one made the file
        append(house, ACCOUNT, upload_id, PDF[40:], offset=40)

    assert len(refused) == 1
    assert read(house, ACCOUNT, upload_id) == PDF
    assert lying(house.heaps) == reachable(house)


@pytest.mark.parametrize("moment", ["joined", "looked at", "refused"])
def test_finish_that_is_overtaken_in_the_middle_takes_nothing_from_the_other(house: House, moment: str) -> None:
    """Whoever comes second finds the parts gone, the upload gone, or is about to refuse what is a file by now."""
    upload_id = begin(house, ACCOUNT)
    append(house, ACCOUNT, upload_id, PDF[:-1])

    class Overtaking(Scripted):
        def scan(self, chunks: Iterable[bytes]) -> Verdict:
            if self.verdicts and moment != "joined":
                self.verdicts.clear()
                append(house, ACCOUNT, upload_id, PDF[-1:], offset=SIZE - 1)
                return Verdict("found") if moment == "refused" else Verdict()
            b"".join(chunks)
            return Verdict()

    house.scanner = Overtaking(Verdict())
    house.__post_init__()
    flow = house.flows.files.append
    if moment == "joined":
        with house.store.view() as view:
            upload, parts = view.uploads.by_id(upload_id), view.uploads.parts_of(upload_id)
        assert upload is not None
        append(house, ACCOUNT, upload_id, PDF[-1:], offset=SIZE - 1)
        with pytest.raises(OffsetMismatch):
            flow.keep(upload, (*parts, parts[0]), sha256=None)
        with pytest.raises(OffsetMismatch):
            flow.keep(upload, parts, sha256=None)
    else:
        with pytest.raises(OffsetMismatch):
            append(house, ACCOUNT, upload_id, b"!", offset=SIZE - 1)

    assert read(house, ACCOUNT, upload_id) == PDF
    assert events(house) == [AuditKind.FILE_KEPT]


def uploads_in(parts: Iterable[int], house: House, upload_id: FileId) -> None:
    """Send a file in parts of these sizes, going on from where it stands, as a client does that lost its line."""
    for size in parts:
        try:
            progress = house.flows.files.see(ACCOUNT, upload_id)
        except NotFound:
            return
        if progress.file is None:
            append(house, ACCOUNT, upload_id, PDF[progress.offset :][:size], offset=progress.offset)


@pytest.mark.parametrize("sizes", [(SIZE,), (40, SIZE)], ids=["in one part", "in two"])
def test_process_that_ends_anywhere_leaves_the_old_state_or_the_new_one(sizes: tuple[int, ...]) -> None:
    """The process ends before and after each commit and each deed on the bytes, one after the other."""
    moments = 0
    while True:
        fuse = Fuse()
        heaps = FragileBytes(fuse=fuse)
        house = House(FragileStore(a_memory_store(), fuse), heaps=heaps)  # type: ignore[arg-type]  # stands for a store
        upload_id = begin(house, ACCOUNT)
        fuse.burns_at = fuse.done + moments
        try:
            uploads_in(sizes, house, upload_id)
        except Killed:
            fuse.burns_at = None
        else:
            break
        _check_whole_or_nothing(house, upload_id)
        uploads_in((SIZE, SIZE), house, upload_id)
        assert read(house, ACCOUNT, upload_id) == PDF
        house.clock.pause(timedelta(days=2))
        house.flows.files.remove_orphans()
        assert lying(heaps) == reachable(house)
        assert heaps.pens == {}
        assert read(house, ACCOUNT, upload_id) == PDF
        assert house.flows.files.list(ACCOUNT).used_bytes == 4096
        moments += 1
    assert moments >= 6


def _check_whole_or_nothing(house: House, upload_id: FileId) -> None:
    """What stands as a file is whole, and what stands as an upload has every byte that it counts."""
    progress = house.flows.files.see(ACCOUNT, upload_id)
    if progress.file is not None:
        assert read(house, ACCOUNT, upload_id) == PDF
        return
    with house.store.view() as view:
        parts = view.uploads.parts_of(upload_id)
    kept = b"".join(b"".join(house.heaps.read(Key(part.key))) for part in parts)
    assert kept[: progress.offset] == PDF[: progress.offset]
