"""What is measured of a server beside its answers: the time and the memory of all its processes, and its store."""

import os
import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import Final

from benchmarks.processes import pause

_PARENT: Final = 1  # of the fields after the name in /proc/PID/stat, counted from 0: see proc(5)
_TIMES: Final = slice(11, 15)  # in user mode and in the kernel, of the process and of its children that have ended
_TICKS: Final = os.sysconf("SC_CLK_TCK")
_KIB: Final = 1024
_LOOKS: Final = 40
_LOOK_SECONDS: Final = 0.25
_IDLE_SHARE: Final = 0.05


def tree(pid: int) -> Sequence[int]:
    """Return a process and all that descend from it, parents first."""
    children: defaultdict[int, list[int]] = defaultdict(list)
    for other, fields in _all_fields():
        children[int(fields[_PARENT])].append(other)
    found = [pid]
    for one in found:
        found += children[one]
    return found


def cpu_seconds(pid: int) -> float:
    """Return the processor time that a process and its descendants have used, to a hundredth of a second each."""
    return sum(sum(map(int, _fields(one)[_TIMES])) for one in tree(pid)) / _TICKS


def memory_mib(pid: int) -> float:
    """Return how much memory a process and its descendants have in RAM now; what they share is counted once."""
    return sum(_kib(Path(f"/proc/{one}/smaps_rollup"), "Pss:") for one in tree(pid)) / _KIB


def wait_until_idle(pid: int) -> None:
    """Return when a process and its descendants have stopped working, or after ten seconds."""
    for _ in range(_LOOKS):
        before = cpu_seconds(pid)
        pause(_LOOK_SECONDS)
        if cpu_seconds(pid) - before < _LOOK_SECONDS * _IDLE_SHARE:
            return


def sqlite_bytes(path: Path) -> int:
    """Return the size of a SQLite database that nobody uses, once everything in it is in its file."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("pragma wal_checkpoint(truncate)")
        pages, size, free = (connection.execute(f"pragma {name}").fetchone()[0] for name in _SIZES)
    return int((pages - free) * size)


_SIZES: Final = ("page_count", "page_size", "freelist_count")


def _all_fields() -> Iterator[tuple[int, Sequence[str]]]:
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal():
            fields = _fields(int(folder.name))
            if fields:
                yield int(folder.name), fields


def _fields(pid: int) -> Sequence[str]:
    """Return the fields after the name; none when the process has ended."""
    with suppress(FileNotFoundError, ProcessLookupError):
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return ()


def _kib(file: Path, name: str) -> int:
    with suppress(FileNotFoundError, ProcessLookupError):
        lines = file.read_text(encoding="ascii").splitlines()
        return next((int(line.split()[1]) for line in lines if line.startswith(name)), 0)
    return 0
