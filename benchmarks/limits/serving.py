"""How what Doorward is held against is served: as `doorward serve` sets uvicorn, with uvicorn's own protocol."""

import uvicorn
from starlette.types import ASGIApp

from benchmarks.processes import HOST


def serve(app: ASGIApp, port: int) -> None:
    """Serve until ended."""
    uvicorn.run(
        app,
        host=HOST,
        port=port,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        ws="none",
        timeout_keep_alive=30,
    )
