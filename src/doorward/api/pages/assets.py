"""Styles, scripts and pictures of the pages, under a path that changes with them and so may be cached for ever."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

from fastapi import APIRouter, Response

from doorward.api.classes import RouteClass
from doorward.core.kernel.errors import NotFound
from doorward.core.kernel.secrets import digest, encode

router = APIRouter(prefix="/static", tags=[RouteClass.PUBLIC], include_in_schema=False)

_FOLDER: Final = Path(__file__).parent / "static"
_TYPES: Final = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
_FOR_EVER: Final = "public, max-age=31536000, immutable"
_ASK_AGAIN: Final = "no-cache"
_VERSION_CHARACTERS: Final = 16


@router.get("/{version}/{name}")
async def show_asset(version: str, name: str) -> Response:
    """Answer a file. Under another version than ours, as while servers are being replaced, it is not to be kept."""
    content = _contents().get(name)
    if content is None:
        raise NotFound
    kept = _FOR_EVER if version == _version() else _ASK_AGAIN
    return Response(content, media_type=_TYPES[Path(name).suffix], headers={"cache-control": kept})


def static_path(root_path: str) -> str:
    """Return where the files are, without a slash at the end."""
    return f"{root_path}/static/{_version()}"


@cache
def _contents() -> Mapping[str, bytes]:
    """Return every file by its name; what is not in here is not there, however a path is spelled."""
    return {file.name: file.read_bytes() for file in sorted(_FOLDER.iterdir()) if file.suffix in _TYPES}


@cache
def _version() -> str:
    parts = (digest(name.encode()) + digest(content) for name, content in _contents().items())
    return encode(digest(b"".join(parts)))[:_VERSION_CHARACTERS]
