"""The least that an ASGI server does: 200, no body. `python -m benchmarks.limits.bare_asgi PORT`."""

import sys
from typing import Final

from starlette.types import Receive, Scope, Send

from benchmarks.limits.serving import serve

READY: Final = "/"
_HEAD: Final = {"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]}
_BODY: Final = {"type": "http.response.body", "body": b""}


async def _nothing(scope: Scope, _: Receive, send: Send) -> None:
    if scope["type"] == "http":
        await send(dict(_HEAD))
        await send(dict(_BODY))


def main(port: int) -> None:
    """Serve until ended."""
    serve(_nothing, port)


if __name__ == "__main__":
    main(int(sys.argv[1]))
