"""Node.js, in which some peers run."""

import shutil
from collections.abc import Mapping
from typing import Final

from benchmarks.run import CannotMeasure

PRODUCTION: Final[Mapping[str, str]] = {"NODE_ENV": "production"}


def node() -> str:
    """Return the whole path of node.

    Raises: CannotMeasure, where it is not here.
    """
    path = shutil.which("node")
    if path is None:
        raise CannotMeasure("node is not here; `scripts/system-parts node` brings it")
    return path
