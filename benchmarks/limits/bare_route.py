"""A bare Starlette route on uvicorn: `python -m benchmarks.limits.bare_route PORT`."""

import sys
from typing import Final

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from benchmarks.limits.serving import serve

PATH: Final = "/bare"


async def _me(_: Request) -> JSONResponse:
    return JSONResponse(
        {
            "id": "01k9zq8n4v6t2r0p8m6k4j2h0g",
            "username": "somebody",
            "email": "somebody@example.com",
            "is_verified": True,
            "roles": [],
            "created_at": "2026-01-01T00:00:00Z",
        }
    )


def main(port: int) -> None:
    """Serve until ended."""
    app = Starlette(routes=[Route(PATH, _me)])
    serve(app, port)


if __name__ == "__main__":
    main(int(sys.argv[1]))
