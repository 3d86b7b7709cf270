"""The machine: its cores, and what a process has cost it. Linux's /proc is asked, nothing else."""

import os
import platform
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import Final

_TICKS: Final = os.sysconf("SC_CLK_TCK")
_KIB: Final = 1024
_IDLE_LOOKS: Final = 40
_IDLE_LOOK_SECONDS: Final = 0.25
_SCHEDULED: Final = 2  # CPUCLOCK_SCHED, the last bits of the name of a process's clock
_USER_TICKS: Final = 11  # of the fields after the name, counted from 0: see proc(5)
CORES: Final = sorted(os.sched_getaffinity(0))
_LOAD: Final = os.getloadavg()[1]  # of the five minutes before the run, which makes load of its own
ALONE: Final = frozenset(CORES[:1])
"""The core that a pinned server has for itself."""

REST: Final = frozenset(CORES[1:] or CORES)
"""The cores that its callers run on."""


@contextmanager
def on_cores(cores: frozenset[int]) -> Iterator[None]:
    """Run the block, and every process that it starts, on these cores."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def cpu_seconds(pid: int) -> float:
    """Return the processor time that a process has used, all its threads together, to a hundredth of a second."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[_USER_TICKS]) + int(fields[_USER_TICKS + 1])) / _TICKS


def cpu_nanoseconds(pid: int) -> int:
    """Return the same to a nanosecond, by the clock that Linux has for each process: see clock_getcpuclockid(3)."""
    return time.clock_gettime_ns((~pid << 3) | _SCHEDULED)


def resident_mib(pid: int) -> float:
    """Return how much memory of a process is in RAM now."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    kib = next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:"))
    return kib / _KIB


def description() -> str:
    """Return the machine in one line, and how busy others kept it in the minutes before."""
    model = next(_models(), platform.machine())
    system = platform.freedesktop_os_release().get("PRETTY_NAME", platform.system())
    return f"{len(CORES)} cores of {model}, {system}, Python {platform.python_version()}, load {_LOAD:.1f}"


def _models() -> Iterator[str]:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        name, _, value = line.partition(":")
        if name.strip() == "model name":
            yield value.strip()


def wait_until_idle(pid: int) -> None:
    """Return when a process has stopped working, or after some seconds."""
    for _ in range(_IDLE_LOOKS):
        before = cpu_seconds(pid)
        Event().wait(_IDLE_LOOK_SECONDS)
        if cpu_seconds(pid) - before < _IDLE_LOOK_SECONDS / 20:
            return
