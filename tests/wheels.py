"""The wheel of this tree, built and unpacked without fetching anything, once in a test run."""

import fcntl
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from tests.processes import PROJECT


def wheel(run: Path) -> Path:
    """Return the wheel of this tree. `run` is the folder that all processes of a test run share."""
    (built,) = once(run / "wheel", _build).glob("doorward-*.whl")
    return built


def site(run: Path) -> Path:
    """Return the folder into which it is installed; what it needs comes from the environment of the tests."""
    return once(run / "site", lambda folder: _install(wheel(run), folder))


def once(folder: Path, fill: Callable[[Path], None]) -> Path:
    """Return a folder that is filled by whichever process asks for it first, while the others wait."""
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            half = folder.with_suffix(".half")
            shutil.rmtree(half, ignore_errors=True)
            fill(half)
            half.rename(folder)
    return folder


def _build(folder: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(build, cwd=PROJECT, check=True, capture_output=True)


def _install(built: Path, folder: Path) -> None:
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--target", str(folder)]
    subprocess.run([*pip, str(built)], check=True, capture_output=True)
