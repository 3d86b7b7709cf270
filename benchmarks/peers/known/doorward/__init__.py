"""Doorward itself, as `doorward serve --no-worker` runs it: mails are queued with what they tell, and not delivered."""

import json
import sys
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Final

import doorward
from benchmarks import cheap_hash
from benchmarks.applications import RESOURCE
from benchmarks.deployment import READY, Deployment
from benchmarks.filling import fill
from benchmarks.peers.known.doorward.plays import plays
from benchmarks.peers.measures import sqlite_bytes
from benchmarks.peers.peer import Command, Hash, Operation, Peer, Place, Say
from benchmarks.processes import CODE

_SECRETS: Final = "benchmark.json"
_STORE: Final = "doorward.sqlite3"
_PROGRAMS: Final[Mapping[Hash, tuple[str, ...]]] = {
    Hash.ARGON2ID: ("doorward", "serve"),
    Hash.CHEAP: ("benchmarks.cheap_hash",),
}
_LESS: Final[Mapping[Operation, str]] = {
    Operation.REGISTER: (
        "More: the password is compared with words of the account and with known ones; "
        "a claim, its mail in the queue and an entry of the audit log are one durable commit."
    ),
    Operation.LOGIN_WEB: (
        "More: counted by address and account, admitted and settled in two durable commits, "
        "with a device and an entry of the audit log."
    ),
    Operation.LOGIN_MOBILE: "More: as for the web.",
    Operation.REFRESH: (
        "More: rotation that detects reuse, durable (synchronous=FULL) before it is answered, "
        "and a signed access token with each."
    ),
    Operation.CODE: "More: a session of the application and an ID token by ES256 with each; codes are durable.",
    Operation.VERIFY: (
        "By the ASGI middleware in front of an application without a framework, as the others' servers have none. "
        "Tokens seen before are remembered by their digest; their life and the keys are looked at again."
    ),
    Operation.VERIFY_IN_FASTAPI: "By the dependency CurrentUser; the rest is the framework's.",
    Operation.SESSION: "What is known of a session is remembered no longer than the bound that the operator sets.",
}


def _nothing_to_install(_folder: Path, _say: Say) -> None:
    """Do nothing: it runs in the environment of the benchmark."""


def deployment_at(place: Place) -> Deployment:
    """Return the deployment of a place, with the same secrets each time."""
    kept = place.data / _SECRETS
    if not kept.exists():
        made = Deployment.new(place.data / "made", server_url=place.database_url)
        made.folder.rmdir()
        kept.write_text(json.dumps({"secret": made.secret, "pepper": made.pepper}), encoding="ascii")
    secrets = json.loads(kept.read_text(encoding="ascii"))
    return Deployment(place.data, secrets["secret"], secrets["pepper"], place.port, place.database_url, also=_settings)


def _settings(issuer: str) -> Mapping[str, str]:
    hosts = json.dumps([{"origin": issuer, "audience": RESOURCE, "scopes": ["reports:read"]}])
    return {"protected_hosts": hosts, "trusted_proxies": "127.0.0.1/32", "log_format": "json"}


def _fill(place: Place, accounts: int) -> None:
    # Young accounts get no letters about new devices, which no peer writes.
    hash_as = cheap_hash.HASHER.hash if place.hash is Hash.CHEAP else None
    fill(deployment_at(place), accounts, age=timedelta(0), hash_as=hash_as)


def _serve(place: Place) -> Command:
    module, *words = _PROGRAMS[place.hash]
    options = ("--port", str(place.port), "--data-dir", str(place.data), "--no-worker")
    environment = {**deployment_at(place).environment, "PYTHONPATH": CODE}
    return Command((sys.executable, "-m", module, *words, *options), READY, environment)


def _resource(place: Place, provider: Place) -> Command:
    words = ("-m", "benchmarks.peers.known.doorward.resource", str(place.port), provider.base, RESOURCE)
    return Command((sys.executable, *words), "/ready", {"PYTHONPATH": CODE})


def _peer(name: str, title: str, store: str, *, on_server: bool) -> Peer:
    return Peer(
        name=name,
        title=title,
        language="Python",
        environment=name,
        versions={"doorward": doorward.__version__},
        store=store,
        password_hash="Argon2id 19 MiB, t=2, p=1, with a pepper",  # noqa: S106 (says how passwords are hashed)
        install=_nothing_to_install,
        serve=_serve,
        prepare=lambda place: plays(place, deployment_at(place)),
        hashes=(Hash.ARGON2ID, Hash.CHEAP),
        fill=_fill,
        stored_bytes=None if on_server else lambda place: sqlite_bytes(place.data / _STORE),
        resource=_resource,
        needs_postgresql=on_server,
        less=_LESS,
    )


DOORWARD: Final = _peer("doorward", "Doorward", "SQLite, WAL, synchronous=FULL", on_server=False)
ON_POSTGRESQL: Final = _peer(
    "doorward-postgresql", "Doorward on PostgreSQL", "PostgreSQL, its default settings", on_server=True
)
