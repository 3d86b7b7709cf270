"""A form with a file in it, as browsers send it without any script.

Source: RFC 7578; RFC 2046 section 5.1.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from doorward.api.refusals import BodyMalformed, ContentTypeRefused

FORM_BYTES: Final = 16 * 1024
"""What a form may have beside its file."""

_TYPE: Final = re.compile(r'multipart/form-data; ?boundary="?([\w\'()+,./:=?-]{1,70})"?', re.ASCII | re.IGNORECASE)
_NAME: Final = re.compile(rb'content-disposition: form-data; name="([a-z_]{1,40})"(; filename=.*)?', re.IGNORECASE)
_MOST_PARTS: Final = 10


@dataclass(frozen=True, slots=True)
class FileForm:
    """The fields of a form, and the bytes of each file in it. Nothing else that is said of a file is kept."""

    fields: Mapping[str, str]
    files: Mapping[str, bytes]


def read_file_form(body: bytes, content_type: str | None) -> FileForm:
    """Return what a form holds; each field and each file may come once.

    Raises: ContentTypeRefused, BodyMalformed.
    """
    said = _TYPE.fullmatch(content_type or "")
    if said is None:
        raise ContentTypeRefused
    first, *parts = (b"\r\n" + body).split(b"\r\n--" + said[1].encode(), _MOST_PARTS + 2)
    if first or not parts or not parts.pop().startswith(b"--") or len(parts) > _MOST_PARTS:
        raise BodyMalformed
    fields: dict[str, str] = {}
    files: dict[str, bytes] = {}
    for part in parts:
        name, content, is_file = _read(part)
        if name in fields or name in files:
            raise BodyMalformed
        if is_file:
            files[name] = content
        else:
            fields[name] = _text(content)
    return FileForm(fields, files)


def _read(part: bytes) -> tuple[str, bytes, bool]:
    head, found, content = part.partition(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    names = [name for name in map(_NAME.fullmatch, lines) if name is not None]
    if not found or lines[0] or len(names) != 1:
        raise BodyMalformed
    return names[0][1].decode(), content, names[0][2] is not None


def _text(content: bytes) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError:
        raise BodyMalformed from None
