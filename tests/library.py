"""The browser library as people load it: built from its sources, once, whoever asks first."""

import fcntl
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Final

from tests.parts import require_node

FOLDER: Final = Path(__file__).parents[1] / "clients" / "js"
BUILT: Final = FOLDER / "dist" / "doorward.js"
EXAMPLE: Final = Path(__file__).parents[1] / "examples" / "spa"


@cache
def library() -> Path:
    """Return the built file."""
    require_node()
    with _alone("library"):
        sources = (*FOLDER.glob("src/*.ts"), FOLDER / "build.mjs", FOLDER / "package-lock.json")
        if not (FOLDER / "node_modules" / "esbuild").is_dir():
            run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", folder=FOLDER)
        if not BUILT.is_file() or BUILT.stat().st_mtime < max(each.stat().st_mtime for each in sources):
            run("npm", "run", "build", folder=FOLDER)
    return BUILT


def example(folder: Path, **variables: str) -> Path:
    """Build the example of a single page into a folder, for the addresses that are given, and return the folder."""
    install_example()
    run("npx", "vite", "build", "--outDir", str(folder), "--emptyOutDir", folder=EXAMPLE, **variables)
    return folder


def install_example() -> None:
    """Install what the example is built with."""
    require_node()
    with _alone("example"):
        if not (EXAMPLE / "node_modules" / "vite").is_dir():
            run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", folder=EXAMPLE)


def installed(folder: Path) -> Path:
    """Return a folder of Node's with what its lock names, which is installed when that has changed."""
    require_node()
    stamp = folder / "node_modules" / ".installed"
    with (folder / "package-lock.json").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # tests of several processes need it at the same moment
        wanted = lock.read()
        if not stamp.is_file() or stamp.read_text() != wanted:
            run("npm", "ci", "--no-audit", "--no-fund", folder=folder)
            stamp.write_text(wanted)
    return folder


def run(*command: str, folder: Path, **variables: str) -> str:
    """Run a program of Node's, and return what it says.

    Raises: AssertionError, with all that it said.
    """
    told = [f"{name}={value}" for name, value in variables.items()]
    said = subprocess.run(["env", *told, *command], cwd=folder, capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stdout + said.stderr
    return said.stdout


@contextmanager
def _alone(name: str) -> Iterator[None]:
    """Keep the other processes of a test run out meanwhile."""
    with (Path(tempfile.gettempdir()) / f"doorward-tests-{name}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
