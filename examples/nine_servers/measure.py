"""How much memory programs take: what several share is counted once among them all."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

_SHARE: Final = re.compile(rb"^Pss:\s+(\d+) kB", re.MULTILINE)
_KIBIBYTES: Final = 1024


def memory_of(process_id: int) -> int | None:
    """Return the bytes that a process and all below it take, or None where the system does not tell.

    Of a page that several processes hold, each has its share (PSS).
    """
    try:
        return sum(map(_share, [process_id, *_below(process_id)]))
    except (OSError, StopIteration):
        return None


def _share(process_id: int) -> int:
    told = Path(f"/proc/{process_id}/smaps_rollup").read_bytes()
    return int(next(_SHARE.finditer(told))[1]) * _KIBIBYTES


def _below(process_id: int) -> Iterator[int]:
    for told in Path(f"/proc/{process_id}/task").glob("*/children"):
        for each in map(int, told.read_text().split()):
            yield each
            yield from _below(each)
