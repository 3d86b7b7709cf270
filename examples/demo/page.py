"""The client that runs in a browser: built by Node.js, and served as the files that come of it."""

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from examples.demo.agents import HERE, PROJECT, Agents, Trouble, answers
from examples.demo.place import PAGE, Place

SOURCE: Final = PROJECT / "examples" / "spa"
_LOCK: Final = SOURCE / "package-lock.json"
_INSTALLED: Final = SOURCE / "node_modules" / ".package-lock.json"
_NO_NODE: Final = "Install it (on Debian: scripts/system-parts node), or go on without the page: --without-page"


class Files(StaticFiles):
    """Files, and the one page for every path that is none: which view that shows, the page decides."""

    def __init__(self, directory: Path, policy: str) -> None:
        super().__init__(directory=directory, html=True)
        self.policy = policy

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Return a file, or the page."""
        try:
            answer = await super().get_response(path, scope)
        except HTTPException as missing:
            if missing.status_code != 404 or Path(path).suffix:  # noqa: PLR2004 (a status)
                raise
            answer = await super().get_response("index.html", scope)
        answer.headers["content-security-policy"] = self.policy
        return answer


def served() -> Starlette:
    """Return the application that serves the page; where things are comes from the environment."""
    others = f"{os.environ['PAGE_ISSUER']} {os.environ['PAGE_API']}"
    policy = f"default-src 'self'; connect-src 'self' {others}; base-uri 'none'; frame-ancestors 'none'"
    return Starlette(routes=[Mount("/", Files(Path(os.environ["PAGE_FILES"]), policy))])


def require_node() -> str:
    """Return the program that builds the page.

    Raises: Trouble.
    """
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        raise Trouble("Node.js is missing, which builds the page.", _NO_NODE)
    return npm


def build(place: Place, agents: Agents, tell: Callable[[str], object]) -> Path:
    """Build the page for these addresses, and return the folder with its files.

    Raises: Trouble.
    """
    files = agents.folder / "page"
    values = {"VITE_ISSUER": place.issuer, "VITE_CLIENT_ID": PAGE, "VITE_API": place.api}
    build_into(files, agents.environment(values), tell)
    return files


def build_into(files: Path, environment: Mapping[str, str], tell: Callable[[str], object], *, base: str = "/") -> None:
    """Build the page that will be served below the path `base`, for the addresses that stand in the environment.

    Raises: Trouble.
    """
    npm = require_node()
    if not _is_installed():
        tell("Installing what the page is built with, once ...")
        _run(environment, [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"])
    tell("Building the page ...")
    _run(environment, [npm, "run", "build", "--", "--outDir", str(files), "--emptyOutDir", "--base", base])


def start(place: Place, agents: Agents, files: Path) -> None:
    """Serve the page."""
    values = {"PAGE_FILES": str(files), "PAGE_ISSUER": place.issuer, "PAGE_API": place.api}
    serving = ("-m", "uvicorn", "--factory", "examples.demo.page:served", "--host", HERE)
    agents.start("page", *serving, "--port", f"{place.ports[3]}", "--log-level", "warning", values=values)
    agents.wait_for("page", lambda: answers(place.page))


def _is_installed() -> bool:
    """Tell whether what the lock names is there: npm leaves a list of what it installed, at the very end."""
    if not _INSTALLED.exists():
        return False
    installed, locked = (json.loads(file.read_text("utf-8"))["packages"] for file in (_INSTALLED, _LOCK))
    needed = [f"node_modules/{name}" for name in locked[""]["devDependencies"]]
    is_right = all(each["version"] == locked.get(name, {}).get("version") for name, each in installed.items())
    return is_right and all(name in installed for name in needed)


def _run(environment: Mapping[str, str], words: Sequence[str]) -> None:
    ran = subprocess.run(list(words), cwd=SOURCE, env=environment, capture_output=True, text=True, check=False)
    if ran.returncode:
        said = "\n".join((ran.stdout + ran.stderr).splitlines()[-15:])
        raise Trouble(f"`npm {' '.join(words[1:3])}` failed in examples/spa.", said)
