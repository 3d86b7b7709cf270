"""What a resource server imports is in the base install: nothing of the server, its frameworks and its drivers."""

import re
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.metadata import PackageNotFoundError, packages_distributions, requires
from typing import Final

import pytest

from tests.architecture.tree import PROJECT

_NAME: Final = re.compile(r"[A-Za-z0-9._-]+")
ALWAYS: Final = ("_distutils_hack",)
"""What an environment loads into every process that begins in it."""

MODULES: Final = (
    "doorward",
    "doorward.resource",
    "doorward.resource.decorators",
    "doorward.resource.metadata",
    "doorward.resource.middleware.asgi",
    "doorward.resource.middleware.wsgi",
)
FOR_FASTAPI: Final = "doorward.resource.fastapi"
SCRIPT: Final = """
import importlib, sys
for module in sys.argv[1:]:
    importlib.import_module(module)
    print(*{name.partition('.')[0] for name in sys.modules})
"""


def normal(name: str) -> str:
    """Return a distribution's name as it is compared."""
    return re.sub(r"[-_.]+", "-", name).lower()


def named(requirement: str) -> str:
    """Return the name in a requirement."""
    found = _NAME.match(requirement)
    return normal(found[0]) if found else ""


@cache
def base_install() -> set[str]:
    """Return the distributions of the base install, and what they need in turn."""
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["project"]
    waiting = [named(one) for one in project["dependencies"]]
    found: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found.add(name)
        try:
            listed = requires(name) or []
        except PackageNotFoundError:
            continue
        waiting += [named(one) for one in listed if "extra ==" not in one]
    return found


@cache
def imported_by() -> Mapping[str, set[str]]:
    """Return the distributions that are loaded when the modules were imported, in turn, in a process of its own."""
    modules = (*MODULES, FOR_FASTAPI)
    run = subprocess.run(
        [sys.executable, "-c", SCRIPT, *modules], capture_output=True, text=True, check=True, cwd=PROJECT
    )
    owners = packages_distributions()
    loaded = (set(line.split()) - {*ALWAYS, "doorward"} for line in run.stdout.splitlines())
    found = ({normal(owner) for name in names for owner in owners.get(name, [])} for names in loaded)
    return dict(zip(modules, found, strict=True))


@pytest.mark.parametrize("module", MODULES)
def test_import_for_resource_servers_needs_the_base_install_alone(module: str) -> None:
    assert imported_by()[module] <= base_install()


def test_import_of_the_dependencies_for_fastapi_needs_more() -> None:
    assert {"fastapi", "starlette"} <= imported_by()[FOR_FASTAPI] - base_install()
