"""The frontend server: the page, below its path, built by Node.js beforehand."""

import os
from pathlib import Path

from starlette.applications import Starlette
from starlette.routing import Mount

from examples.demo.page import Files


def served() -> Starlette:
    """Return the application that serves the page; where things are comes from the environment."""
    policy = f"default-src 'self'; connect-src 'self' {os.environ['PAGE_API']}; base-uri 'none'; frame-ancestors 'none'"
    return Starlette(routes=[Mount(os.environ["PAGE_PATH"].rstrip("/"), Files(Path(os.environ["PAGE_FILES"]), policy))])
