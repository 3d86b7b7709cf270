"""The files of an application, read once: what is not among them is not there, however a path is spelled."""

import gzip
import mimetypes
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Final

from doorward.settings.problems import Problem, SettingsInvalid

INDEX: Final = "index.html"
FINGERPRINTED: Final = "assets"
"""The folders whose files have names that change with them."""

SOURCE_MAP: Final = ".map"

MOST_BYTES: Final = 256 * 1024 * 1024
"""How large all files together may be: they are held in memory."""

_FOR_EVER: Final = "public, max-age=31536000, immutable"
_ASK_AGAIN: Final = "no-cache"
_TEXTS: Final = ("text/", "application/json", "application/manifest+json", "image/svg+xml", "application/wasm")
_WORTH_COMPRESSING: Final = 1024
_UNKNOWN: Final = "application/octet-stream"
_TYPES: Final[Mapping[str, str]] = {
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
    ".webmanifest": "application/manifest+json",
    ".wasm": "application/wasm",
}


@dataclass(frozen=True, slots=True)
class File:
    """A file, and how long browsers may keep it. `compressed` is None where that saves nothing."""

    content: bytes = field(repr=False)
    compressed: bytes | None = field(repr=False)
    kind: str
    tag: str
    kept: str


def read(root: Path, *, with_source_maps: bool = False) -> Mapping[str, File]:
    """Return every file below a folder, by its path there; hidden ones, and links that lead out of it, are left out.

    Raises: SettingsInvalid, where there is no index, or more than is held in memory; OSError.
    """
    found, size = {}, 0
    for name, path in _named(root.resolve()):
        if path.suffix == SOURCE_MAP and not with_source_maps:
            continue
        size += path.stat().st_size
        if size > MOST_BYTES:
            why = f"They are held in memory, and all together may have {MOST_BYTES // 1024**2} MiB."
            raise SettingsInvalid([Problem(f"The files in {root} are too large.", why, "Serve large ones elsewhere.")])
        found[name] = _file(name, path.read_bytes())
    if INDEX not in found:
        why = "Every address of the application that is no file is answered with it."
        raise SettingsInvalid(
            [Problem(f"There is no {INDEX} in {root}.", why, "Build the application, or correct --root.")]
        )
    return found


def _named(root: Path) -> Iterator[tuple[str, Path]]:
    for path in sorted(root.rglob("*")):
        parts = path.relative_to(root).parts
        if path.is_file() and path.resolve().is_relative_to(root) and not any(each.startswith(".") for each in parts):
            yield "/".join(parts), path


def _file(name: str, content: bytes) -> File:
    suffix = Path(name).suffix
    kind = _TYPES.get(suffix) or mimetypes.guess_type(name)[0] or _UNKNOWN
    is_fingerprinted = FINGERPRINTED in name.split("/")[:-1]
    return File(
        content,
        _compressed(content) if kind.startswith(_TEXTS) else None,
        kind,
        sha256(content).hexdigest()[:32],
        _FOR_EVER if is_fingerprinted else _ASK_AGAIN,
    )


def _compressed(content: bytes) -> bytes | None:
    if len(content) < _WORTH_COMPRESSING:
        return None
    packed = gzip.compress(content, mtime=0)
    return packed if len(packed) < len(content) else None
