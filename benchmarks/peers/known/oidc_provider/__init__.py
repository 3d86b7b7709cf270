"""oidc-provider for Node.js, over SQLite and in memory: a library, served by the program in `served/`."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from benchmarks.applications import CALLBACK, RESOURCE
from benchmarks.peers.known.copies import Part, fill, word_of
from benchmarks.peers.known.nodejs import PRODUCTION, install, node, resource
from benchmarks.peers.known.oidc_provider.plays import SECRET, plays
from benchmarks.peers.measures import sqlite_bytes
from benchmarks.peers.peer import Command, Operation, Peer, Place, Say

_SERVED: Final = Path(__file__).with_name("served")
_SETTINGS: Final = json.dumps({"callback": CALLBACK, "resource": RESOURCE, "secret": SECRET})
_STORE: Final = "provider.sqlite3"
_GRANT: Final = word_of("grant", 43)
# What a payload says of itself is the model's in all copies, and nobody asks for one.
_PARTS: Final = (
    Part("records", "model = 'Session' limit 1", {"id": word_of("session", 43), "uid": word_of("session's", 43)}),
    Part("records", "model = 'Grant' limit 1", {"id": _GRANT}),
    Part("records", "model = 'RefreshToken' limit 1", {"id": word_of("refresh token", 43), "grant_id": _GRANT}),
)
_LESS: Final[Mapping[Operation, str]] = {
    Operation.REFRESH: "Rotation with detection of reuse, and a signed access token; tokens are kept as they are, not "
    "as digests; over SQLite two durable commits that no other caller shares, in memory none.",
    Operation.CODE: "An ID token by ES256, a refresh token and an opaque access token; over SQLite six durable "
    "commits, in memory none. Accounts are the embedder's: none is looked up.",
    Operation.CLIENT_CREDENTIALS: "Clients and their secrets stand in its settings: none is read from a store.",
    Operation.VERIFY: "A server of Node.js's own with jose, by the same author; each token is verified anew.",
    Operation.BEARER: "Userinfo with an opaque access token; accounts are the embedder's: none is looked up.",
    Operation.INTROSPECTION: "Of an opaque token: signed ones cannot be introspected.",
}


def _install(folder: Path, say: Say) -> None:
    install(folder, _SERVED, say)


def _serve(place: Place, store: str) -> Command:
    arguments = (node(), str(place.environment / "server.mjs"), str(place.port), str(place.data), store, _SETTINGS)
    return Command(arguments, "/ready", PRODUCTION)


def _fill(place: Place, accounts: int) -> None:
    fill(ON_SQLITE, place, place.data / _STORE, _PARTS, accounts)


def _resource(place: Place, provider: Place) -> Command:
    return resource(place, provider.base)


def _peer(name: str, title: str, store: str, kept_in: str) -> Peer:
    return Peer(
        name=name,
        title=title,
        language="JavaScript",
        environment="oidc-provider",
        versions={"oidc-provider": "9.13.3", "better-sqlite3": "12.11.1"},
        store=store,
        password_hash="none: accounts are the embedder's",  # noqa: S106 (says how passwords are hashed)
        install=_install,
        serve=lambda place: _serve(place, kept_in),
        prepare=plays,
        fill=None if kept_in == "memory" else _fill,
        stored_bytes=None if kept_in == "memory" else lambda place: sqlite_bytes(place.data / _STORE),
        resource=_resource,
        less=_LESS,
    )


ON_SQLITE: Final = _peer("oidc-provider", "oidc-provider", "SQLite, WAL, synchronous=FULL", "sqlite")
IN_MEMORY: Final = _peer("oidc-provider-memory", "oidc-provider in memory", "its process's memory", "memory")
