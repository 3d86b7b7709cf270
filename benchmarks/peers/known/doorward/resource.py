"""A resource server as the documentation shows it: `python -m ... PORT ISSUER AUDIENCE`."""

import sys

import uvicorn
from fastapi import FastAPI

from doorward.resource import Verifier
from doorward.resource.fastapi import CurrentUser, protect


def main(port: int, issuer: str, audience: str) -> None:
    """Serve until ended, with uvicorn set as `doorward serve` sets it."""
    app = FastAPI(openapi_url=None)
    protect(app, Verifier(issuer, audience))

    @app.get("/notes")
    async def read_notes(user: CurrentUser) -> dict[str, str]:
        return {"note": f"a note of {user.subject}"}

    @app.get("/ready")
    async def ready() -> dict[str, str]:
        return {}

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
    main(int(sys.argv[1]), *sys.argv[2:])
