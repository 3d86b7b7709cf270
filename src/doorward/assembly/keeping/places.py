"""What keeping files touches: where their bytes lie, what makes pictures smaller, and what looks for viruses."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from doorward.adapters.clamav.scanner import ClamavScanner
from doorward.adapters.disk.folder import FolderBytes
from doorward.adapters.pictures.shrinker import PillowPictures, is_installed
from doorward.core.files.ports import Bytes, Pictures, Scanner
from doorward.core.kernel.clock import Clock
from doorward.core.kernel.errors import Unavailable
from doorward.settings.problems import Problem, SettingsInvalid
from doorward.settings.record import Settings

_LATELY: Final = timedelta(seconds=5)


def _nothing() -> None:
    """Do nothing."""


@dataclass(frozen=True, slots=True)
class Places:
    """Where the bytes of files lie, what makes pictures smaller, and what looks for viruses; the last two may lack.

    `checks` return when what may be away is there, by name, and raise `Unavailable` otherwise; each takes two seconds
    at most. `close` takes leave.
    """

    heaps: Bytes
    pictures: Pictures | None = None
    scanner: Scanner | None = None
    checks: Mapping[str, Callable[[], None]] = field(default_factory=dict)
    close: Callable[[], None] = _nothing


def places_of(settings: Settings) -> Places:
    """Return what these settings name; nothing is connected or made yet.

    Raises: SettingsInvalid, also when the driver is not installed.
    """
    url = settings.files.files_url.get_secret_value()
    pictures = PillowPictures() if is_installed() else None
    scanner = _scanner(settings)
    checks = {} if scanner is None else {"scanner": scanner.check}
    if urlsplit(url).scheme == "file":
        return Places(folder_of(url), pictures, scanner, checks)
    with explained():
        from doorward.adapters.s3.store import S3Bytes  # noqa: PLC0415 (a folder needs none of it)

        bucket = S3Bytes(url)
    return Places(bucket, pictures, scanner, {**checks, "files": bucket.check}, bucket.close)


def folder_of(url: str) -> FolderBytes:
    """Return the folder that a URL names."""
    return FolderBytes(Path(unquote(urlsplit(url).path)))


@contextmanager
def explained() -> Iterator[None]:
    """Say what to install where the driver of a bucket is missing, and what to correct where its URL cannot be read.

    Raises: SettingsInvalid.
    """
    try:
        yield
    except ValueError as unreadable:  # it never names the URL, which may hold a secret
        remedy = "Correct DOORWARD_FILES_URL; signs in a secret are percent-encoded."
        raise SettingsInvalid([Problem("The files' URL cannot be read.", f"{unreadable}.", remedy)]) from None
    except ImportError as missing:
        if (missing.name or "").partition(".")[0] != "obstore":
            raise
        why = "DOORWARD_FILES_URL names a bucket, which is reached through it."
        remedy = "Run: pip install 'doorward[s3]'"
        raise SettingsInvalid([Problem("The driver of files, obstore, is not installed.", why, remedy)]) from None


class Lately:
    """Tells whether a check passed, from one look every five seconds: readiness is asked often, and by many."""

    def __init__(self, check: Callable[[], None], clock: Clock) -> None:
        self._check = check
        self._clock = clock
        self._looked_at: datetime | None = None
        self._was_there = False

    def __call__(self) -> bool:
        """Return whether it did."""
        now = self._clock.now()
        if self._looked_at is None or not timedelta(0) <= now - self._looked_at < _LATELY:
            self._was_there = self._look()
            self._looked_at = now
        return self._was_there

    def _look(self) -> bool:
        try:
            self._check()
        except Unavailable:
            return False
        return True


def _scanner(settings: Settings) -> ClamavScanner | None:
    url = settings.files.files_scan_url
    return None if url is None else ClamavScanner(url)
