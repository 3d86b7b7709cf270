"""fastapi-users: a library for FastAPI, served by the application that its documentation shows."""

import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from benchmarks.peers.installing import python_packages
from benchmarks.peers.known.fastapi_users.filling import fill_file, fill_server
from benchmarks.peers.known.fastapi_users.plays import plays
from benchmarks.peers.measures import sqlite_bytes
from benchmarks.peers.peer import PASSWORD, Command, Hash, Operation, Peer, Place, Say

_HERE: Final = Path(__file__).parent
_APPLICATION: Final = str(_HERE / "served" / "app.py")
_SECRET: Final = "a secret for benchmarks, and for nothing else"  # noqa: S105 (made up)
_COSTS: Final[Mapping[Hash, str]] = {Hash.ARGON2ID: "19456,2", Hash.CHEAP: "8,1"}
_STORE: Final = "users.sqlite3"
_LESS: Final[Mapping[Operation, str]] = {
    Operation.REGISTER: "Less: one insert; no mail, nothing counted, nothing recorded; a taken address is told.",
    Operation.LOGIN_WEB: "Less: a session is a row with a random token; nothing counted, nothing recorded.",
    Operation.LOGIN_MOBILE: "Less: the token is a JWT by HS256 that cannot be taken back; there is nothing to refresh.",
    Operation.SESSION: "Session and account are read from the database at each request.",
    Operation.BEARER: "HS256; the account is read from the database at each request.",
}


def _install(folder: Path, say: Say) -> None:
    python_packages(folder, _HERE / "requirements.txt", say)


def _database(place: Place) -> str:
    if place.database_url is None:
        return f"sqlite+aiosqlite:///{place.data / _STORE}"
    return place.database_url.replace("postgresql://", "postgresql+asyncpg://")


def _python(place: Place) -> str:
    return str(place.environment / "bin" / "python")


def _make(place: Place) -> str:
    """Make the tables, and return the hash of the password that all accounts have."""
    command = [_python(place), _APPLICATION, "make", _database(place), _COSTS[place.hash], PASSWORD]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 (our own words)
    return done.stdout.strip()


def _fill(place: Place, accounts: int) -> None:
    stored = _make(place)
    if place.database_url is None:
        fill_file(place.data / _STORE, accounts, stored)
    else:
        fill_server(place.database_url, accounts, stored)


def _serve(place: Place) -> Command:
    words = ("serve", str(place.port), _database(place), _SECRET, _COSTS[place.hash])
    return Command((_python(place), _APPLICATION, *words), "/ready")


def _peer(name: str, title: str, store: str, *, on_server: bool) -> Peer:
    return Peer(
        name=name,
        title=title,
        language="Python",
        environment="fastapi-users",
        versions={"fastapi-users": "15.0.5", "fastapi": "0.165.0", "sqlalchemy": "2.0.58", "uvicorn": "0.54.0"},
        store=store,
        password_hash="Argon2id 19 MiB, t=2, p=1",  # noqa: S106 (says how passwords are hashed)
        install=_install,
        serve=_serve,
        prepare=plays,
        hashes=(Hash.ARGON2ID, Hash.CHEAP),
        fill=_fill,
        stored_bytes=None if on_server else lambda place: sqlite_bytes(place.data / _STORE),
        needs_postgresql=on_server,
        less=_LESS,
    )


FASTAPI_USERS: Final = _peer(
    "fastapi-users", "fastapi-users", "SQLite by aiosqlite, WAL, synchronous=FULL", on_server=False
)
ON_POSTGRESQL: Final = _peer(
    "fastapi-users-postgresql",
    "fastapi-users on PostgreSQL",
    "PostgreSQL by asyncpg, its default settings",
    on_server=True,
)
