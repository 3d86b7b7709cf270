"""The least that an ASGI server does: 200, no body. `python -m benchmarks.limits.bare_asgi PORT`."""

import sys
from typing import Final

import uvicorn
from starlette.types import Receive, Scope, Send

READY: Final = "/"
_HEAD: Final = {"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]}
_BODY: Final = {"type": "http.response.body", "body": b""}


async def _nothing(scope: Scope, _: Receive, send: Send) -> None:
    if scope["type"] == "http":
        await send(dict(_HEAD))
        await send(dict(_BODY))


def main(port: int) -> None:
    """Serve until ended, with uvicorn set as `doorward serve` sets it."""
    uvicorn.run(
        _nothing,
        host="127.0.0.1",
        port=port,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        ws="none",
        lifespan="off",
        timeout_keep_alive=30,
    )


if __name__ == "__main__":
    main(int(sys.argv[1]))
