"""`doorward systemd`: units for every machine."""

from pathlib import Path
from typing import Annotated

import typer

from doorward.cli.options import DataDir, Json, polite
from doorward.cli.output import Voice
from doorward.cli.writing import TopologyFile, kept_secrets, left_over, plain, write
from doorward.gateway.machines import systemd as units
from doorward.gateway.topology import FILE, read
from doorward.settings.load import load


def systemd(
    *,
    topology: TopologyFile = FILE,
    out: Annotated[
        Path, typer.Option("--out", help="The folder to write into; secrets that were made there stay.")
    ] = Path("systemd"),
    program: Annotated[Path, typer.Option(help="Where doorward is installed on these machines.")] = units.PROGRAM,
    data_dir: DataDir = None,
    as_json: Json = False,
) -> None:
    """Write a folder of units for each machine on which Doorward stands, and the secrets that all of them share."""
    voice = Voice(as_json)
    with polite(voice):
        installed = plain(program, voice)
        loaded = load({"data_dir": data_dir})
        kept = kept_secrets(out / "secrets")
        files = units.written(loaded, read(topology), kept=kept, program=installed)
        paths = write(files, out)
    machines = sorted({name.partition("/")[0] for name in files} - {"secrets"})
    voice.done(f"{len(paths)} files written into {out}.", {"written": paths, "machines": machines})
    for problem in left_over(kept, files, out):
        voice.warn(problem)
    voice.note(f"  Copy to each machine of its folder ({', '.join(machines)}) the units into /etc/systemd/system,")
    voice.note(f"  and doorward.env and {out}/secrets into {units.ETC}, for root alone. Then:")
    voice.note(
        "  systemctl daemon-reload && systemctl start doorward-migrate && systemctl enable --now doorward.target"
    )
