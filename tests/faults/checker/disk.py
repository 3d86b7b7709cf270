"""Looking for secrets in raw bytes."""

import re
from base64 import b64encode
from itertools import islice
from pathlib import Path
from typing import Final

from doorward.core.kernel import secrets
from tests.faults.checker.history import Told
from tests.faults.people.person import CANARY

_SHAPES: Final = {
    "a token": re.compile(rb"dw[rodp]1_[a-z0-9-]{4,}_[a-z0-9_]{40,}"),
    "an access token": re.compile(rb"eyJ[A-Za-z0-9_-]{20,}\.eyJ[A-Za-z0-9_-]{20,}\."),
}
_CANARIES: Final = (
    CANARY.encode(),
    CANARY.encode("utf-16-le"),
    CANARY.encode().hex().encode(),
    b64encode(CANARY.encode()),
)
_LOOKED_FOR: Final = 8


def leaks(path: Path, told: Told) -> list[str]:
    """Return what lies open in a file: passwords, anything in the shape of a token, or the secret part of one."""
    content = path.read_bytes()
    found = [name for name, shape in _SHAPES.items() if shape.search(content)]
    if any(canary in content for canary in _CANARIES):
        found.append("a password")
    if any(raw in content or raw.hex().encode() in content for raw in _raw_secrets(told)):
        found.append("the secret part of a token")
    return found


def _raw_secrets(told: Told) -> list[bytes]:
    """Return the random part of the last tokens that were given out."""
    given = (operation.told.get("refresh") for operation in reversed(told.operations))
    parts = (secrets.decode(token.split("_")[3]) for token in given if token)
    return [raw for raw in islice(parts, _LOOKED_FOR) if raw]
