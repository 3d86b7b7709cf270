"""The import contracts of .importlinter are kept, and each of them can break."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

import pytest

from tests.architecture.tree import PROJECT, plant

pytestmark = pytest.mark.slow

ROOMS = (
    "__init__.py",
    "api/__init__.py",
    "api/pages/__init__.py",
    "api/v1/__init__.py",
    "api/v1/mobile/__init__.py",
    "api/v1/web/__init__.py",
    "adapters/__init__.py",
    "adapters/memory/__init__.py",
    "adapters/sql/__init__.py",
    "cli/__init__.py",
    "core/__init__.py",
    "core/access/__init__.py",
    "core/accounts/__init__.py",
    "core/audit/__init__.py",
    "core/credentials/__init__.py",
    "core/flows.py",
    "core/keys/__init__.py",
    "core/keys/ports.py",
    "core/keys/records.py",
    "core/kernel/__init__.py",
    "core/limits/__init__.py",
    "core/login/__init__.py",
    "core/moving/__init__.py",
    "core/oauth/__init__.py",
    "core/oauth/start_session.py",
    "core/onetime/__init__.py",
    "core/operating/__init__.py",
    "core/outbox/__init__.py",
    "core/sessions/__init__.py",
    "core/sessions/start.py",
    "resource/__init__.py",
    "settings/__init__.py",
    "testing/__init__.py",
)

FLOORS = "An arrow goes only down, and neighbours on a floor do not know each other"
SUBJECTS = "A subject knows only the subjects below it"
INSIDE = "The core touches nothing outside"
RULES = "Rules are pure: they import no port"
WEB_AND_MOBILE = "Web and mobile never meet, in any version"
PAGES = "The server's own pages belong to browsers"
PIPELINE = "Only signing in starts a session"
GRANTING = "Only granting starts the session of a client"
STORES = "Stores do not know each other"
RESOURCE = "What protects a resource knows keys and the kernel alone"
CIRCLES = "No circles between siblings"
FAULTS: Final[Mapping[str, tuple[str, str, str]]] = MappingProxyType(
    {
        "a new room outside": (FLOORS, "utils/__init__.py", ""),
        "adapter reads settings": (FLOORS, "adapters/sql/engine.py", "import doorward.settings"),
        "api reaches a database": (FLOORS, "api/app.py", "import doorward.adapters.sql"),
        "core knows a door": (FLOORS, "core/keys/rotate.py", "import doorward.api"),
        "server reaches what is for tests": (FLOORS, "cli/serve.py", "import doorward.testing"),
        "a new room inside": (SUBJECTS, "core/helpers/__init__.py", ""),
        "siblings": (SUBJECTS, "core/keys/rotate.py", "import doorward.core.limits"),
        "upwards": (SUBJECTS, "core/sessions/refresh.py", "import doorward.core.accounts"),
        "core imports a driver": (INSIDE, "core/keys/rotate.py", "import sqlalchemy"),
        "core imports the framework": (INSIDE, "core/keys/rotate.py", "import fastapi.params"),
        "core asks the machine for the time": (INSIDE, "core/keys/rotate.py", "import time"),
        "core touches the machine": (INSIDE, "core/keys/rotate.py", "from os import path"),
        "rule asks a port": (RULES, "core/keys/rules.py", "import doorward.core.keys.ports"),
        "web to mobile": (WEB_AND_MOBILE, "api/v1/web/login.py", "import doorward.api.v1.mobile"),
        "mobile to web": (WEB_AND_MOBILE, "api/v1/mobile/login.py", "import doorward.api.v1.web"),
        "pages to mobile": (PAGES, "api/pages/login.py", "import doorward.api.v1.mobile"),
        "second way in": (PIPELINE, "core/accounts/verify.py", "import doorward.core.sessions.start"),
        "grant signs in": (PIPELINE, "core/oauth/exchange.py", "import doorward.core.sessions.start"),
        "ungranted": (GRANTING, "cli/serve.py", "import doorward.core.oauth.start_session"),
        "store to store": (STORES, "adapters/sql/work.py", "import doorward.adapters.memory"),
        "verifier knows sessions": (RESOURCE, "resource/verifier.py", "import doorward.core.sessions"),
    }
)
"""What may be planted: the contract that it breaks, the file, and the line."""

HOUSES: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        "clean": {"core/login/log_in.py": "from doorward.core.sessions import start\n"},
        "circle": {
            "core/keys/records.py": "import doorward.core.keys.keyring\n",
            "core/keys/keyring.py": "import doorward.core.keys.records\n",
        },
        **{name: {file: f"{line}\n"} for name, (_, file, line) in FAULTS.items()},
    }
)

Outcome = tuple[int, str]
"""The linter's exit status, and what it said."""


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Outcome]:
    """What the linter says of the source, and of each house."""
    houses = {name: a_house(tmp_path_factory.mktemp("house"), changes) for name, changes in HOUSES.items()}
    return lint_imports({"source": PROJECT, **houses})


def lint_imports(projects: Mapping[str, Path]) -> Mapping[str, Outcome]:
    shield = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}  # noqa: TID251 (handed on)
    run = subprocess.run(
        [sys.executable, Path(__file__).with_name("linter.py"), *projects.values()],
        env=shield | {"COLUMNS": "200", "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    return {name: (status, said) for name, (status, said) in zip(projects, json.loads(run.stdout), strict=True)}


def a_house(root: Path, changes: Mapping[str, str]) -> Path:
    shutil.copy(PROJECT / ".importlinter", root)
    rooms = {**dict.fromkeys(ROOMS, ""), **changes}
    return plant(root, {f"src/doorward/{name}": text for name, text in rooms.items()})


def test_lint_imports_source_keeps_every_contract(outcomes: Mapping[str, Outcome]) -> None:
    status, said = outcomes["source"]

    assert status == 0, said


def test_lint_imports_clean_house_keeps_every_contract(outcomes: Mapping[str, Outcome]) -> None:
    status, said = outcomes["clean"]

    assert status == 0, said
    assert "11 kept, 0 broken" in said


@pytest.mark.parametrize("name", FAULTS)
def test_lint_imports_planted_fault_breaks_its_contract(outcomes: Mapping[str, Outcome], name: str) -> None:
    status, said = outcomes[name]

    assert status == 1
    assert f"{FAULTS[name][0]} BROKEN" in said


def test_lint_imports_circle_between_siblings_breaks_its_contract(outcomes: Mapping[str, Outcome]) -> None:
    status, said = outcomes["circle"]

    assert status == 1
    assert f"{CIRCLES} BROKEN" in said
