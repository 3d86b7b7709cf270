"""Bare Starlette routes that answer the bytes of files: `python -m benchmarks.limits.bare_bytes PORT FOLDER`.

Where the name of a file says so, each answer costs one ES256 signature besides.
"""

import sys
from pathlib import Path
from typing import Final

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from benchmarks.limits.serving import serve
from benchmarks.limits.signing import signer

READY: Final = "/ready"
SIGNED: Final = ".signed"


async def _ready(_: Request) -> Response:
    return Response(b"{}", media_type="application/json")


def _route(file: Path) -> Route:
    body, sign = file.read_bytes(), signer() if file.suffix == SIGNED else None

    async def answer(request: Request) -> Response:
        await request.body()
        if sign is not None:
            sign()
        return Response(body, media_type="application/json")

    return Route(f"/{file.name}", answer, methods=["GET", "POST"])


def main(port: int, folder: Path) -> None:
    """Serve until ended."""
    app = Starlette(routes=[Route(READY, _ready), *map(_route, sorted(folder.iterdir()))])
    serve(app, port)


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
