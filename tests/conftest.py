"""What holds for every test: settings come from .env.test alone, and nothing is compiled twice."""

import os
import sys
from pathlib import Path

from dotenv import dotenv_values

# Whoever forbids it makes each of some thousand processes compile all of the source anew.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # noqa: TID251 (for this process it was read long ago)
sys.dont_write_bytecode = False

_ALIASES = ("DATABASE_URL", "REDIS_URL")
_ABOUT_THE_TESTS = ("DOORWARD_TEST_", "DOORWARD_VENV")


def pytest_configure() -> None:
    environment = os.environ  # noqa: TID251 (the one place that shields the tests from it)
    for name in list(environment):
        is_setting = name.startswith("DOORWARD_") and not name.startswith(_ABOUT_THE_TESTS)
        if is_setting or name in _ALIASES:
            del environment[name]
    values = dotenv_values(Path(__file__).parents[1] / ".env.test")
    environment.update({name: value for name, value in values.items() if value is not None})
