"""The tus protocol: what its header fields say, and what answers carry.

Source: tus resumable upload protocol 1.0.0, with the extensions creation, creation-with-upload, expiration, checksum
and termination.
"""

import base64
import binascii
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
_NAME: Final = "filename"


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


def file_name(visit: Visit) -> str:
    """Return the `filename` in what an upload says of itself, empty without one; what else it says is not kept.

    Raises: UploadMalformed, also when a key comes twice, or the name is no UTF-8.
    """
    said: dict[str, bytes] = {}
    for pair in (visit.header(b"upload-metadata") or "").split(","):
        key, _, value = pair.strip().partition(" ")
        if key in said:
            raise UploadMalformed
        if key:
            said[key] = _decoded(value)
    try:
        return said.get(_NAME, b"").decode()
    except UnicodeDecodeError:
        raise UploadMalformed from None


def _decoded(value: str) -> bytes:
    try:
        return base64.b64decode(value, validate=True)
    except binascii.Error:
        raise UploadMalformed from None


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
    return Checksum(algorithm, _decoded(value))


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
    if progress.name is not None:
        headers["upload-metadata"] = f"{_NAME} {base64.b64encode(progress.name.encode()).decode()}"
    if progress.file is not None:
        headers["content-location"] = f"{place}/{progress.file.id}"
    return Response(status_code=status, headers=headers)
