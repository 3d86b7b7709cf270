"""What the faults need of the machine: strace, mounts, network namespaces, a false clock."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, NoReturn

from tests import parts
from tests.processes import PATIENCE, PROJECT

_REMEDY: Final = "run `scripts/system-parts faults` as root"
_FALSE_CLOCKS: Final = tuple(
    Path(folder) / "libfaketime.so.1"
    for folder in (
        "/usr/lib/x86_64-linux-gnu/faketime",
        "/usr/lib/aarch64-linux-gnu/faketime",
        "/usr/lib/faketime",
        "/usr/local/lib/faketime",
    )
)


def missing(what: str) -> NoReturn:
    """Skip a test loudly, or fail it where nothing may be missing."""
    parts.missing(f"{what} is not possible here", remedy=_REMEDY)


@contextmanager
def failing(pid: int, calls: str, *, error: str, from_call: int = 1) -> Iterator[None]:
    """Let system calls of a running process fail, in each thread from its so-manieth on, while the block runs."""
    if shutil.which("strace") is None:
        missing("letting system calls fail")
    injection = f"--inject={calls}:error={error}:when={from_call}+"
    command = ["strace", "-f", "-o", "/dev/null", f"--trace={calls}", injection, f"--attach={pid}"]
    tracer = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    try:
        assert tracer.stderr is not None
        told = tracer.stderr.readline()
        if "attached" not in told:
            missing(f"tracing ({told.strip()})")
        yield
    finally:
        tracer.terminate()
        tracer.communicate()


@cache
def false_clock() -> Path | None:
    """Return the library that tells a process another time, if it is there."""
    return next((path for path in _FALSE_CLOCKS if path.exists()), None)


@contextmanager
def a_small_disk(folder: Path, *, kibibytes: int) -> Iterator[Path]:
    """Mount a disk with so much room on a new folder while the block runs."""
    folder.mkdir()
    mounting = ["mount", "-t", "tmpfs", "-o", f"size={kibibytes}k,mode=700", "tmpfs", str(folder)]
    if shutil.which("mount") is None or subprocess.run(mounting, capture_output=True, check=False).returncode:
        missing("mounting a small disk")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


@dataclass(frozen=True)
class Cable:
    """A cable to a network of its own, in which a server is reached at `address`."""

    name: str
    address: str
    port: int

    def cut(self) -> None:
        ip("link", "set", self.name, "down")

    def mend(self) -> None:
        ip("link", "set", self.name, "up")


def ip(*words: str) -> None:
    """Run a command of iproute2."""
    subprocess.run(["ip", *words], check=True, capture_output=True)


@contextmanager
def a_cable(server: Path, *, port: int = 5432) -> Iterator[Cable]:
    """Lay a cable to a network in which a server is reached whose socket is a file, while the block runs."""
    number = os.getpid() % 60_000
    name, near, far = f"dw{number}", f"10.213.{number // 250}.1", f"10.213.{number // 250}.2"
    if (
        shutil.which("ip") is None
        or subprocess.run(["ip", "netns", "add", name], capture_output=True, check=False).returncode
    ):
        missing("a network of its own")
    relay = [sys.executable, "-m", "tests.faults.machine.proxy", far, str(port), str(server)]
    process = None
    try:
        ip("link", "add", name, "type", "veth", "peer", "name", "eth0", "netns", name)
        ip("addr", "add", f"{near}/30", "dev", name)
        ip("link", "set", name, "up")
        ip("-n", name, "addr", "add", f"{far}/30", "dev", "eth0")
        ip("-n", name, "link", "set", "eth0", "up")
        command = ["ip", "netns", "exec", name, *relay]
        process = subprocess.Popen(command, cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        yield Cable(name, far, port)
    finally:
        if process is not None:
            process.communicate(timeout=PATIENCE)
        subprocess.run(["ip", "netns", "del", name], check=False, capture_output=True)
