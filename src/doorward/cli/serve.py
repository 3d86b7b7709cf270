"""`doorward serve`: the whole server in one process."""

import signal
import socket
from pathlib import Path
from typing import Annotated, NoReturn

import typer
import uvicorn

import doorward
from doorward.assembly.app import app_of
from doorward.assembly.house import House, open_house
from doorward.cli.options import DataDir, Json, polite
from doorward.cli.output import Value, Voice
from doorward.settings.load import load
from doorward.telemetry.logs import configure_logs


def serve(
    *,
    port: Annotated[int | None, typer.Option(min=1, max=65_535, help="The TCP port; 8000 by default.")] = None,
    host: Annotated[str | None, typer.Option(help="The network address; this machine alone by default.")] = None,
    data_dir: DataDir = None,
    with_worker: Annotated[
        bool, typer.Option("--worker/--no-worker", help="Run jobs in this process, or leave them to `doorward worker`.")
    ] = True,
    as_json: Json = False,
) -> None:
    """Start the server. Without any settings it runs for development, on one SQLite file. Ctrl-C stops it."""
    voice = Voice(as_json)
    with polite(voice):
        house = open_house(load({"port": port, "host": host, "data_dir": data_dir}))
        settings = house.settings
        configure_logs(settings.telemetry.log_level, settings.telemetry.log_format or "console")
        listening = _listen(settings.server.host, settings.server.port, voice)
        house.prepare()
        _greet(house, voice)
    config = uvicorn.Config(
        app_of(house, with_worker=with_worker),
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        ws="none",
        timeout_keep_alive=30,
        timeout_graceful_shutdown=10,
    )
    signal.signal(signal.SIGTERM, _stop)
    try:
        uvicorn.Server(config).run(sockets=[listening])
    except KeyboardInterrupt:
        voice.note("\nStopped.")


def _stop(_signal: int, _frame: object) -> NoReturn:
    """End the process as asked; the server has shut down by the time this is called."""
    raise SystemExit(0)


def _listen(host: str, port: int, voice: Voice) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        remedy = f"Choose another one: doorward serve --port {port + 1}"
        voice.refuse(f"Port {port} of {host} cannot be used: {error.strerror}.", code="PORT_IN_USE", remedy=remedy)
    return listening


def _greet(house: House, voice: Voice) -> None:
    server = house.settings.server
    token = house.flows.invite_first_operator()
    setup = f"{server.issuer}/setup?token={token}" if token else None
    addresses: dict[str, Value] = {"Pages": f"{server.issuer}/", "API": f"{server.issuer}/docs"}
    if house.mailbox and not server.is_production:
        addresses["Mailbox"] = f"{server.issuer}/dev/mail"
    if voice.is_json:
        voice.record({"issuer": server.issuer, "setup": setup, "version": doorward.__version__, **addresses})
        return
    voice.note(f"\nDoorward {doorward.__version__}, {server.environment.value}\n")
    voice.record({**addresses, "Data": _shown(server.data_dir)})
    if setup:
        voice.note(
            f"\nNobody operates this server yet. This link makes its first operator, once, within seven days:\n{setup}"
        )
    voice.note("\nCtrl-C stops it.\n")


def _shown(path: Path) -> str:
    return str(path.absolute())
