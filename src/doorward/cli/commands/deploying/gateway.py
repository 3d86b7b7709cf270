"""`doorward gateway`: the gateway's configuration, from what stands where."""

import ssl
from pathlib import Path
from typing import Annotated

import typer

from doorward.adapters.clock.system import SystemClock
from doorward.cli.options import DataDir, Json, polite
from doorward.cli.output import Voice
from doorward.gateway.check import examine
from doorward.gateway.description import described
from doorward.gateway.line import Line
from doorward.gateway.topology import FILE, check_file, read
from doorward.gateway.writers import WRITERS, Writer
from doorward.settings.load import load
from doorward.settings.problems import Problem

gateway = typer.Typer(
    help="Write the configuration of the gateway before the servers.", no_args_is_help=True, add_completion=False
)

TopologyFile = Annotated[Path, typer.Option("--topology", help="The file that says what stands where.")]
Out = Annotated[Path, typer.Option("--out", help="The folder to write into; files of the same names are replaced.")]


def _add(name: str, writer: Writer) -> None:
    @gateway.command(name, help=writer.help)
    def write(
        *, topology: TopologyFile = FILE, out: Out = Path("gateway"), data_dir: DataDir = None, as_json: Json = False
    ) -> None:
        voice = Voice(as_json)
        with polite(voice):
            folder = _plain(out.absolute(), voice)
            what = described(load({"data_dir": data_dir}).settings, read(topology))
            files = writer.written(what, folder)
            out.mkdir(parents=True, exist_ok=True)
            for file, text in files.items():
                _replace(out / file, text)
        paths = [str(out / file) for file in sorted(files)]
        otherwise = list(writer.differs(what))
        members = {"written": paths, "differs": [problem.what for problem in otherwise]}
        voice.done(f"{len(paths)} files written into {out}.", members)
        for problem in otherwise:
            voice.warn(problem)
        voice.note(f"  {writer.next_step.format(folder=folder)}")


for _name, _writer in WRITERS.items():
    _add(_name, _writer)


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
        found = list(examine(Line(own.host, own.port, own.is_tls, trusted), what, now=SystemClock().now()))
    except OSError as error:
        why, remedy = f"It says: {error}.", "Start it, or look where the name of the issuer leads."
        voice.refuse(Problem(f"The gateway cannot be asked at {own.origin}.", why, remedy), code="GATEWAY_AWAY")
    rows = [{"check": seen.probe, "finding": seen.told, "remedy": seen.remedy} for seen in found]
    voice.verdicts(rows)
    if any(row["remedy"] for row in rows):
        raise typer.Exit(1)


def _replace(place: Path, text: str) -> None:
    """Write a file whole or not at all: a gateway may be watching it."""
    fresh = place.with_name(f".{place.name}.new")
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(place)


def _plain(folder: Path, voice: Voice) -> Path:
    try:
        return check_file(folder)
    except ValueError as error:
        problem = Problem(f"{folder} cannot be named in a configuration.", f"There, {error}.", "Choose another --out.")
        voice.refuse(problem, code="FILE_UNUSABLE")
