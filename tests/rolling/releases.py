"""Two releases of the product that are installed beside each other: the wheel of this tree, and a planted next one."""

import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from tests import wheels
from tests.rolling.planted import contract, plant


@dataclass(frozen=True, slots=True)
class Release:
    """One installed release."""

    site: Path

    @property
    def command(self) -> tuple[str, ...]:
        """How its command line is called: its own packages come first, all else from the tests' environment."""
        script = f"import sys; sys.path.insert(0, {str(self.site)!r}); from doorward.__main__ import main; main()"
        return (sys.executable, "-c", script)


def this_release(run: Path) -> Release:
    """Return this tree's release. `run` is the folder that all processes of a test run share."""
    return Release(wheels.site(run))


def next_release(run: Path) -> Release:
    """Return the release after it, which has the planted changes."""

    def change(site: Path) -> None:
        shutil.copytree(wheels.site(run), site)
        plant(site)

    return Release(wheels.once(run / "next", change))


def contracted(release: Release, folder: Path) -> Release:
    """Return a copy of the next release whose tables serve nobody of before: it differs in one line."""
    site = folder / "site"
    shutil.copytree(release.site, site)
    contract(site)
    return Release(site)
