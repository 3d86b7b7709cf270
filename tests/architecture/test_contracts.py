"""The import contracts of .importlinter are kept, and each of them can break."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.tree import PROJECT, plant

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


def lint_imports(project: Path) -> subprocess.CompletedProcess[str]:
    source = str(project / "src")
    shield = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}  # noqa: TID251 (handed on)
    return subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as run; run()", "--no-cache"],
        cwd=project,
        env=shield | {"PYTHONPATH": source, "COLUMNS": "200", "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


def a_house(root: Path, changes: dict[str, str]) -> Path:
    shutil.copy(PROJECT / ".importlinter", root)
    rooms = dict.fromkeys(ROOMS, "") | changes
    return plant(root, {f"src/doorward/{name}": text for name, text in rooms.items()})


def test_lint_imports_source_keeps_every_contract() -> None:
    outcome = lint_imports(PROJECT)

    assert outcome.returncode == 0, outcome.stdout + outcome.stderr


def test_lint_imports_clean_house_keeps_every_contract(tmp_path: Path) -> None:
    house = a_house(tmp_path, {"core/login/log_in.py": "from doorward.core.sessions import start\n"})

    outcome = lint_imports(house)

    assert outcome.returncode == 0, outcome.stdout + outcome.stderr
    assert "11 kept, 0 broken" in outcome.stdout


@pytest.mark.parametrize(
    ("contract", "file", "line"),
    [
        pytest.param(FLOORS, "utils/__init__.py", "", id="a new room outside"),
        pytest.param(FLOORS, "adapters/sql/engine.py", "import doorward.settings", id="adapter reads settings"),
        pytest.param(FLOORS, "api/app.py", "import doorward.adapters.sql", id="api reaches a database"),
        pytest.param(FLOORS, "core/keys/rotate.py", "import doorward.api", id="core knows a door"),
        pytest.param(FLOORS, "cli/serve.py", "import doorward.testing", id="server reaches what is for tests"),
        pytest.param(SUBJECTS, "core/helpers/__init__.py", "", id="a new room inside"),
        pytest.param(SUBJECTS, "core/keys/rotate.py", "import doorward.core.limits", id="siblings"),
        pytest.param(SUBJECTS, "core/sessions/refresh.py", "import doorward.core.accounts", id="upwards"),
        pytest.param(INSIDE, "core/keys/rotate.py", "import sqlalchemy", id="core imports a driver"),
        pytest.param(INSIDE, "core/keys/rotate.py", "import fastapi.params", id="core imports the framework"),
        pytest.param(INSIDE, "core/keys/rotate.py", "import time", id="core asks the machine for the time"),
        pytest.param(INSIDE, "core/keys/rotate.py", "from os import path", id="core touches the machine"),
        pytest.param(RULES, "core/keys/rules.py", "import doorward.core.keys.ports", id="rule asks a port"),
        pytest.param(WEB_AND_MOBILE, "api/v1/web/login.py", "import doorward.api.v1.mobile", id="web to mobile"),
        pytest.param(WEB_AND_MOBILE, "api/v1/mobile/login.py", "import doorward.api.v1.web", id="mobile to web"),
        pytest.param(PAGES, "api/pages/login.py", "import doorward.api.v1.mobile", id="pages to mobile"),
        pytest.param(PIPELINE, "core/accounts/verify.py", "import doorward.core.sessions.start", id="second way in"),
        pytest.param(PIPELINE, "core/oauth/exchange.py", "import doorward.core.sessions.start", id="grant signs in"),
        pytest.param(GRANTING, "cli/serve.py", "import doorward.core.oauth.start_session", id="ungranted"),
        pytest.param(STORES, "adapters/sql/work.py", "import doorward.adapters.memory", id="store to store"),
        pytest.param(RESOURCE, "resource/verifier.py", "import doorward.core.sessions", id="verifier knows sessions"),
    ],
)
def test_lint_imports_planted_fault_breaks_its_contract(tmp_path: Path, contract: str, file: str, line: str) -> None:
    house = a_house(tmp_path, {file: f"{line}\n"})

    outcome = lint_imports(house)

    assert outcome.returncode == 1
    assert f"{contract} BROKEN" in outcome.stdout


def test_lint_imports_circle_between_siblings_breaks_its_contract(tmp_path: Path) -> None:
    circle = {
        "core/keys/records.py": "import doorward.core.keys.keyring\n",
        "core/keys/keyring.py": "import doorward.core.keys.records\n",
    }

    outcome = lint_imports(a_house(tmp_path, circle))

    assert outcome.returncode == 1
    assert f"{CIRCLES} BROKEN" in outcome.stdout
