"""Hostile strings of others, read from where they are kept; they are not part of this repository."""

import json
import os
from pathlib import Path
from typing import Final

import pytest

from tests.architecture.tree import PROJECT

_NAMED: Final = os.environ.get("DOORWARD_TEST_VECTORS")  # noqa: TID251 (a setting of the suite, not of the server)
FOLDER: Final = Path(_NAMED) if _NAMED else PROJECT.parent / "shared" / "vectors"


def hostile_strings(share: int = 0, shares: int = 1) -> list[str]:
    """Return naughty strings and operators of query languages; skip the test, saying so, where they are absent.

    Where places read text alike, each may take a share: one of so many, and the next place takes those after them.
    """
    naughty, operators = FOLDER / "naughty-strings.json", FOLDER / "nosql-operators.txt"
    if not naughty.is_file() or not operators.is_file():
        pytest.skip("the hostile strings are not here: DOORWARD_TEST_VECTORS names their folder")
    strings: list[str] = json.loads(naughty.read_text("utf-8"))
    everything = [*strings, *operators.read_text("utf-8").splitlines(), *_OWN]
    return everything[share % shares :: shares]


_OWN: Final = (
    "\x00",
    "a\x00b",
    "\ud800",
    "\udfff\ud800",
    "\u202eabc",
    "' OR '1'='1' --",
    '"; DROP TABLE accounts; --',
    "${jndi:ldap://x}",
    "{{7*7}}",
    "../../etc/passwd",
    "x" * 60_000,
)
