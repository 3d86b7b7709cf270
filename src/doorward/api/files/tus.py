"""The tus protocol: what its header fields say, and what answers carry.

Source: tus resumable upload protocol 1.0.0, with the extensions creation, creation-with-upload, expiration, checksum
and termination.
"""

import base64
import binascii
from collections.abc import Mapping
from email.utils import format_datetime
from typing import Final

from starlette.responses import Response

from doorward.api.refusals import ContentTypeRefused, UploadMalformed, VersionRefused
from doorward.api.visit import Visit
from doorward.core.files.append_to_upload import CHECKSUMS, Checksum
from doorward.core.files.records import Progress

VERSION: Final = "1.0.0"
EXTENSIONS: Final = "creation,creation-with-upload,expiration,checksum,termination"
MEDIA_TYPE: Final = "application/offset+octet-stream"
_LONGEST_NUMBER: Final = 16


def require_version(visit: Visit) -> None:
    """Return when a request speaks our version, and let its answer say so.

    Raises: VersionRefused.
    """
    visit.added_headers.append((b"tus-resumable", VERSION.encode()))
    if visit.header(b"tus-resumable") != VERSION:
        visit.added_headers.append((b"tus-version", VERSION.encode()))
        raise VersionRefused


def require_bytes(visit: Visit) -> None:
    """Return when the body of a request is declared to be bytes of an upload.

    Raises: ContentTypeRefused.
    """
    if visit.header(b"content-type") != MEDIA_TYPE:
        raise ContentTypeRefused


def number(visit: Visit, name: bytes) -> int:
    """Return what a header field says that holds a number.

    Raises: UploadMalformed.
    """
    said = visit.header(name)
    if said is None or not (said.isascii() and said.isdecimal()) or len(said) > _LONGEST_NUMBER:
        raise UploadMalformed
    return int(said)


def metadata(visit: Visit) -> Mapping[str, str]:
    """Return what an upload says of itself: names, and values that were written in base 64.

    Raises: UploadMalformed.
    """
    said: dict[str, str] = {}
    for pair in (visit.header(b"upload-metadata") or "").split(","):
        name, _, value = pair.strip().partition(" ")
        if not name:
            continue
        try:
            said[name] = base64.b64decode(value, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            raise UploadMalformed from None
    return said


def checksum(visit: Visit) -> Checksum | None:
    """Return what the bytes of a request should come to, if that is said.

    Raises: UploadMalformed.
    """
    said = visit.header(b"upload-checksum")
    if said is None:
        return None
    algorithm, _, value = said.partition(" ")
    if algorithm not in CHECKSUMS:
        raise UploadMalformed
    try:
        return Checksum(algorithm, base64.b64decode(value, validate=True))
    except binascii.Error:
        raise UploadMalformed from None


def capabilities(max_bytes: int) -> Response:
    """Return the answer to OPTIONS: what is spoken here."""
    return Response(
        status_code=204,
        headers={
            "tus-resumable": VERSION,
            "tus-version": VERSION,
            "tus-extension": EXTENSIONS,
            "tus-max-size": str(max_bytes),
            "tus-checksum-algorithm": ",".join(CHECKSUMS),
        },
    )


def stands(progress: Progress, place: str, *, status: int = 204) -> Response:
    """Return the answer that tells where an upload stands; one that is whole says where the file is, below `place`."""
    headers = {"upload-offset": str(progress.offset), "upload-length": str(progress.length)}
    if progress.expires_at is not None:
        headers["upload-expires"] = format_datetime(progress.expires_at, usegmt=True)
    if progress.file is not None:
        headers["content-location"] = f"{place}/{progress.file.id}"
    return Response(status_code=status, headers=headers)
