"""Each driver comes in by one door, and none comes in without having one."""

import sys
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

import pytest

from tests.architecture.tree import SOURCE, imported, parsed, place, plant, python_files

EVERYWHERE: Final = ("",)

DOORS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "PIL": ("adapters/pictures",),
        "alembic": ("adapters/sql",),
        "nacl": ("adapters/argon2",),
        "confusable_homoglyphs": ("core/accounts",),
        "bson": ("adapters/mongo",),
        "cryptography": ("adapters/jose", "adapters/sealing", "resource"),
        "email_validator": ("core/accounts",),
        "fastapi": ("api", "assembly", "mounted", "resource", "telemetry", "__init__.py"),
        "httpcore2": ("adapters/web",),
        "httptools": ("cli/serving",),
        "httpx2": ("adapters/web", "resource", "attack", "testing", "cli"),
        "idna": ("core/oauth",),
        "jinja2": ("api/pages", "adapters/letters", "gateway"),
        "joserfc": ("adapters/jose", "resource"),
        "limits": ("adapters/limits",),
        "obstore": ("adapters/s3",),
        "opentelemetry": ("telemetry/otlp.py",),
        "precis_i18n": ("core/accounts", "core/credentials"),
        "prometheus_client": ("telemetry",),
        "psycopg": ("adapters/sql",),
        "pydantic": EVERYWHERE,
        "pydantic_core": EVERYWHERE,
        "pydantic_settings": ("settings",),
        "pytest": ("testing",),
        "redis": ("adapters/redis",),
        "pymongo": ("adapters/mongo",),
        "rich": ("cli",),
        "smtplib": ("adapters/smtp",),
        "sqlalchemy": ("adapters/sql",),
        "sqlite3": ("adapters/sql",),
        "starlette": ("api", "assembly", "frontend", "resource", "telemetry", "testing"),
        "structlog": ("telemetry",),
        "typer": ("cli",),
        "uvicorn": ("cli", "testing"),
        "zxcvbn": ("adapters/breached",),
    }
)
"""Where each third-party package, and each driver of the standard library, may be imported."""


def is_behind(file: str, door: str) -> bool:
    """Return whether a file is a door, or lies behind it; a room that is one file (`jose.py`) counts."""
    return not door or file in (door, f"{door}.py") or file.startswith(f"{door}/")


def strays(root: Path) -> list[str]:
    """Return each import of a driver that does not come in by its door."""
    found = []
    for path in python_files(root):
        file = path.relative_to(root).as_posix()
        for node, module in imported(parsed(path)):
            package = module.partition(".")[0]
            if package == "doorward" or (package in sys.stdlib_module_names and package not in DOORS):
                continue
            if not any(is_behind(file, door) for door in DOORS.get(package, ())):
                found.append(f"{place(path, node, root)} {package}")
    return found


@pytest.mark.slow
def test_strays_source_has_none() -> None:
    assert strays(SOURCE) == []


@pytest.mark.parametrize(
    ("file", "line", "finding"),
    [
        pytest.param("api/app.py", "import sqlalchemy", "api/app.py:1 sqlalchemy", id="driver in the api"),
        pytest.param("adapters/mongo/work.py", "import sqlite3", "adapters/mongo/work.py:1 sqlite3", id="other store"),
        pytest.param("cli/serve.py", "from joserfc import jwt", "cli/serve.py:1 joserfc", id="cryptography in the cli"),
        pytest.param("api/app.py", "def f() -> None:\n    import nacl", "api/app.py:2 nacl", id="lazy import"),
        pytest.param(
            "adapters/sqlite_extra.py", "import sqlalchemy", "adapters/sqlite_extra.py:1 sqlalchemy", id="prefix"
        ),
        pytest.param(
            "adapters/new/x.py", "import newdriver.sub", "adapters/new/x.py:1 newdriver", id="driver without a door"
        ),
    ],
)
def test_strays_planted_import_is_found(tmp_path: Path, file: str, line: str, finding: str) -> None:
    root = plant(tmp_path, {file: f"{line}\n"})

    found = strays(root)

    assert found == [finding]


def test_strays_driver_behind_its_door_is_none(tmp_path: Path) -> None:
    root = plant(
        tmp_path, {"adapters/sql/engine.py": "import sqlalchemy as sa\n", "adapters/jose.py": "import joserfc\n"}
    )

    found = strays(root)

    assert found == []
