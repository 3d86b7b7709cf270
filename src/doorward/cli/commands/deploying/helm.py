"""`doorward helm`: a chart for Kubernetes."""

from ipaddress import IPv4Network
from pathlib import Path
from typing import Annotated

import typer

import doorward
from doorward.cli.options import DataDir, Json, polite
from doorward.cli.output import Voice
from doorward.cli.writing import TopologyFile, kept_secrets, left_over, write
from doorward.gateway.machines import chart
from doorward.gateway.topology import FILE, read
from doorward.settings.load import load
from doorward.settings.problems import Problem


def helm(
    *,
    topology: TopologyFile = FILE,
    out: Annotated[
        Path, typer.Option("--out", help="The folder to write into; secrets that were made there stay.")
    ] = Path("helm"),
    pods: Annotated[str, typer.Option(help="The network in which all pods are, in CIDR notation.")] = "10.244.0.0/16",
    data_dir: DataDir = None,
    as_json: Json = False,
) -> None:
    """Write a chart of servers, workers, gateway and monitoring, and the secrets that its Secret is made of."""
    voice = Voice(as_json)
    with polite(voice):
        try:
            pods_in = IPv4Network(pods)
        except ValueError as error:
            problem = Problem(f"{pods} is no network: {error}.", "", "Write it like 10.244.0.0/16.")
            voice.refuse(problem, code="NETWORK_UNUSABLE")
        loaded = load({"data_dir": data_dir})
        kept = kept_secrets(out / "secrets")
        version = doorward.__version__
        files = chart.written(loaded, read(topology), kept=kept, pods_in=pods_in, version=version)
        paths = write(files, out)
    voice.done(f"{len(paths)} files written into {out}.", {"written": paths})
    for problem in left_over(kept, files, out):
        voice.warn(problem)
    voice.note(f"  kubectl create secret generic doorward --from-file={out}/secrets")
    voice.note("  kubectl create secret tls doorward-tls --cert=… --key=…")
    voice.note(f"  helm upgrade --install doorward {out}/{chart.CHART} --set images.doorward=…")
