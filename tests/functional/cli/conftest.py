"""Commands in this process: in an empty folder, with logging as it was before afterwards."""

import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import structlog
from typer.testing import CliRunner

from doorward.cli.app import app


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
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DOORWARD_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("COLUMNS", "200")
    yield Terminal(tmp_path)
    root.handlers, root.level = handlers, level
    structlog.reset_defaults()
