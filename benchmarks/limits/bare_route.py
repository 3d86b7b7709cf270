"""A bare Starlette route on uvicorn: `python -m benchmarks.limits.bare_route PORT`."""

import sys
from typing import Final

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

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
    """Serve until ended, with uvicorn set as `doorward serve` sets it."""
    app = Starlette(routes=[Route(PATH, _me)])
    uvicorn.run(
        app,
        host="127.0.0.1",
        port=port,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        ws="none",
        timeout_keep_alive=30,
    )


if __name__ == "__main__":
    main(int(sys.argv[1]))
