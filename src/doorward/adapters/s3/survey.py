"""Trying out a bucket, before somebody's file is the first to find out."""

from collections.abc import Callable
from datetime import timedelta
from typing import Final

import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store

from doorward.adapters.s3.bucket import opened, reason
from doorward.adapters.s3.place import S3Place

_PATIENCE: Final = timedelta(seconds=5)
_CONTENT: Final = b"doorward was here"


class Unfit(Exception):
    """Something that files need cannot be done there. `deed` says what, in words of ours, and the text why."""

    def __init__(self, deed: str, why: str) -> None:
        super().__init__(why)
        self.deed = deed


def survey(url: str, *, name: str) -> str:
    """Do once what files need, with an object called `name`, which is none of a file, and return which bucket it was.

    Raises: Unfit. ValueError, when the URL cannot be read.
    """
    place = S3Place.parse(url)
    store = opened(place, timeout=_PATIENCE)
    deeds: dict[str, Callable[[], object]] = {
        "written": lambda: obstore.put(store, name, _CONTENT, use_multipart=False),
        "read in part": lambda: _require_part(store, name),
        "listed": lambda: obstore.list(store, name).collect(),
        "removed": lambda: obstore.delete(store, name),
    }
    for deed, tried in deeds.items():
        try:
            tried()
        except (BaseError, OSError) as error:
            raise Unfit(deed, reason(error)) from error
    return f"{place} can be written, read in part, listed and removed"


def _require_part(store: S3Store, name: str) -> None:
    start, stop = 3, 9
    if bytes(obstore.get_range(store, name, start=start, end=stop)) != _CONTENT[start:stop]:
        raise OSError("another part than what was asked for came back")
