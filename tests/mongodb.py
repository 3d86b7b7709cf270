"""MongoDB for tests: a server of the wire protocol over SQLite, or any real one that the environment names."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from time import monotonic
from typing import Final

from pymongo import MongoClient

from doorward.adapters.mongo.engine.table import Document
from doorward.adapters.mongo.engine.turn import COLLECTION as TURN
from doorward.adapters.mongo.migrations import VERSION_COLLECTION
from doorward.adapters.mongo.tables import TABLES, audit_head, meta
from doorward.core.audit.rules import START
from doorward.core.moving.records import EPOCH

VARIABLE: Final = "DOORWARD_TEST_MONGODB_URL"
"""Names a real server, whose databases `doorward_test_*` are made and dropped."""

_PATIENCE: Final = 30.0


def real_server() -> str | None:
    """Return the URL of the real server that is to be tested against; None when there is none."""
    return os.environ.get(VARIABLE)  # noqa: TID251 (a test's own switch)


@dataclass
class MongoServer:
    """A server of the wire protocol in a folder of its own, which can go away and come back."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"mongodb://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Return when it answers."""
        command = [
            sys.executable,
            *("-c", "from nx_27017.nx_27017 import main; main()"),
            *("--data-dir", str(self.folder / "data"), "-p", str(self.port)),
            *("--log-file", str(self.folder / "log"), "--pid-file", str(self.folder / "pid")),
        ]
        with (self.folder / "output").open("ab") as output:
            self.process = subprocess.Popen(command, cwd=self.folder, stdout=output, stderr=output)
        deadline = monotonic() + _PATIENCE
        while not _answers(self.port):
            assert self.process.poll() is None, (self.folder / "output").read_text()
            assert monotonic() < deadline, "the server does not answer"
            Event().wait(0.05)

    def stop(self) -> None:
        """End the server at once."""
        if self.process is not None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
            self.process = None


@contextmanager
def a_server(folder: Path) -> Iterator[MongoServer]:
    """Start a server, and stop it at the end."""
    server = MongoServer(folder, free_port())
    server.start()
    try:
        yield server
    finally:
        server.stop()


@contextmanager
def a_client(url: str) -> Iterator[MongoClient[Document]]:
    """Open a client of the driver's own."""
    client: MongoClient[Document] = MongoClient(url, serverSelectionTimeoutMS=10_000, tz_aware=True)
    try:
        yield client
    finally:
        client.close()


def database_url(server_url: str, name: str) -> str:
    """Return the URL of a database on a server, with the options that the server's URL has."""
    head, mark, options = server_url.partition("?")
    scheme, _, rest = head.partition("://")
    return f"{scheme}://{rest.partition('/')[0]}/{name}{mark}{options}"


def emptied(url: str) -> str:
    """Return the URL of a migrated database from which every record was removed."""
    with a_client(url) as client:
        database = client.get_default_database()
        for table in TABLES:
            if table not in (audit_head, meta):
                database[table.name].delete_many({})
        database[audit_head.name].update_one({"_id": 1}, {"$set": {"sequence": 0, "link": START.link}})
        database[meta.name].delete_many({"_id": {"$nin": ["serves_since", EPOCH]}})
        database[meta.name].update_one({"_id": EPOCH}, {"$set": {"value": "0"}})
        database[TURN].update_one({"_id": "writer"}, {"$set": {"holder": None, "journal": None}})
    return url


def dropped(url: str) -> str:
    """Return the URL of a database that was dropped."""
    with a_client(url) as client:
        client.drop_database(client.get_default_database().name)
    return url


def forget_migration(url: str) -> None:
    """Let a database look as if nothing had been migrated."""
    with a_client(url) as client:
        client.get_default_database()[VERSION_COLLECTION].delete_many({})


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0
