"""A deployment to measure: a data folder of its own, filled, and `doorward serve` on it."""

import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.machine import CORES
from benchmarks.processes import Server, free_port, serving
from doorward.settings.generate import generate_secret
from doorward.settings.load import load
from doorward.settings.record import Loaded

READY: Final = "/readyz"
_LIMITS_SCALE: Final = 1_000_000
_SERVE: Final = (sys.executable, "-m", "doorward", "serve")


def _nothing(_: str) -> Mapping[str, str]:
    return {}


@dataclass(frozen=True, slots=True)
class Deployment:
    """A data folder and the settings of its server. Limits are wide, since all callers share an address; no more."""

    folder: Path
    secret: str
    pepper: str
    port: int
    server_url: str | None = None
    cache_url: str | None = None
    also: Callable[[str], Mapping[str, str]] = _nothing

    @classmethod
    def new(
        cls,
        folder: Path,
        *,
        server_url: str | None = None,
        cache_url: str | None = None,
        also: Callable[[str], Mapping[str, str]] = _nothing,
    ) -> "Deployment":
        """Return a deployment in a new folder.

        Its store is embedded, or the database behind `server_url`; its cache is its own, or the one behind `cache_url`.
        `also` gives the settings that it has besides, for its issuer.
        """
        folder.mkdir(mode=0o700)
        return cls(folder, generate_secret(), generate_secret(), free_port(), server_url, cache_url, also)

    @property
    def store(self) -> Path:
        """The file of the embedded store, where that is used."""
        return self.folder / "doorward.sqlite3"

    @property
    def issuer(self) -> str:
        """The base address of the deployment."""
        return f"http://localhost:{self.port}"

    def settings(self) -> Loaded:
        """Return the settings as this process needs them to fill the store."""
        return load(dict(self._settings()), env_file=self.folder / "no-such.env")

    @property
    def environment(self) -> Mapping[str, str]:
        """Return the whole environment of the server."""
        settings = {f"DOORWARD_{name.upper()}": str(value) for name, value in self._settings().items()}
        return {"PATH": os.defpath, **settings}

    @contextmanager
    def served(self, *, cores: frozenset[int] = frozenset(CORES), command: Sequence[str] = _SERVE) -> Iterator[Server]:
        """Run the server on these cores while the block runs."""
        with serving(
            [*command, "--port", str(self.port), "--data-dir", str(self.folder)],
            self.port,
            ready=READY,
            environment=self.environment,
            cores=cores,
            log=self.folder / "server.log",
        ) as server:
            yield server

    def _settings(self) -> dict[str, object]:
        return {
            "environment": "development",
            "data_dir": self.folder,
            "port": self.port,
            "store_url": self.server_url or f"sqlite:///{self.store}",
            "secret": self.secret,
            "pepper": self.pepper,
            "limits_scale": _LIMITS_SCALE,
            "cache_url": self.cache_url or "memory://",
            **self.also(self.issuer),
        }
