"""A resource server as the documentation shows it: `python -m ... PORT ISSUER AUDIENCE`."""

import sys

from fastapi import FastAPI

from benchmarks.limits.serving import serve
from doorward.resource import Verifier
from doorward.resource.fastapi import CurrentUser, protect


def main(port: int, issuer: str, audience: str) -> None:
    """Serve until ended."""
    app = FastAPI(openapi_url=None)
    protect(app, Verifier(issuer, audience))

    @app.get("/notes")
    async def read_notes(user: CurrentUser) -> dict[str, str]:
        return {"note": f"a note of {user.subject}"}

    @app.get("/ready")
    async def ready() -> dict[str, str]:
        return {}

    serve(app, port)


if __name__ == "__main__":
    main(int(sys.argv[1]), *sys.argv[2:])
