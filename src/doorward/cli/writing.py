"""Writing the files that run every part: those of before are replaced, secrets that were made stay."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated

import typer

from doorward.cli.output import Voice
from doorward.gateway.machines.files import Files
from doorward.gateway.topology import check_file
from doorward.settings.problems import Problem

TopologyFile = Annotated[Path, typer.Option("--topology", help="The file that says what stands where.")]
_OWNERS_ALONE = 0o700


def plain(path: Path, voice: Voice) -> Path:
    """Return a path that can be named in every configuration, or end the command and say why not."""
    try:
        return check_file(path)
    except ValueError as error:
        problem = Problem(f"{path} cannot be named in a configuration.", f"There, {error}.", "Choose another one.")
        voice.refuse(problem, code="FILE_UNUSABLE")


def kept_secrets(folder: Path) -> Mapping[str, str]:
    """Return the secrets that stand in a folder already, by their names.

    Raises: OSError.
    """
    if not folder.is_dir():
        return {}
    return {path.name: path.read_text("utf-8") for path in sorted(folder.iterdir()) if path.is_file()}


def kept_lines(path: Path) -> list[str]:
    """Return the lines that stand in a file already; none where there is no such file.

    Raises: OSError.
    """
    return path.read_text("utf-8").splitlines() if path.is_file() else []


def left_over(kept: Mapping[str, str], files: Files, out: Path) -> Iterator[Problem]:
    """Yield a problem for each secret that stands in a folder, and that nothing reads any more."""
    for name in kept:
        if f"secrets/{name}" not in files:
            what = f"{out / 'secrets' / name} is read by nothing that was written: doorward.toml does not give it."
            yield Problem(what, "Secrets that nobody needs are found by somebody.", "Remove it, or give it again.")


def write(files: Files, out: Path, *, owner: tuple[int, int] | None = None) -> list[str]:
    """Write files below a folder, and return their paths; secrets are given to `owner`, who alone reads them.

    Raises: OSError.
    """
    for name, file in files.items():
        path = out / name
        path.parent.mkdir(mode=_OWNERS_ALONE if file.is_secret else 0o755, parents=True, exist_ok=True)
        # A file beside it takes its place at once: nobody reads half of it, nor with another mode.
        beside = path.with_name(f".{path.name}.new")
        beside.unlink(missing_ok=True)
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, file.mode)
        with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
            opened.write(file.text)
        if owner is not None and file.is_secret:
            os.chown(beside, *owner)
        beside.replace(path)
    return [str(out / name) for name in sorted(files)]
