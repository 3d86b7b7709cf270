"""A resource server, without a framework and in FastAPI: `python -m ... PORT ISSUER AUDIENCE`."""

import json
import sys
from typing import Final

from fastapi import FastAPI
from starlette.types import Receive, Scope, Send

from benchmarks.limits.serving import serve
from doorward.resource import Verifier, current_token
from doorward.resource.fastapi import CurrentUser, protect
from doorward.resource.middleware.asgi import ProtectedASGI

IN_FASTAPI: Final = "/in-fastapi/notes"
_READY: Final = "/ready"


async def _bare(scope: Scope, _: Receive, send: Send) -> None:
    """Answer with a note of whoever the token stands for."""
    note = {} if scope["path"] == _READY else {"note": f"a note of {current_token().subject}"}
    body = json.dumps(note).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _in_fastapi(verifier: Verifier) -> FastAPI:
    """Return the same as the documentation shows it."""
    app = FastAPI(openapi_url=None)
    protect(app, verifier)

    @app.get(IN_FASTAPI)
    async def read_notes(user: CurrentUser) -> dict[str, str]:
        return {"note": f"a note of {user.subject}"}

    return app


def main(port: int, issuer: str, audience: str) -> None:
    """Serve until ended."""
    verifier = Verifier(issuer, audience)
    bare, framework = ProtectedASGI(_bare, verifier, open_paths={_READY}), _in_fastapi(verifier)

    async def either(scope: Scope, receive: Receive, send: Send) -> None:
        await (framework if scope.get("path") == IN_FASTAPI else bare)(scope, receive, send)

    serve(either, port)


if __name__ == "__main__":
    main(int(sys.argv[1]), *sys.argv[2:])
