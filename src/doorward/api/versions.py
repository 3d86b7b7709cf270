"""Versions of the API: which one a path is of, what a later one takes over, and when what it replaced will end.

A version holds the resources that it changed, and all others stay where they were: so two versions of few resources
stand beside each other, never two APIs.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Final
from urllib.parse import quote

NONE: Final = "none"
"""What is said of a path whose form a specification fixed, or that is a page: it is of no version."""

SHORTEST_NOTICE: Final = timedelta(days=180)
"""How long a resource goes on at least, from the moment on from which one is asked to leave it."""

_VERSIONED: Final = re.compile(r"/(v[1-9][0-9]{0,3})(?=/)")
_MOST_PATHS: Final = 1024


@dataclass(frozen=True, slots=True)
class Ending:
    """That a resource will end: clients are asked to leave it, and told until when, where to, and what to change.

    From `sunset_at` on, any release may be without it. `successor` is the version in which the same resource goes on,
    or None. `explained_at` is the address of a page for people.
    Source: RFC 9745 section 2 (Deprecation), RFC 8594 section 3 (Sunset), RFC 5829 section 3.3 (successor-version).
    """

    deprecated_at: datetime
    sunset_at: datetime
    successor: str | None
    explained_at: str

    def __post_init__(self) -> None:
        """Refuse a notice that is too short.

        Raises: ValueError.
        """
        if self.sunset_at - self.deprecated_at < SHORTEST_NOTICE:
            raise ValueError(f"a resource goes on for {SHORTEST_NOTICE.days} days at least after it is deprecated")

    def told(self, path: str, *, base: str) -> list[tuple[bytes, bytes]]:
        """Return the header fields that say so to whoever asked for `path`; `base` is the issuer's address."""
        links = [f'<{self.explained_at}>; rel="deprecation"; type="text/html"']
        if self.successor is not None:
            target = f"{base.rstrip('/')}{quote(_in_version(path, self.successor))}"
            links.append(f'<{target}>; rel="successor-version"')
        return [
            (b"deprecation", b"@%d" % int(self.deprecated_at.timestamp())),
            (b"sunset", format_datetime(self.sunset_at, usegmt=True).encode()),
            (b"link", ", ".join(links).encode("latin-1")),
        ]


ENDINGS: Final[Mapping[str, Ending]] = MappingProxyType({})
"""What ends, by the path as declared. This release ends nothing."""


@lru_cache(maxsize=_MOST_PATHS)
def version_of(path: str) -> str:
    """Return the version that a declared path is of, such as `v1`, or NONE."""
    found = _VERSIONED.match(path)
    return found[1] if found else NONE


@lru_cache(maxsize=_MOST_PATHS)
def in_first(path: str) -> str:
    """Return a declared path as it is in the first version.

    What is said of a resource there holds in each later version of it too: its limits, what its body may be, that it
    is for sessions alone. So no new version can forget a defence.
    """
    return _in_version(path, "v1")


def check(endings: Mapping[str, Ending], paths: Collection[str]) -> None:
    """Return when everything that ends is there, and so is what succeeds it.

    Raises: ValueError.
    """
    for path, ending in endings.items():
        if path not in paths:
            raise ValueError(f"{path} is to end, and is no route")
        if ending.successor is None:
            continue
        after = _in_version(path, ending.successor)
        if after == path or after not in paths:
            raise ValueError(f"{path} is to end, and {ending.successor} has nothing in its place")


def _in_version(path: str, version: str) -> str:
    return _VERSIONED.sub(f"/{version}", path, count=1)
