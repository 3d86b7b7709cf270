"""`doorward gateway`: the gateway's configuration, from what stands where."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Final

import typer

from doorward.cli.options import DataDir, Json, polite
from doorward.cli.output import Voice
from doorward.gateway import nginx
from doorward.gateway.description import Gateway, described
from doorward.gateway.topology import FILE, check_file, read
from doorward.settings.load import load
from doorward.settings.problems import Problem

gateway = typer.Typer(help="Write the gateway's configuration.", no_args_is_help=True, add_completion=False)

TopologyFile = Annotated[Path, typer.Option("--topology", help="The file that says what stands where.")]
Out = Annotated[Path, typer.Option("--out", help="The folder to write into; files of the same names are replaced.")]

_WRITERS: Final[Mapping[str, Callable[[Gateway, Path], Mapping[str, str]]]] = {"nginx": nginx.written}


@gateway.callback()
def _of_one_kind() -> None:
    """Keep the name of what is written a word of the command, even where there is only one."""


@gateway.command("nginx")
def write_nginx(
    *, topology: TopologyFile = FILE, out: Out = Path("gateway"), data_dir: DataDir = None, as_json: Json = False
) -> None:
    """Write the configuration of nginx: sites, limits, the question to Doorward, TLS."""
    voice = Voice(as_json)
    _write("nginx", topology, out, data_dir, voice)
    place = out.absolute() / "doorward.conf"
    voice.note(f"  Write `include {place};` into the http block of nginx.conf, then `nginx -t && nginx -s reload`.")


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
