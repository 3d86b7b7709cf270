"""Glewlwyd, a server in C, as Debian packages it, over SQLite."""

import gzip
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from string import Template
from typing import Final

from benchmarks.peers.installing import system_part
from benchmarks.peers.known.copies import MODEL, Part, email_of, fill, name_of, word_of
from benchmarks.peers.known.glewlwyd.plays import plays
from benchmarks.peers.measures import sqlite_bytes
from benchmarks.peers.peer import Command, Hash, Operation, Peer, Place, Say

_PROGRAM: Final = "/usr/bin/glewlwyd"
_TABLES: Final = Path("/usr/share/doc/glewlwyd/database/init.sqlite3.sql.gz")
_SETTINGS: Final = Template(Path(__file__).with_name("glewlwyd.conf").read_text(encoding="ascii"))
_STORE: Final = "glewlwyd.sqlite3"
_ITERATIONS: Final[Mapping[Hash, int]] = {Hash.ARGON2ID: 150_000, Hash.CHEAP: 1}
_COST: Final = (
    "update g_user_module_instance set gumi_parameters = json_set(gumi_parameters, '$.\"pbkdf2-iterations\"', ?)"
)
_FIRST_COPY: Final = 1_000  # the first identifiers are those that it gave by itself
_PERSON: Final = f"gu_id = (select gu_id from g_user where gu_username = '{name_of(MODEL)}')"  # noqa: S608 (our own words)


def _counted(_: int) -> None:
    """Let SQLite count on."""


def _id(number: int) -> int:
    return _FIRST_COPY + number


_PARTS: Final = (
    Part("g_user", _PERSON, {"gu_id": _id, "gu_username": name_of, "gu_name": name_of, "gu_email": email_of}),
    Part("g_user_password", _PERSON, {"guw_id": _counted, "gu_id": _id}),
    Part("g_user_scope_user", _PERSON, {"gusu_id": _counted, "gu_id": _id}),
    Part("g_client_user_scope", f"gcus_username = '{name_of(MODEL)}'", {"gcus_id": _counted, "gcus_username": name_of}),
    Part(
        "g_user_session",
        f"gus_username = '{name_of(MODEL)}' limit 1",
        {"gus_id": _id, "gus_session_hash": word_of("session", 96), "gus_username": name_of},
    ),
    Part("g_user_session_scheme", "true limit 1", {"guss_id": _counted, "gus_id": _id}),
    Part(
        "gpo_subject_identifier",
        f"gposi_username = '{name_of(MODEL)}'",
        {"gposi_id": _counted, "gposi_username": name_of, "gposi_sub": word_of("subject", 32)},
    ),
    Part(
        "gpo_refresh_token",
        f"gpor_username = '{name_of(MODEL)}' limit 1",
        {
            "gpor_id": _id,
            "gpor_username": name_of,
            "gpor_token_hash": word_of("refresh", 96),
            "gpor_jti": word_of("refresh token", 32),
        },
    ),
    Part("gpo_refresh_token_scope", "gpor_id = 2", {"gpors_id": _counted, "gpor_id": _id}),
)
_LESS: Final[Mapping[Operation, str]] = {
    Operation.LOGIN_WEB: "PBKDF2 with SHA-256, 150,000 times: Argon2 is not offered. Two durable commits; "
    "nothing counted.",
    Operation.REFRESH: "One use with detection of reuse; a signed access token comes with it. Five durable commits.",
    Operation.CODE: "Access token and ID token by ES256, both recorded: ten durable commits.",
    Operation.CLIENT_CREDENTIALS: "ES256; each token is recorded, so that it can be taken back: two durable commits.",
    Operation.SESSION: "The sessions of the browser, with their accounts, read from the store each time.",
    Operation.BEARER: "Userinfo with a signed access token, looked up in the store each time.",
}


def _install(_folder: Path, _say: Say) -> None:
    system_part("glewlwyd")


def _serve(place: Place) -> Command:
    settings, store = place.data / "glewlwyd.conf", place.data / _STORE
    if not store.exists():
        _make_tables(store, _ITERATIONS[place.hash])
    given = _SETTINGS.substitute(port=place.port, base=place.base, store=store)
    settings.write_text(given, encoding="ascii")
    return Command((_PROGRAM, f"--config-file={settings}"), "/config")


def _fill(place: Place, accounts: int) -> None:
    fill(GLEWLWYD, place, place.data / _STORE, _PARTS, accounts)


def _make_tables(store: Path, iterations: int) -> None:
    """Make the tables that it comes with. SQLite is to write ahead; it waits for the disk at each commit anyway."""
    with closing(sqlite3.connect(store)) as connection:
        connection.execute("pragma journal_mode = wal")
        connection.executescript(gzip.decompress(_TABLES.read_bytes()).decode())
        connection.execute(_COST, (iterations,))
        connection.commit()


GLEWLWYD: Final = Peer(
    name="glewlwyd",
    title="Glewlwyd",
    language="C",
    environment="glewlwyd",
    versions={"glewlwyd": "2.7.5"},
    store="SQLite, WAL, synchronous=FULL",
    password_hash="PBKDF2 with SHA-256, 150,000 times",  # noqa: S106 (says how passwords are hashed)
    install=_install,
    serve=_serve,
    prepare=plays,
    hashes=(Hash.ARGON2ID, Hash.CHEAP),
    fill=_fill,
    stored_bytes=lambda place: sqlite_bytes(place.data / _STORE),
    less=_LESS,
)
