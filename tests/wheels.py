"""Wheels of this tree, or of another one, built and unpacked without fetching anything."""

import subprocess
import sys
from pathlib import Path

from tests.processes import PROJECT


def built(folder: Path, tree: Path = PROJECT) -> Path:
    """Return the wheel of a tree, built into `folder`."""
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(build, cwd=tree, check=True, capture_output=True)
    (wheel,) = folder.glob("doorward-*.whl")
    return wheel


def installed(wheel: Path, target: Path) -> Path:
    """Return the folder that a wheel was installed into; what it needs comes from the environment of the tests."""
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--target", str(target)]
    subprocess.run([*pip, str(wheel)], check=True, capture_output=True)
    return target
