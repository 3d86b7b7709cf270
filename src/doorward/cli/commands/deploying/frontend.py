"""`doorward frontend`: an application that is made of files, where the gateway serves none itself."""

import socket
from pathlib import Path
from typing import Annotated

import typer
import uvicorn

from doorward.cli.options import Json, polite
from doorward.cli.output import Voice
from doorward.cli.running import configured
from doorward.core.kernel.errors import Invalid
from doorward.core.oauth.rules import uri
from doorward.frontend.app import Frontend
from doorward.frontend.files import read
from doorward.frontend.policy import policy
from doorward.settings.problems import Problem

_LAST_PORT = 65_535


def frontend(
    *,
    root: Annotated[Path, typer.Option(help="The folder of its files; index.html is its page.")],
    path: Annotated[str, typer.Option(help="Below which path it stands: begins and ends with /.")] = "/",
    connect: Annotated[
        list[str] | None, typer.Option(help="An origin that its page may speak to beside its own; may be repeated.")
    ] = None,
    source_maps: Annotated[bool, typer.Option(help="Serve source maps as well.")] = False,
    port: Annotated[int, typer.Option(min=1, max=_LAST_PORT, help="The TCP port.")] = 8080,
    host: Annotated[str, typer.Option(help="The network address; this machine alone by default.")] = "127.0.0.1",
    as_json: Json = False,
) -> None:
    """Serve the files of an application: fingerprinted ones for ever, its page with a policy. Ctrl-C stops it."""
    voice = Voice(as_json)
    _check(path, connect or [], voice)
    with polite(voice):
        files = read(root, with_source_maps=source_maps)
    app = Frontend(files, path, policy(connect or []))
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((host, port))
            listening.listen()
        except OSError as error:
            what, why = f"Port {port} of {host} cannot be used: {error.strerror}.", "Another program may be there."
            voice.refuse(Problem(what, why, "Choose another one with --port."), code="PORT_UNUSABLE")
        address = f"http://{f'[{host}]' if ':' in host else host}:{port}{path}"
        voice.done(f"{len(files)} files are served at {address}", {"address": address, "files": len(files)})
        uvicorn.Server(configured(app, ends_within_seconds=10)).run(sockets=[listening])


def _check(path: str, origins: list[str], voice: Voice) -> None:
    if not (path.startswith("/") and path.endswith("/") and path.isascii() and path.isprintable()):
        problem = Problem(f"{path} is no path of an application.", "", "Begin and end it with /, as in /notebook/.")
        voice.refuse(problem, code="OPTION_INVALID")
    for origin in origins:
        try:
            is_origin = not uri.read(origin, pointer="/connect").rest
        except Invalid:
            is_origin = False
        if not is_origin:
            problem = Problem(f"{origin} is no origin.", "", "Write https://HOST, with its port if need be.")
            voice.refuse(problem, code="OPTION_INVALID")
