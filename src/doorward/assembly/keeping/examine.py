"""Trying out what keeping files touches, as the doctor does."""

import struct
import zlib
from collections.abc import Iterator
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from doorward.adapters.clamav.survey import Unfit as UnfitScanner
from doorward.adapters.clamav.survey import survey as survey_scanner
from doorward.adapters.clock.system import SystemClock
from doorward.adapters.disk.folder import FolderBytes
from doorward.adapters.pictures.shrinker import PillowPictures, is_installed
from doorward.assembly.cache import Examined
from doorward.assembly.keeping.places import explained, folder_of
from doorward.core.files.errors import PictureRefused, StorageFull
from doorward.core.files.records import Key
from doorward.core.kernel.errors import Unavailable
from doorward.core.kernel.ids import new_id
from doorward.settings.problems import Problem, SettingsInvalid
from doorward.settings.record import Settings

_EDGE: Final = 1


def examine_keeping(settings: Settings) -> Iterator[tuple[str, Examined]]:
    """Return what was found of each thing that files need, by name. What is written for it is removed again."""
    if settings.files.files_origin is None:
        yield "files", Examined("nothing is kept: files_origin says where they would be served")
        return
    now = SystemClock().now()
    is_folder = urlsplit(settings.files.files_url.get_secret_value()).scheme == "file"
    yield "files", (_folder if is_folder else _bucket)(settings, now)
    yield "pictures", _pictures()
    yield "scanner", _scanner(settings)


def _folder(settings: Settings, now: datetime) -> Examined:
    folder = folder_of(settings.files.files_url.get_secret_value())
    if not folder.folder.exists():
        return Examined(f"{folder.folder} will be made with the first file")
    try:
        _try_out(folder, Key(new_id(now)))
    except (StorageFull, Unavailable) as error:
        said = f"Files cannot be written to {folder.folder}: {error.__cause__ or error.detail}."
        return _unfit(said, "Nobody can keep any.", "Make room, mend its permissions, or correct DOORWARD_FILES_URL.")
    return Examined(f"{folder.folder} can be written and read")


def _try_out(folder: FolderBytes, key: Key) -> None:
    pen = folder.pen(key)
    try:
        pen.write(b"doorward was here")
        pen.keep()
    finally:
        pen.drop()
    folder.remove(key)


def _bucket(settings: Settings, now: datetime) -> Examined:
    try:
        with explained():
            from doorward.adapters.s3.survey import Unfit, survey  # noqa: PLC0415 (a folder needs none of it)

            try:
                return Examined(survey(settings.files.files_url.get_secret_value(), name=f"doctor-{new_id(now)}"))
            except Unfit as unfit:
                what = f"Objects in the bucket cannot be {unfit.deed}: {unfit}."
                remedy = "Correct DOORWARD_FILES_URL, or what the key may do with the bucket."
                return _unfit(what, "Nobody can keep files, or get them back.", remedy)
    except SettingsInvalid as invalid:
        return Examined("cannot be used", invalid.problems[0])


def _pictures() -> Examined:
    if not is_installed():
        return Examined("nobody can set a picture: Pillow is not installed (pip install 'doorward[images]')")
    try:
        PillowPictures().shrink(_dot(), edge_pixels=_EDGE)
    except (PictureRefused, Unavailable) as error:
        why = "Nobody can set a picture."
        remedy = "Repair it: pip install --force-reinstall 'doorward[images]'"
        said = error.__cause__ or "it refuses a picture that is one"
        return _unfit(f"Pillow is installed and does not work: {said}.", why, remedy)
    return Examined("Pillow makes them smaller")


def _scanner(settings: Settings) -> Examined:
    url = settings.files.files_scan_url
    if url is None:
        return Examined("nothing is scanned for viruses")
    try:
        return Examined(survey_scanner(url, largest=settings.files.files_max_bytes))
    except UnfitScanner as unfit:
        why = "While that is so, no file is taken, or some are that nobody has looked at."
        remedy = "See docs/how-to/scan-uploads.md, or correct DOORWARD_FILES_SCAN_URL."
        return _unfit(f"The scanner cannot be used: {unfit}.", why, remedy)


def _unfit(what: str, why: str, remedy: str) -> Examined:
    return Examined("cannot be used", Problem(what, why, remedy))


def _dot() -> bytes:
    """Return a picture of one pixel."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    pixels = zlib.compress(bytes(2))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
