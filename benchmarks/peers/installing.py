"""Environments of peers: made once from lock files that lie in the repository, and kept in `build/peers/`."""

import hashlib
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from benchmarks.peers.peer import Say
from benchmarks.run import CannotMeasure

_ROOT: Final = Path(__file__).absolute().parents[2]
ENVIRONMENTS: Final = _ROOT / "build" / "peers"
_STAMP: Final = ".installed"
_SHOWN_CHARACTERS: Final = 800


def python_packages(folder: Path, lock: Path, say: Say) -> None:
    """Make `folder` a virtual environment that holds exactly what `lock` names, by version and hash.

    Raises: CannotMeasure.
    """
    stamp = _stamp([lock], sys.version)
    if _is_made(folder, stamp):
        return
    say(f"installing what {lock.parent.name}/{lock.name} names")
    shutil.rmtree(folder, ignore_errors=True)
    _run([sys.executable, "-m", "venv", str(folder)])
    pip = [str(folder / "bin" / "python"), "-m", "pip", "--quiet", "--disable-pip-version-check", "--no-input"]
    _run([*pip, "install", "--require-hashes", "--no-deps", "--requirement", str(lock)])
    (folder / _STAMP).write_text(stamp, encoding="ascii")


def node_packages(folder: Path, source: Path, say: Say) -> None:
    """Make `folder` hold the `node_modules` of the `package-lock.json` in `source`, and a copy of its programs.

    Raises: CannotMeasure.
    """
    programs = sorted(file for file in source.iterdir() if file.suffix in {".js", ".mjs", ".json", ".ts"})
    npm = shutil.which("npm")
    if npm is None:
        raise CannotMeasure("npm is not here; `scripts/system-parts node` brings it")
    stamp = _stamp([source / "package.json", source / "package-lock.json"], npm)
    if not _is_made(folder, stamp):
        say(f"installing what {source.name}/package-lock.json names")
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(source / name, folder)
        _run([npm, "ci", "--silent", "--no-audit", "--no-fund", "--prefix", str(folder)])
        (folder / _STAMP).write_text(stamp, encoding="ascii")
    for program in programs:
        shutil.copy(program, folder)


def system_part(part: str) -> None:
    """Let `scripts/system-parts` install what pip and npm cannot.

    Raises: CannotMeasure.
    """
    _run([str(_ROOT / "scripts" / "system-parts"), part])


def _stamp(files: Sequence[Path], tool: str) -> str:
    return hashlib.sha256(b"".join(file.read_bytes() for file in files) + tool.encode()).hexdigest()


def _is_made(folder: Path, stamp: str) -> bool:
    file = folder / _STAMP
    return file.is_file() and file.read_text(encoding="ascii") == stamp


def _run(command: Sequence[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 (our own words)
    if done.returncode:
        said = (done.stderr or done.stdout).strip()[-_SHOWN_CHARACTERS:]
        raise CannotMeasure(f"{Path(command[0]).name} {command[1]} failed: {said}")
