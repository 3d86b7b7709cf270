"""`doorward monitoring`: the configuration of Prometheus, Alertmanager and Grafana, from what stands where."""

from pathlib import Path
from typing import Annotated

import typer

from doorward.cli.options import Json, polite
from doorward.cli.output import Voice
from doorward.gateway.monitoring import files
from doorward.gateway.topology import FILE, check_file, read
from doorward.settings.problems import Problem


def monitoring(
    *,
    topology: Annotated[Path, typer.Option("--topology", help="The file that says what stands where.")] = FILE,
    out: Annotated[
        Path, typer.Option("--out", help="The folder to write into; files of the same names are replaced.")
    ] = (Path("monitoring")),
    as_json: Json = False,
) -> None:
    """Write the configuration of Prometheus with rules, of Alertmanager, and dashboards for Grafana."""
    voice = Voice(as_json)
    with polite(voice):
        try:
            folder = check_file(out.absolute())
        except ValueError as error:
            what = f"{out.absolute()} cannot be named in a configuration."
            voice.refuse(Problem(what, f"There, {error}.", "Choose another --out."), code="FILE_UNUSABLE")
        places = read(topology)
        texts = files.written(places, folder)
        for name, text in texts.items():
            (out / name).parent.mkdir(parents=True, exist_ok=True)
            (out / name).write_text(text, encoding="utf-8")
    paths = [str(out / name) for name in sorted(texts)]
    voice.done(f"{len(paths)} files written into {out}.", {"written": paths})
    for command in files.started(places, folder):
        voice.note(f"  Start `{command}`.")
    voice.note(f"  Let Grafana read {folder}/grafana/provisioning (GF_PATHS_PROVISIONING).")
