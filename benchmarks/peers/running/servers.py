"""A peer that runs on its core, with the plays that it was prepared for."""

import os
import signal
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from subprocess import CalledProcessError
from typing import Final
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from benchmarks.machine import ALONE
from benchmarks.peers.measures import tree
from benchmarks.peers.peer import VERIFYING, Command, Hash, Operation, Peer, Place
from benchmarks.peers.playing.play import Play
from benchmarks.peers.playing.walk import walk
from benchmarks.peers.playing.wrk import Manner, dealt
from benchmarks.postgres import PostgresServer
from benchmarks.processes import Server, free_port, serving
from benchmarks.run import CannotMeasure

FAILURES: Final = (CannotMeasure, OSError, CalledProcessError, HTTPException, LookupError, ValueError)
"""What a peer may fail with: it is said in the table, and the others go on."""

_PATIENCE_SECONDS: Final = 120.0
_ONE: Final = Manner(0.0, callers=1)


@dataclass(frozen=True, slots=True)
class Running:
    """A peer that answers, and whoever verifies tokens for it. `failed` says of an operation why it has no play."""

    peer: Peer
    place: Place
    server: Server
    resource: Server
    plays: Mapping[Operation, Play]
    failed: Mapping[Operation, str]

    def server_of(self, operation: Operation) -> Server:
        """Return the server that answers an operation."""
        return self.resource if operation in VERIFYING else self.server


@contextmanager
def running(peer: Peer, place: Place, wanted: Sequence[Operation]) -> Iterator[Running]:
    """Start a peer in a place that is filled, prepare it, and go through each wanted play once by hand.

    Raises: CannotMeasure, OSError or CalledProcessError, where it does not come so far.
    """
    with ExitStack() as stack:
        server = stack.enter_context(started(peer.serve(place), place))
        plays = {operation: play for operation, play in peer.prepare(place).items() if operation in wanted}
        resource = server
        if peer.resource is not None and not VERIFYING.isdisjoint(plays):
            beside = Place(place.environment, place.data / "resource", free_port(), place.hash)
            beside.data.mkdir(exist_ok=True)
            resource = stack.enter_context(started(peer.resource(beside, place), beside))
        failed = {
            operation: said
            for operation, play in plays.items()
            if (said := _failure_of(play, (resource if operation in VERIFYING else server).port))
        }
        good = {operation: play for operation, play in plays.items() if operation not in failed}
        yield Running(peer, place, server, resource, good, failed)


@contextmanager
def started(command: Command, place: Place) -> Iterator[Server]:
    """Run a server on the core that servers have for themselves, and end it and all that it started with the block.

    Raises: CannotMeasure, when it does not come up.
    """
    descendants: list[int] = []
    with serving(
        command.arguments,
        place.port,
        ready=command.ready,
        environment={"PYTHONPATH": "", **command.environment},
        cores=ALONE,
        log=place.data / f"server-{place.port}.log",
        patience_seconds=_PATIENCE_SECONDS,
    ) as server:
        try:
            yield server
        finally:
            descendants += (os.pidfd_open(pid) for pid in tree(server.pid)[1:])
    for one in descendants:
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(one, signal.SIGKILL)
        os.close(one)


@dataclass(frozen=True, slots=True)
class Grounds:
    """Where places are made: a folder on the disk that is measured, and a PostgreSQL server where a peer needs one."""

    folder: Path
    environments: Path
    postgresql: PostgresServer | None

    def place(self, peer: Peer, name: str, *, hash_: Hash, accounts: int = 0) -> Place:
        """Return a new place of a peer, filled with accounts where it offers that.

        Raises: CannotMeasure, OSError or CalledProcessError.
        """
        data = self.folder / f"{peer.name}-{name}"
        data.mkdir(mode=0o700)
        made = 0 if peer.fill is None else accounts
        place = Place(
            self.environments / peer.environment, data, free_port(), hash_, made, self._database(peer, data.name)
        )
        if peer.fill is not None and made:
            peer.fill(place, made)
        return place

    def _database(self, peer: Peer, name: str) -> str | None:
        if not peer.needs_postgresql:
            return None
        if self.postgresql is None:
            raise CannotMeasure("there is no PostgreSQL server")
        called = name.replace("-", "_").replace(" ", "_").lower()
        with psycopg.connect(self.postgresql.url, autocommit=True) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(called)))
        return _beside(self.postgresql.url, called)


def _failure_of(play: Play, port: int) -> str:
    """Return why a play cannot be played; nothing where it can."""
    try:
        walk(play, port, dealt(play, _ONE)[0])
    except FAILURES as error:
        return str(error)
    return ""


def _beside(url: str, database: str) -> str:
    """Return the address of another database of the same server."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=f"/{database}"))
