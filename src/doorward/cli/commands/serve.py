"""`doorward serve`: the whole server in one process."""

import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, NoReturn

import typer

from doorward.assembly.app import app_of, is_ready
from doorward.assembly.house import House
from doorward.cli.collector import resting_collector
from doorward.cli.greeting import greet
from doorward.cli.options import DataDir, Json, house_of, polite, speak
from doorward.cli.output import Voice
from doorward.cli.running import run
from doorward.cli.watching import watched
from doorward.settings.load import load
from doorward.settings.problems import Problem

_FORCED = 130
_LAST_PORT = 65_535


def serve(
    *,
    port: Annotated[int | None, typer.Option(min=1, max=_LAST_PORT, help="The TCP port; 8000 by default.")] = None,
    host: Annotated[str | None, typer.Option(help="The network address; this machine alone by default.")] = None,
    data_dir: DataDir = None,
    with_worker: Annotated[
        bool, typer.Option("--worker/--no-worker", help="Run jobs in this process, or leave them to `doorward worker`.")
    ] = True,
    as_json: Json = False,
) -> None:
    """Start the server. Without any settings it runs for development, on one SQLite file. Ctrl-C stops it."""
    voice = Voice(as_json)
    signal.signal(signal.SIGTERM, _end)
    with polite(voice):
        loaded = load({"port": port, "host": host, "data_dir": data_dir})
        speak(loaded, voice)
        house = house_of(loaded)
    with (
        _opened(house, voice),
        _listening(house, voice) as listening,
        watched(house, voice, is_ready=lambda: is_ready(house)),
    ):
        with resting_collector():
            app = app_of(house, with_worker=with_worker)
        setup = house.flows.invite_first_operator()
        is_forced = run(
            app,
            listening,
            on_ready=lambda: greet(house, voice, setup=setup),
            leaves_for_seconds=house.settings.server.leaves_for_seconds,
        )
    if is_forced:
        raise typer.Exit(_FORCED)
    voice.note("Stopped.")


def _end(_signal: int, _frame: object) -> NoReturn:
    """End a process that does not serve yet."""
    raise SystemExit(0)


@contextmanager
def _opened(house: House, voice: Voice) -> Iterator[None]:
    """Make the house ready, and close it if it does not come to serve; the application closes it otherwise."""
    try:
        with polite(voice):
            house.prepare_to_serve()
        yield
    except BaseException:
        house.close()
        raise


@contextmanager
def _listening(house: House, voice: Voice) -> Iterator[socket.socket]:
    """Take the port before anything is said to run on it."""
    server = house.settings.server
    family = socket.AF_INET6 if ":" in server.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((server.host, server.port))
            listening.listen()
        except OSError as error:
            voice.refuse(_unusable(server.host, server.port, error), code="PORT_UNUSABLE")
        yield listening


def _unusable(host: str, port: int, error: OSError) -> Problem:
    what = f"Port {port} of {host} cannot be used: {error.strerror}."
    if isinstance(error, PermissionError):
        return Problem(what, "Ports below 1024 need a privilege.", "Choose another one: doorward serve --port 8000")
    if isinstance(error, socket.gaierror):
        return Problem(what, "It is no address of this machine.", "Correct --host; 0.0.0.0 is every address.")
    other = port + 1 if port < _LAST_PORT else 8000
    return Problem(what, "Another program may be there.", f"Choose another one: doorward serve --port {other}")
