"""What every place for bytes promises."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest

from doorward.adapters.disk.folder import FolderBytes
from doorward.adapters.memory.files.bytes import MemoryBytes
from doorward.adapters.s3.store import S3Bytes
from doorward.core.files.ports import Bytes
from doorward.core.files.records import Key
from tests.buckets import BucketServer

MEBIBYTE = 1 << 20
LONG_AGO = datetime(1960, 1, 1, tzinfo=UTC)
ONE_DAY = datetime(2100, 1, 1, tzinfo=UTC)


@pytest.fixture(params=["memory", "disk", "s3"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bytes]:
    """Return an empty place of each kind."""
    if request.param == "memory":
        yield MemoryBytes()
    elif request.param == "disk":
        yield FolderBytes(tmp_path / "files")
    else:
        server: BucketServer = request.getfixturevalue("moto")
        heaps = S3Bytes(server.url(request.getfixturevalue("bucket"), "files"))
        yield heaps
        heaps.close()


def a_key(number: int = 1) -> Key:
    return Key(f"{number:026d}")


def some_bytes(size: int) -> bytes:
    """Return bytes of which no two pieces are alike."""
    block = b"".join(number.to_bytes(4, "big") for number in range(min(size, MEBIBYTE) // 4 + 1))
    return b"".join(bytes([turn % 256]) + block for turn in range(size // len(block) + 1))[:size]


def written(place: Bytes, key: Key, content: bytes, *, at_once: int = 300_000) -> Key:
    """Keep bytes that come in chunks."""
    pen = place.pen(key)
    for start in range(0, len(content), at_once):
        pen.write(content[start : start + at_once])
    pen.keep()
    return key


def whole(place: Bytes, key: Key) -> bytes:
    return b"".join(place.read(key))


@pytest.mark.parametrize("size", [0, 1, 4096, 8 * MEBIBYTE, 17 * MEBIBYTE + 3])
def test_keep_bytes_are_read_as_they_were_written(place: Bytes, size: int) -> None:
    content = some_bytes(size)

    key = written(place, a_key(), content)

    assert place.size(key) == size
    assert sha256(whole(place, key)).digest() == sha256(content).digest()


@pytest.mark.parametrize("size", [10, 9 * MEBIBYTE])
def test_pen_until_it_keeps_nothing_is_seen(place: Bytes, size: int) -> None:
    pen = place.pen(a_key())

    pen.write(some_bytes(size))

    assert place.size(a_key()) is None
    assert list(place.keys()) == []
    with pytest.raises(KeyError):
        whole(place, a_key())
    pen.drop()


@pytest.mark.parametrize("size", [0, 10, 17 * MEBIBYTE])
def test_drop_leaves_nothing(place: Bytes, size: int) -> None:
    pen = place.pen(a_key())
    pen.write(some_bytes(size))

    pen.drop()
    pen.drop()

    assert place.size(a_key()) is None
    assert list(place.keys()) == []


def test_drop_after_keep_changes_nothing(place: Bytes) -> None:
    pen = place.pen(a_key())
    pen.write(b"kept")
    pen.keep()

    pen.drop()

    assert whole(place, a_key()) == b"kept"


def test_pens_of_several_threads_do_not_mix(place: Bytes) -> None:
    contents = {a_key(number): bytes([number]) * (9 * MEBIBYTE + number) for number in range(4)}
    pens = {key: place.pen(key) for key in contents}

    with ThreadPoolExecutor(4) as threads:
        for start in range(0, 10 * MEBIBYTE, 2 * MEBIBYTE):
            list(threads.map(lambda key: pens[key].write(contents[key][start : start + 2 * MEBIBYTE]), contents))  # noqa: B023 (used before it changes)
        list(threads.map(lambda pen: pen.keep(), pens.values()))

    assert all(whole(place, key) == content for key, content in contents.items())


@pytest.mark.parametrize(
    ("start", "stop"),
    [(0, None), (0, 0), (0, 1), (3, 7), (5, None), (99, 100), (0, 100), (50, 1000), (100, None), (100, 200), (7, 3)],
)
def test_read_part_is_those_bytes_alone(place: Bytes, start: int, stop: int | None) -> None:
    content = bytes(range(100))
    key = written(place, a_key(), content)

    found = b"".join(place.read(key, start, stop))

    assert found == content[start:stop]


def test_read_part_of_a_long_one_comes_in_small_pieces(place: Bytes) -> None:
    content = some_bytes(10 * MEBIBYTE)
    key = written(place, a_key(), content)

    pieces = list(place.read(key, 3, 9 * MEBIBYTE))

    assert max(map(len, pieces)) <= MEBIBYTE
    assert b"".join(pieces) == content[3 : 9 * MEBIBYTE]


@pytest.mark.parametrize(("start", "stop"), [(0, None), (0, 1), (5, None), (3, 3)])
def test_read_nothing_is_refused_at_once(place: Bytes, start: int, stop: int | None) -> None:
    with pytest.raises(KeyError):
        place.read(a_key(), start, stop)


def test_read_what_is_removed_meanwhile_comes_to_its_end(place: Bytes) -> None:
    content = some_bytes(3 * MEBIBYTE)
    key = written(place, a_key(), content)
    pieces = place.read(key)
    first = next(pieces)

    place.remove(key)

    assert first + b"".join(pieces) == content
    assert place.size(key) is None


def test_read_may_be_left_before_its_end(place: Bytes) -> None:
    key = written(place, a_key(), some_bytes(5 * MEBIBYTE))

    for _ in range(20):
        assert next(iter(place.read(key)))

    assert place.size(key) == 5 * MEBIBYTE


def test_join_takes_of_each_what_is_said_and_leaves_the_parts(place: Bytes) -> None:
    first, second = some_bytes(9 * MEBIBYTE), some_bytes(700)
    written(place, a_key(1), first)
    written(place, a_key(2), second)

    place.join(a_key(3), [(a_key(1), 9 * MEBIBYTE - 5), (a_key(2), 699), (a_key(1), 1)])

    assert whole(place, a_key(3)) == first[:-5] + second[:699] + first[:1]
    assert [place.size(a_key(number)) for number in (1, 2)] == [9 * MEBIBYTE, 700]


@pytest.mark.parametrize("size", [700, 699, 0])
def test_join_one_part(place: Bytes, size: int) -> None:
    content = some_bytes(700)
    written(place, a_key(1), content)

    place.join(a_key(2), [(a_key(1), size)])
    place.remove(a_key(1))

    assert whole(place, a_key(2)) == content[:size]


@pytest.mark.parametrize("parts", [[(9, 1)], [(1, 3), (9, 1)], [(1, 4)]])
def test_join_what_is_not_there_keeps_nothing(place: Bytes, parts: list[tuple[int, int]]) -> None:
    written(place, a_key(1), b"abc")

    with pytest.raises(KeyError):
        place.join(a_key(2), [(a_key(number), size) for number, size in parts])

    assert list(place.keys()) == [a_key(1)]


def test_keys_are_in_order_behind_one(place: Bytes) -> None:
    for number in (30, 4, 200, 1):
        written(place, a_key(number), b"x")

    assert list(place.keys()) == [a_key(1), a_key(4), a_key(30), a_key(200)]
    assert list(place.keys(after=a_key(4))) == [a_key(30), a_key(200)]
    assert list(place.keys(after=a_key(5))) == [a_key(30), a_key(200)]
    assert list(place.keys(after=a_key(200))) == []


def test_remove_takes_one_away_and_may_be_repeated(place: Bytes) -> None:
    written(place, a_key(1), b"x")
    written(place, a_key(2), b"y")

    place.remove(a_key(1))
    place.remove(a_key(1))

    assert list(place.keys()) == [a_key(2)]


def test_sweep_leaves_what_is_kept_and_what_is_being_written(place: Bytes) -> None:
    written(place, a_key(1), b"kept")
    pen = place.pen(a_key(2))
    pen.write(b"written")

    swept = place.sweep(LONG_AGO)

    pen.keep()
    assert swept == 0
    assert [whole(place, a_key(number)) for number in (1, 2)] == [b"kept", b"written"]


def test_sweep_takes_away_what_a_pen_left(place: Bytes) -> None:
    written(place, a_key(1), b"kept")
    pen = place.pen(a_key(2))
    pen.write(b"written by somebody who is gone")

    place.sweep(ONE_DAY)

    assert list(place.keys()) == [a_key(1)]
    assert place.sweep(ONE_DAY) == 0
    pen.drop()
