"""Two releases of the product as wheels that are installed beside each other: this tree, and a planted next one."""

import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.processes import PROJECT
from tests.rolling.planted import contract, plant
from tests.wheels import built, installed

_PARTS: Final = ("pyproject.toml", "README.md", "LICENSE")


@dataclass(frozen=True, slots=True)
class Release:
    """One installed release."""

    site: Path

    @property
    def command(self) -> tuple[str, ...]:
        """How its command line is called: its own packages come first, all else from the tests' environment."""
        script = f"import sys; sys.path.insert(0, {str(self.site)!r}); from doorward.__main__ import main; main()"
        return (sys.executable, "-c", script)


def this_release(folder: Path) -> Release:
    """Return this tree's release, installed below `folder`."""
    return Release(installed(built(folder / "wheel"), folder / "site"))


def next_release(folder: Path) -> Release:
    """Return the release after it: a copy of this tree with the planted changes."""
    tree = folder / "tree"
    shutil.copytree(PROJECT / "src", tree / "src", ignore=shutil.ignore_patterns("__pycache__"))
    for name in _PARTS:
        shutil.copy(PROJECT / name, tree)
    plant(tree)
    return Release(installed(built(folder / "wheel", tree), folder / "site"))


def contracted(release: Release, folder: Path) -> Release:
    """Return a copy of the next release whose tables serve nobody of before: it differs in one line."""
    site = folder / "site"
    shutil.copytree(release.site, site)
    contract(site)
    return Release(site)
