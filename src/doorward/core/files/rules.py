"""What is decided about files: their type by their first bytes, their names, and what they count for."""

import re
import unicodedata
from collections.abc import Collection, Sequence
from typing import Final

from doorward.core.files.records import Key, Part, Upload

TYPES: Final = {
    "image/png": re.compile(rb"\x89PNG\r\n\x1a\n"),
    "image/jpeg": re.compile(rb"\xff\xd8\xff"),
    "image/webp": re.compile(rb"RIFF....WEBPVP8[ LX]", re.DOTALL),
    "image/gif": re.compile(rb"GIF8[79]a"),
    "application/pdf": re.compile(rb"%PDF-\d\.\d"),
    "application/zip": re.compile(rb"PK(?:\x03\x04|\x05\x06)"),
    "application/gzip": re.compile(rb"\x1f\x8b\x08"),
    "video/mp4": re.compile(rb"\x00\x00\x00.ftyp(?:isom|iso[2-6]|mp4[12]|avc1|M4V |MSNV)", re.DOTALL),
}
"""The media types that can be told, by what their first bytes look like."""

DEFAULT_TYPES: Final = ("image/png", "image/jpeg", "image/webp", "application/pdf", "application/zip")
PICTURE_TYPES: Final = ("image/png", "image/jpeg", "image/webp")
HEAD_BYTES: Final = 16
"""How many bytes tell a type."""

ENDINGS: Final = {
    "image/png": ("png",),
    "image/jpeg": ("jpg", "jpeg"),
    "image/webp": ("webp",),
    "image/gif": ("gif",),
    "application/pdf": ("pdf",),
    "application/zip": ("zip", "docx", "xlsx", "pptx", "odt", "ods", "odp", "epub"),
    "application/gzip": ("gz", "tgz"),
    "video/mp4": ("mp4", "m4v"),
}
"""What names of each type end in. Whoever opens a file that was saved goes by its name, not by its type."""

MOST_PARTS: Final = 10_000
PARTS_OF_ANY: Final = 16
BYTES_A_PART: Final = 64 << 10
LEAST_CHARGE: Final = 4096
"""What even the smallest file counts for, so that a quota bounds how many there are."""

NAME_BYTES: Final = 200
_UNNAMED: Final = "file"
_KEPT_OUT: Final = frozenset('"*:<>?|\\/')
_INVISIBLE: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def sniff(head: bytes, types: Collection[str]) -> str | None:
    """Return which of `types` the first bytes of a file are of, or None. What was said of them is never asked."""
    return next((name for name in types if TYPES[name].match(head)), None)


def clean_name(presented: str) -> str:
    """Return what a file may be called: no folder before it, nothing that cannot be seen, not too long.

    What turns letters around (bidirectional controls) is among what cannot be seen.
    Source: Unicode Technical Report 36 section 2.10; OWASP File Upload Cheat Sheet.
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", presented))[-1]
    seen = "".join(letter for letter in last if unicodedata.category(letter) not in _INVISIBLE)
    name = " ".join("".join("_" if letter in _KEPT_OUT else letter for letter in seen).split()).strip(". ")
    return _cut(name, NAME_BYTES) or _UNNAMED


def name_of_type(name: str, media_type: str) -> str:
    """Return a cleaned name that ends as names of its type do."""
    endings = ENDINGS[media_type]
    stem, dot, ending = name.rpartition(".")
    return name if dot and stem and ending.lower() in endings else f"{name}.{endings[0]}"


def charge(size: int) -> int:
    """Return how many bytes of a quota a file of this size takes."""
    return max(size, LEAST_CHARGE)


def most_parts(length: int) -> int:
    """Return in how many parts an upload may come: a few for lost lines, and no fewer bytes in each than pay for it.

    Each part is a file until the upload ends, and takes a block and a name however short it is.
    """
    return min(MOST_PARTS, PARTS_OF_ANY + length // BYTES_A_PART)


def standing(upload: Upload, reached: int) -> int:
    """Return where an upload stands after bytes up to `reached`: the last one is not counted before the file is whole.

    Should everything stop before that, the last byte is sent again, and the file is made whole then.
    """
    return min(reached, upload.length - 1)


def pieces(parts: Sequence[Part], length: int) -> list[tuple[Key, int]]:
    """Return what the parts of a whole upload are joined by: each key, and how many of its bytes count.

    A part counts up to where the next one starts.
    """
    ends = [*(part.start for part in parts[1:]), length]
    return [(part.key, end - part.start) for part, end in zip(parts, ends, strict=True)]


def _cut(text: str, most_bytes: int) -> str:
    return text.encode()[:most_bytes].decode(errors="ignore").strip(". ")
