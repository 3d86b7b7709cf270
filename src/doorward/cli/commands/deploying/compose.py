"""`doorward compose`: every part as a container."""

import os
from pathlib import Path
from typing import Annotated

import typer

import doorward
from doorward.cli.options import DataDir, Json, polite
from doorward.cli.output import Voice
from doorward.cli.writing import TopologyFile, kept_lines, kept_secrets, left_over, write
from doorward.gateway.machines import compose as composing
from doorward.gateway.topology import FILE, read
from doorward.settings.load import load

_USER = 10_001


def compose(
    *,
    topology: TopologyFile = FILE,
    out: Annotated[
        Path, typer.Option("--out", help="The folder to write into; secrets that were made there stay.")
    ] = Path("compose"),
    data_dir: DataDir = None,
    as_json: Json = False,
) -> None:
    """Write compose.yaml, the image of Doorward, the configuration of every other part, and secrets as files."""
    voice = Voice(as_json)
    with polite(voice):
        loaded = load({"data_dir": data_dir})
        # Files of secrets are mounted as they are: who may read them here is who the processes there run as.
        owner = (_USER, _USER) if os.geteuid() == 0 else (os.geteuid(), os.getegid())
        kept = kept_secrets(out / "secrets")
        user = f"{owner[0]}:{owner[1]}"
        lines = kept_lines(out / ".env")
        version = doorward.__version__
        files = composing.written(loaded, read(topology), kept=kept, user=user, version=version, lines=lines)
        paths = write(files, out, owner=owner)
        data = out / "data"
        data.mkdir(mode=0o700, exist_ok=True)
        os.chown(data, *owner)
    voice.done(f"{len(paths)} files written into {out}.", {"written": paths})
    for problem in left_over(kept, files, out):
        voice.warn(problem)
    voice.note(f"  Start everything: docker compose --project-directory {out} up --build --detach")
