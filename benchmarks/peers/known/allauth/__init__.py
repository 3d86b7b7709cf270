"""django-allauth (headless) with django-oauth-toolkit: libraries for Django, served by the site in `served/`."""

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from benchmarks.applications import CALLBACK
from benchmarks.peers.installing import python_packages
from benchmarks.peers.known.allauth.plays import SECRET, plays
from benchmarks.peers.known.copies import MODEL, WRITTEN, Part, email_of, fill, name_of, word_of
from benchmarks.peers.measures import sqlite_bytes
from benchmarks.peers.peer import PASSWORD, Command, Hash, Operation, Peer, Place, Say
from benchmarks.run import CannotMeasure

_HERE: Final = Path(__file__).parent
_SERVED: Final = _HERE / "served"
_PATIENCE_SECONDS: Final = 120
_COSTS: Final[Mapping[Hash, tuple[int, int]]] = {Hash.ARGON2ID: (19 * 1024, 2), Hash.CHEAP: (8, 1)}
_KEY_BITS: Final = 2048
_THREADS: Final = 4
_STORE: Final = "site.sqlite3"
_PARTS: Final = (
    Part("auth_user", f"id = {MODEL}", {"id": lambda number: number, "username": name_of, "email": email_of}),
    Part(
        "account_emailaddress",
        f"user_id = {MODEL}",
        {"id": lambda _: None, "user_id": lambda number: number, "email": email_of},
    ),
    # Whose a session is stands inside of it, signed: all copies are the model's, and nobody asks for one.
    Part("django_session", "true limit 1", {"session_key": word_of("session", 32)}),
)
_LESS: Final[Mapping[Operation, str]] = {
    Operation.REGISTER: "More: a session that waits for the address. A mail is written, and dropped before it is sent. "
    "Four durable commits.",
    Operation.LOGIN_WEB: "Tries are counted in memory; three durable commits.",
    Operation.LOGIN_MOBILE: "Two JWTs by RS256: ES256 is not offered. Tries are counted in memory; three commits.",
    Operation.REFRESH: "By django-allauth: two JWTs by RS256 with each; a token that was used is refused, and its "
    "session goes on. One durable commit.",
    Operation.CODE: "An ID token by RS256: ES256 is not offered; other tokens are opaque. Four durable commits.",
    Operation.CLIENT_CREDENTIALS: "The token is opaque, and a durable commit; the client's secret is kept as it is: "
    "hashing it, as is the default, would add that of a password to each request.",
    Operation.VERIFY: "Of an opaque token, by the site itself, from the store each time.",
    Operation.SESSION: "Session and account are read from the store each time.",
    Operation.BEARER: "A JWT by RS256, with session and account read from the store each time.",
    Operation.INTROSPECTION: "Of an opaque token.",
}


def _install(folder: Path, say: Say) -> None:
    python_packages(folder, _HERE / "requirements.txt", say)


def _serve(place: Place) -> Command:
    environment = {"SITE": str(place.data / "site.json"), "DJANGO_SETTINGS_MODULE": "site_settings"}
    environment |= {"PYTHONPATH": str(_SERVED), "PYTHONDONTWRITEBYTECODE": "1"}
    if not (place.data / "site.json").exists():
        _make(place, environment)
    gunicorn = str(place.environment / "bin" / "gunicorn")
    options = ("--bind", f"127.0.0.1:{place.port}", "--log-level", "warning", "--no-control-socket")
    workers = ("--workers", "1", "--worker-class", "gthread", "--threads", str(_THREADS), "--keep-alive", "30")
    return Command((gunicorn, *options, *workers, "site_wsgi:application"), "/ready", environment)


def _fill(place: Place, accounts: int) -> None:
    fill(ALLAUTH, place, place.data / _STORE, _PARTS, accounts)


def _make(place: Place, environment: Mapping[str, str]) -> None:
    """Make the site's settings, its tables, accounts and clients.

    Raises: CannotMeasure.
    """
    site = {
        "folder": str(place.data),
        "port": place.port,
        "secret": SECRET,
        "argon2": _COSTS[place.hash],
        "key": _signing_key(),
    }
    (place.data / "site.json").write_text(json.dumps(site), encoding="ascii")
    python = str(place.environment / "bin" / "python")
    done = subprocess.run(  # noqa: S603 (our own words)
        [python, str(_SERVED / "prepare.py"), str(WRITTEN), PASSWORD, CALLBACK, SECRET],
        env=dict(environment),
        capture_output=True,
        text=True,
        check=False,
        timeout=_PATIENCE_SECONDS,
    )
    if done.returncode:
        raise CannotMeasure(f"prepare.py failed: {done.stderr.strip()[-600:]}")


def _signing_key() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=_KEY_BITS)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


ALLAUTH: Final = Peer(
    name="allauth",
    title="django-allauth with django-oauth-toolkit",
    language="Python",
    environment="allauth",
    versions={
        "django-allauth": "65.22.1",
        "django-oauth-toolkit": "3.4.1",
        "django": "5.2.19",
        "gunicorn": "27.0.1",
    },
    store="SQLite, WAL, synchronous=FULL",
    password_hash="Argon2id 19 MiB, t=2, p=1",  # noqa: S106 (says how passwords are hashed)
    install=_install,
    serve=_serve,
    prepare=plays,
    hashes=(Hash.ARGON2ID, Hash.CHEAP),
    fill=_fill,
    stored_bytes=lambda place: sqlite_bytes(place.data / _STORE),
    less=_LESS,
)
