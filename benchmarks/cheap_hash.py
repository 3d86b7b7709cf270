"""The server with the cheapest hash that Argon2 has, so that what signing in costs beside the hash can be seen.

`python -m benchmarks.cheap_hash serve --port PORT --data-dir FOLDER`. Everything else is as `doorward serve` has it.
"""

import socket
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Final

import typer
import uvicorn

from benchmarks.processes import HOST
from doorward.adapters.argon2.hasher import Argon2Hasher, Parameters
from doorward.assembly.app import app_of
from doorward.assembly.house import open_house
from doorward.cli.running import configured
from doorward.settings.load import load
from doorward.telemetry.logs import configure_logs

HASHER: Final = Argon2Hasher({"benchmark": bytes(32)}, parameters=Parameters(memory_kib=8, passes=1))


def serve(
    *,
    port: Annotated[int, typer.Option()],
    data_dir: Annotated[Path, typer.Option()],
    with_worker: Annotated[bool, typer.Option("--worker/--no-worker")] = True,
) -> None:
    """Serve until ended."""
    house = open_house(load({"data_dir": data_dir, "port": port}))
    house.prepare()
    flows = house.flows
    cheap = replace(
        house,
        flows=replace(
            flows,
            log_in=replace(flows.log_in, hasher=HASHER),
            register=replace(flows.register, choose=replace(flows.register.choose, hasher=HASHER)),
        ),
    )
    configure_logs(house.settings.telemetry.log_level, house.settings.telemetry.log_format or "console")
    with socket.create_server((HOST, port)) as listening:
        uvicorn.Server(configured(app_of(cheap, with_worker=with_worker), ends_within_seconds=10)).run([listening])


if __name__ == "__main__":
    typer.run(serve)
