"""Making pictures smaller, at arm's length."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path
from threading import BoundedSemaphore, Event, Lock, Timer
from typing import Final

from doorward.adapters.pictures.webp import is_bare
from doorward.core.files.errors import PictureRefused
from doorward.core.files.ports import Pictures
from doorward.core.files.rules import sniff
from doorward.core.kernel.errors import Unavailable

_TYPES: Final = ("image/jpeg", "image/png", "image/webp")
_DECODER: Final = str(Path(__file__).with_name("decoder.py"))
_PATIENCE: Final = timedelta(seconds=30)
_AT_ONCE: Final = 3
"""How many threads are here at the same moment: one has its turn, the others wait, and are none that serve files."""

_RETRY_AFTER: Final = timedelta(seconds=5)
_HEADERS: Final = 4096


class PillowPictures(Pictures):
    """Makes pictures smaller one after another, each in a process of its own.

    That process has no environment and no file of ours, 512 MiB of memory and 10 s of a processor; what it answers is
    looked at before it is believed. It is begun anew for each picture, which takes a tenth of a second.
    """

    def __init__(self, *, program: str = _DECODER, patience: timedelta = _PATIENCE) -> None:
        self._program = program
        self._patience_seconds = patience.total_seconds()
        self._places = BoundedSemaphore(_AT_ONCE)
        self._turns = Lock()

    def shrink(self, source: bytes, *, edge_pixels: int) -> bytes:
        if sniff(source, _TYPES) is None:
            raise PictureRefused
        if not is_installed():
            raise Unavailable(_RETRY_AFTER) from ModuleNotFoundError("Pillow is not installed")
        with self._turn():
            answer = self._answer(source, edge_pixels)
        if answer is None or not is_bare(answer):
            raise PictureRefused
        return answer

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if not self._places.acquire(blocking=False):
            raise Unavailable(_RETRY_AFTER)
        try:
            with self._turns:  # which comes in time, as each one's time is bounded
                yield
        finally:
            self._places.release()

    def _answer(self, source: bytes, edge_pixels: int) -> bytes | None:
        """Return what the decoder says of a source, or None when it ended without saying it.

        Raises: Unavailable, when it did not end in time: the machine is busy, as the picture's share of it is bounded.
        """
        is_late = Event()
        with _decoding(self._program, edge_pixels) as process:
            end = Timer(self._patience_seconds, _end, (process, is_late))
            end.start()
            try:
                answer = _asked(process, source, at_most=edge_pixels * edge_pixels * 4 + _HEADERS)
            finally:
                end.cancel()
        if is_late.is_set():
            raise Unavailable(_RETRY_AFTER)
        return answer if process.returncode == 0 else None


def is_installed() -> bool:
    """Tell whether Pillow is there."""
    return find_spec("PIL") is not None


@contextmanager
def _decoding(program: str, edge_pixels: int) -> Iterator[subprocess.Popen[bytes]]:
    """Run a decoder, and end it.

    Raises: Unavailable, when the machine begins no other process.
    """
    command = [sys.executable, "-I", "-B", program, str(edge_pixels)]
    try:
        process = subprocess.Popen(  # noqa: S603 (our own program; nothing of the picture is in its words)
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={}, cwd="/"
        )
    except OSError as error:
        raise Unavailable(_RETRY_AFTER) from error
    with process:
        try:
            yield process
        finally:
            process.kill()


def _asked(process: subprocess.Popen[bytes], source: bytes, *, at_most: int) -> bytes | None:
    """Return the answer, or None when it is longer than the truth can be."""
    if process.stdin is None or process.stdout is None:
        raise ValueError("the decoder is not spoken with through pipes")
    with suppress(BrokenPipeError):  # it ended before it had read all
        process.stdin.write(source)
        process.stdin.close()
    answer = process.stdout.read(at_most + 1)
    if len(answer) > at_most:
        return None
    process.wait()
    return answer


def _end(process: subprocess.Popen[bytes], is_late: Event) -> None:
    is_late.set()
    process.kill()
