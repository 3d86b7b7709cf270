"""Node.js, in which some peers run, and the resource server that those share whose tokens it can verify."""

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from benchmarks.applications import RESOURCE
from benchmarks.peers.installing import node_packages
from benchmarks.peers.peer import Command, Place, Say
from benchmarks.run import CannotMeasure

PRODUCTION: Final[Mapping[str, str]] = {"NODE_ENV": "production"}
_RESOURCE: Final = Path(__file__).with_name("resource.mjs")


def node() -> str:
    """Return the whole path of node.

    Raises: CannotMeasure, where it is not here.
    """
    path = shutil.which("node")
    if path is None:
        raise CannotMeasure("node is not here; `scripts/system-parts node` brings it")
    return path


def install(folder: Path, served: Path, say: Say) -> None:
    """Make `folder` hold the packages and the programs of `served`, and the resource server beside them.

    Raises: CannotMeasure.
    """
    node_packages(folder, served, say)
    shutil.copy(_RESOURCE, folder)


def resource(place: Place, issuer: str) -> Command:
    """Return what serves the resource, for tokens of an issuer whose keys are at `/jwks` below it.

    Raises: CannotMeasure.
    """
    program = str(place.environment / _RESOURCE.name)
    return Command((node(), program, str(place.port), issuer, f"{issuer}/jwks", RESOURCE), "/ready", PRODUCTION)
