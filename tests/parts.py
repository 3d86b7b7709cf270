"""System parts that some tests need, and what happens where one is not there."""

import os
import shutil
from typing import NoReturn

import pytest


def missing(what: str, *, remedy: str) -> NoReturn:
    """Skip a test loudly, or fail it where nothing may be missing."""
    message = f"{what}: {remedy}"
    if os.environ.get("CI"):  # noqa: TID251 (whether a gap is a failure is for whoever runs the tests)
        pytest.fail(message)
    pytest.skip(message)


def require_node() -> None:
    """Return where there is Node with npm; elsewhere the test is missing something."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        missing("Node is not here", remedy="run `scripts/system-parts node`")
