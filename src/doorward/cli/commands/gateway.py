"""`doorward gateway`: the gateway's configuration, from what stands where."""

import ssl
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Final

import typer

from doorward.cli.options import DataDir, Json, polite
from doorward.cli.output import Voice
from doorward.gateway import nginx
from doorward.gateway.check import examine
from doorward.gateway.description import Gateway, described
from doorward.gateway.envoy import write as envoy
from doorward.gateway.line import Line
from doorward.gateway.topology import FILE, check_file, read
from doorward.settings.load import load
from doorward.settings.problems import Problem

gateway = typer.Typer(
    help="Write the configuration of the gateway before the servers.", no_args_is_help=True, add_completion=False
)

TopologyFile = Annotated[Path, typer.Option("--topology", help="The file that says what stands where.")]
Out = Annotated[Path, typer.Option("--out", help="The folder to write into; files of the same names are replaced.")]

_WRITERS: Final[Mapping[str, Callable[[Gateway, Path], Mapping[str, str]]]] = {
    "nginx": nginx.written,
    "envoy": envoy.written,
}


@gateway.command("nginx")
def write_nginx(
    *, topology: TopologyFile = FILE, out: Out = Path("gateway"), data_dir: DataDir = None, as_json: Json = False
) -> None:
    """Write the configuration of nginx: sites, limits, the question to Doorward, TLS."""
    voice = Voice(as_json)
    _write("nginx", topology, out, data_dir, voice)
    place = out.absolute() / "doorward.conf"
    voice.note(f"  Write `include {place};` into the http block of nginx.conf, then `nginx -t && nginx -s reload`.")


@gateway.command("envoy")
def write_envoy(
    *, topology: TopologyFile = FILE, out: Out = Path("gateway"), data_dir: DataDir = None, as_json: Json = False
) -> None:
    """Write the configuration of Envoy: sites, limits, the question to Doorward, tokens, TLS."""
    voice = Voice(as_json)
    _write("envoy", topology, out, data_dir, voice)
    place = out.absolute() / envoy.FILE
    voice.note(f"  Look at it with `envoy --mode validate -c {place}`, then start `envoy -c {place}`.")


@gateway.command("check")
def check(
    *,
    topology: TopologyFile = FILE,
    trust: Annotated[
        Path | None, typer.Option(help="A PEM file of certificates to trust beside those that this machine does.")
    ] = None,
    data_dir: DataDir = None,
    as_json: Json = False,
) -> None:
    """Ask the gateway that runs at the issuer's address whether it does what is written for it.

    It sends some hundred requests, most of which are to be refused: your own address may be told to wait afterwards.
    """
    voice = Voice(as_json)
    with polite(voice):
        what = described(load({"data_dir": data_dir}).settings, read(topology))
        own = next(site for site in what.sites if site.is_issuer)
        trusted = ssl.create_default_context()
        if trust is not None:
            trusted.load_verify_locations(trust)
    try:
        found = list(examine(Line(own.host, own.port, own.is_tls, trusted), what))
    except OSError as error:
        why, remedy = f"It says: {error}.", "Start it, or look where the name of the issuer leads."
        voice.refuse(Problem(f"The gateway cannot be asked at {own.origin}.", why, remedy), code="GATEWAY_AWAY")
    rows = [{"check": seen.probe, "finding": seen.told, "remedy": seen.remedy} for seen in found]
    voice.verdicts(rows)
    if any(row["remedy"] for row in rows):
        raise typer.Exit(1)


def _write(name: str, topology: Path, out: Path, data_dir: Path | None, voice: Voice) -> None:
    with polite(voice):
        folder = _plain(out.absolute(), voice)
        what = described(load({"data_dir": data_dir}).settings, read(topology))
        files = _WRITERS[name](what, folder)
        out.mkdir(parents=True, exist_ok=True)
        for file, text in files.items():
            (out / file).write_text(text, encoding="utf-8")
    paths = [str(out / file) for file in sorted(files)]
    voice.done(f"{len(paths)} files written into {out}.", {"written": paths})


def _plain(folder: Path, voice: Voice) -> Path:
    try:
        return check_file(folder)
    except ValueError as error:
        problem = Problem(f"{folder} cannot be named in a configuration.", f"There, {error}.", "Choose another --out.")
        voice.refuse(problem, code="FILE_UNUSABLE")
