"""Commands in this process: in an empty folder, with logging and signals as they were before afterwards."""

import json
import logging
import shutil
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import structlog
from typer.testing import CliRunner

from doorward.assembly import archives
from doorward.assembly.house import open_house
from doorward.assembly.store import url_of
from doorward.cli.app import app
from doorward.cli.progress import Lines
from doorward.core.login.log_in import Attempt
from doorward.core.moving.back_up import BackUp
from doorward.core.sessions.records import Kind
from doorward.settings.load import load
from tests.functional.cli.moving import CALLER, PASSWORD, Built


@dataclass(frozen=True)
class Said:
    """What a command said, and how it ended."""

    status: int
    out: str
    err: str

    @property
    def document(self) -> Any:  # noqa: ANN401 (any JSON)
        """What it printed, which must be one JSON document."""
        return json.loads(self.out)

    @property
    def whats(self) -> list[str]:
        """What was wrong."""
        return [problem["what"] for problem in self.document["problems"]]


@dataclass(frozen=True)
class Terminal:
    """Types commands in a folder."""

    folder: Path

    def __call__(self, *arguments: str, typed: str | None = None) -> Said:
        """Run a command; what it must not do is end by an exception."""
        result = CliRunner().invoke(app, list(arguments), input=typed, catch_exceptions=False)
        return Said(result.exit_code, result.stdout, result.stderr)


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Terminal]:
    root = logging.root
    handlers, level = root.handlers, root.level
    ends = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DOORWARD_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("COLUMNS", "200")
    yield Terminal(tmp_path)
    root.handlers, root.level = handlers, level
    for number, end in ends.items():
        signal.signal(number, end)
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def used(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a data folder in which somebody has worked before: it has secrets, tables and keys, and nobody in it."""
    folder = tmp_path_factory.mktemp("used") / "data"
    house = open_house(load({"data_dir": folder}))
    house.prepare()
    house.close()
    return folder


@pytest.fixture
def in_use(run: Terminal, used: Path) -> Path:
    """Return the data folder, which is not a new one: to make its keys costs half a second."""
    return Path(shutil.copytree(used, run.folder / "data"))


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Make a store with two accounts, of which one has signed in on a phone and forgotten its password."""
    folder = tmp_path_factory.mktemp("moving")
    house = open_house(load({"data_dir": folder / "data"}))
    house.prepare()
    house.flows.add_account("grace", "grace@mail.example")
    house.flows.add_account("ada", "ada@mail.example", password=PASSWORD)
    house.flows.forgot_password("ada@mail.example")
    first = house.flows.log_in(Attempt("ada", PASSWORD, Kind.MOBILE, CALLER, "a phone"))
    backup = archives.backup_at(folder / "before.backup", house.settings)
    with archives.opened(url_of(house.settings)) as archive:
        BackUp(archive, backup, house.clock, Lines())()
    second = house.flows.refresh(first.refresh_token, Kind.MOBILE, caller=CALLER)
    house.close()
    return Built(folder, (first.refresh_token, second.refresh_token))


@pytest.fixture
def old(run: Terminal, built: Built) -> Path:
    """Return the file of the store, in the folder of this test."""
    shutil.copytree(built.folder, run.folder, dirs_exist_ok=True)
    return run.folder / "data" / "doorward.sqlite3"


@pytest.fixture
def tokens(built: Built, old: Path) -> tuple[str, str]:
    """Return the tokens, with the store and its backup in the folder of this test."""
    return built.tokens
