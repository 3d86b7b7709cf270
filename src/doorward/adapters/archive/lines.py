"""What a backup holds: lines of JSON, compressed by gzip.

The first line is the header. Each kind begins with `{"kind":NAME}`, and its records follow as `written` writes them.
The last line is `{"end":{NAME:{"records":…,"digest":…}}}`.
"""

import json
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Final

from pydantic import TypeAdapter

from doorward.core.moving.ports import Pen
from doorward.core.moving.records import Header, Kind, Row, Summary
from doorward.core.moving.rules import read_back, written

_HEADER: Final = TypeAdapter(Header)
_GZIP: Final = 31
_LEVEL: Final = 3
_PAGE: Final = 5000


class LinePen(Pen):
    """Writes the lines of a backup through `write`."""

    def __init__(self, write: Callable[[bytes], None], header: Header) -> None:
        self._write = write
        self._compressor = zlib.compressobj(_LEVEL, wbits=_GZIP)
        self._kind = ""
        self._lines([_HEADER.dump_json(header)])

    def add(self, kind: Kind, rows: Sequence[Row]) -> None:
        begun = [_line({"kind": kind.name})] if kind.name != self._kind else []
        self._kind = kind.name
        self._lines(chain(begun, map(written, rows)))

    def end(self, summaries: Mapping[str, Summary]) -> None:
        shown = {
            name: {"records": summary.records, "digest": summary.digest.hex()} for name, summary in summaries.items()
        }
        self._lines([_line({"end": shown})])
        self._write(self._compressor.flush())

    def _lines(self, lines: Iterable[bytes]) -> None:
        self._write(self._compressor.compress(b"".join(line + b"\n" for line in lines)))


def header_in(blocks: Iterable[bytes]) -> Header:
    """Return the header of a backup.

    Raises: ValueError, when there is none.
    """
    return _HEADER.validate_json(next(_lines_in(blocks), b""))


def pages_in(blocks: Iterable[bytes]) -> Iterator[tuple[str, list[Row]]]:
    """Yield the records of a backup, some at a time, with the name of their kind.

    Raises: ValueError, when a line is none of ours, or the last one is missing.
    """
    lines = _lines_in(blocks)
    next(lines, b"")
    kind, page, is_whole = "", list[Row](), False
    for line in lines:
        if line.startswith(b"["):
            page.append(read_back(line))
        if page and (len(page) == _PAGE or not line.startswith(b"[")):
            yield kind, page
            page = []
        if line.startswith(b"{"):
            members = json.loads(line)
            kind, is_whole = members.get("kind", ""), "end" in members
    if not is_whole:
        raise ValueError("a backup has no end")


def _lines_in(blocks: Iterable[bytes]) -> Iterator[bytes]:
    decompressor = zlib.decompressobj(wbits=_GZIP)
    rest = b""
    try:
        for block in blocks:
            *lines, rest = (rest + decompressor.decompress(block)).split(b"\n")
            yield from lines
    except zlib.error as error:
        raise ValueError("a backup is not compressed as it should be") from error


def _line(members: Mapping[str, object]) -> bytes:
    return json.dumps(members, separators=(",", ":")).encode()
