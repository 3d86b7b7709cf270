"""Better Auth for Node.js, with its plugin that makes it an OpenID provider: a library, served by `served/`."""

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from benchmarks.applications import CALLBACK, RESOURCE
from benchmarks.peers.known.better_auth.plays import plays
from benchmarks.peers.known.copies import MODEL, Part, email_of, fill, name_of, word_of
from benchmarks.peers.known.nodejs import PRODUCTION, install, node, resource
from benchmarks.peers.measures import sqlite_bytes
from benchmarks.peers.peer import Command, Hash, Operation, Peer, Place, Say
from benchmarks.run import CannotMeasure

_SERVED: Final = Path(__file__).with_name("served")
_SECRET: Final = "a-secret-that-only-benchmarks-know"  # noqa: S105 (made up)
_PATIENCE_SECONDS: Final = 120
_HASHES: Final[Mapping[Hash, str]] = {Hash.ARGON2ID: "argon2id", Hash.CHEAP: "cheap"}
_SIGN_IN: Final = "One durable commit; tries are counted in memory, for all routes alike."
_STORE: Final = "auth.sqlite3"
_USER, _SESSION = word_of("user", 32), word_of("session", 32)
_OF_MODEL: Final = f"\"userId\" = (select id from user where email = '{email_of(MODEL)}')"  # noqa: S608 (our own words)
_PARTS: Final = (
    Part("user", f"email = '{email_of(MODEL)}'", {"id": _USER, "name": name_of, "email": email_of}),
    Part("account", _OF_MODEL, {"id": word_of("account", 32), "accountId": _USER, "userId": _USER}),
    Part("session", f"{_OF_MODEL} limit 1", {"id": _SESSION, "token": word_of("token", 32), "userId": _USER}),
    Part(
        "oauthRefreshToken",
        _OF_MODEL,
        {
            "id": word_of("refresh", 32),
            "token": word_of("refresh token", 43),
            "sessionId": _SESSION,
            "userId": _USER,
            "authorizationCodeId": word_of("code", 43),
        },
    ),
)
_LESS: Final[Mapping[Operation, str]] = {
    Operation.REGISTER: "Less: no mail. One durable commit.",
    Operation.LOGIN_WEB: _SIGN_IN,
    Operation.LOGIN_MOBILE: f"The token is the session itself, opaque and kept as it is: nothing is signed. {_SIGN_IN}",
    Operation.REFRESH: "Rotation with detection of reuse, tokens kept as digests, in two durable commits; a signed "
    "access token comes with it.",
    Operation.CODE: "An ID token by ES256, a refresh token and an opaque access token, in four durable commits.",
    Operation.VERIFY: "A server of Node.js's own with jose; each token is verified anew.",
    Operation.SESSION: "The session is read from the store each time: the cache in a cookie is off, as by default.",
    Operation.BEARER: "The token is the session itself, opaque, read from the store each time.",
}


def _install(folder: Path, say: Say) -> None:
    install(folder, _SERVED, say)


def _serve(place: Place) -> Command:
    settings = _settings(place)
    if not (place.data / "clients.json").exists():
        _run(place, "prepare.mjs", settings)
    return Command((node(), str(place.environment / "server.mjs"), settings), "/ready", PRODUCTION)


def _fill(place: Place, accounts: int) -> None:
    fill(BETTER_AUTH, place, place.data / _STORE, _PARTS, accounts)


def _settings(place: Place) -> str:
    return json.dumps(
        {
            "port": place.port,
            "folder": str(place.data),
            "hashing": _HASHES[place.hash],
            "secret": _SECRET,
            "resource": RESOURCE,
            "callback": CALLBACK,
        }
    )


def _run(place: Place, program: str, settings: str) -> None:
    done = subprocess.run(  # noqa: S603 (our own words)
        [node(), str(place.environment / program), settings],
        env=dict(PRODUCTION),
        capture_output=True,
        text=True,
        check=False,
        timeout=_PATIENCE_SECONDS,
    )
    if done.returncode:
        raise CannotMeasure(f"{program} failed: {done.stderr.strip()[-600:]}")


def _resource(place: Place, provider: Place) -> Command:
    return resource(place, f"{provider.base}/api/auth")


BETTER_AUTH: Final = Peer(
    name="better-auth",
    title="Better Auth",
    language="JavaScript",
    environment="better-auth",
    versions={"better-auth": "1.7.25", "@better-auth/oauth-provider": "1.7.5", "better-sqlite3": "12.11.1"},
    store="SQLite, WAL, synchronous=FULL",
    password_hash="Argon2id 19 MiB, t=2, p=1, by @node-rs/argon2",  # noqa: S106 (says how passwords are hashed)
    install=_install,
    serve=_serve,
    prepare=plays,
    hashes=(Hash.ARGON2ID, Hash.CHEAP),
    fill=_fill,
    stored_bytes=lambda place: sqlite_bytes(place.data / _STORE),
    resource=_resource,
    less=_LESS,
)
