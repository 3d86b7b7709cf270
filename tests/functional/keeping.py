"""Hands for files: uploads in the words of the tus protocol, from a browser or an app, and what comes back."""

import base64
import hashlib
from collections.abc import Iterable
from typing import Final

from httpx2 import Response

from tests.functional.site import App, Browser, Site
from tests.house import FILES_ORIGIN

PDF: Final = b"%PDF-1.7\n" + b"x" * 91
PNG: Final = b"\x89PNG\r\n\x1a\n" + b"p" * 40
TUS: Final = {"tus-resumable": "1.0.0"}
BYTES: Final = {**TUS, "content-type": "application/offset+octet-stream"}

Visitor = Browser | App


def root(visitor: Visitor) -> str:
    """Return what the addresses for a kind of visitor begin with."""
    return "/v1/web" if isinstance(visitor, Browser) else "/v1/mobile"


def sent(
    visitor: Visitor, method: str, path: str, content: bytes | Iterable[bytes] = b"", /, **headers: str
) -> Response:
    """Send bytes below a visitor's own addresses."""
    told = {name.replace("_", "-"): value for name, value in headers.items()}
    if isinstance(visitor, Browser):
        told.setdefault("x-csrf-token", visitor.token())
    else:
        told.setdefault("authorization", f"Bearer {visitor.access_token}")
    return visitor.client.request(method, f"{root(visitor)}{path}", content=content, headers=told)


def named(name: str) -> str:
    """Return the metadata of an upload that has a name."""
    return f"filename {base64.b64encode(name.encode()).decode()}"


def begun(visitor: Visitor, length: int = len(PDF), name: str = "report.pdf") -> str:
    """Begin an upload, and return its address below the visitor's own."""
    answer = sent(visitor, "POST", "/files", **TUS, upload_length=str(length), upload_metadata=named(name))
    assert answer.status_code == 201, answer.text
    return answer.headers["location"].partition(root(visitor))[2]


def appended(visitor: Visitor, place: str, content: bytes, *, offset: int = 0, **headers: str) -> Response:
    """Send the bytes of an upload from an offset on."""
    return sent(visitor, "PATCH", place, content, **BYTES, upload_offset=str(offset), **headers)


def kept(visitor: Visitor, content: bytes = PDF, name: str = "report.pdf") -> str:
    """Keep a file, and return its id."""
    place = begun(visitor, len(content), name)
    answer = appended(visitor, place, content)
    assert answer.status_code == 204, answer.text
    return place.rpartition("/")[2]


def shown(visitor: Visitor, file_id: str) -> dict[str, str]:
    """Return the record of a file."""
    answer = visitor.get(f"{root(visitor)}/files/{file_id}")
    assert answer.status_code == 200, answer.text
    record: dict[str, str] = answer.json()
    return record


def stands_at(visitor: Visitor, place: str) -> int:
    """Return where an upload stands."""
    answer = sent(visitor, "HEAD", place, **TUS)
    assert answer.status_code == 200
    return int(answer.headers["upload-offset"])


def fetched(site: Site, url: str, method: str = "GET", **headers: str) -> Response:
    """Ask the origin of files for something, as a browser that has no cookie there."""
    told = {name.replace("_", "-"): value for name, value in headers.items()}
    return site.client().request(method, url, headers=told)


def checked(content: bytes, algorithm: str = "sha1") -> str:
    """Return what a checksum says of bytes."""
    digest = hashlib.new(algorithm, content, usedforsecurity=False).digest()
    return f"{algorithm} {base64.b64encode(digest).decode()}"


def on_files(path: str) -> str:
    """Return an address on the origin of files."""
    return f"{FILES_ORIGIN}{path}"
