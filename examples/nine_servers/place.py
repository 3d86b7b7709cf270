"""What is where: the topology on the ports that were chosen, and the settings that go with it."""

import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from doorward.gateway.topology import Application, Topology, read
from examples.demo.agents import PROJECT

HERE: Final = "127.0.0.1"
FIRST_PORT: Final = 8000
COUNT: Final = 12
"""How many ports in a row they take: the gateway has two, one for the API, and there are two auth servers."""

_SOURCE: Final = Path(__file__).parent
_FILES: Final = ("topology.toml", "doorward.toml")
_PORT: Final = re.compile(r"(?<=:)80(\d\d)\b")
_NOT_HANDED_ON: Final = ("DOORWARD_", "NOTES_", "PAGE_", "DATABASE_URL", "REDIS_URL")


@dataclass(frozen=True)
class Place:
    """A folder with both files, as they are for these ports, and passwords that are made anew each time."""

    folder: Path
    port: int
    topology: Topology
    password: str = field(default_factory=lambda: secrets.token_urlsafe(24), repr=False)

    @property
    def issuer(self) -> str:
        """Where Doorward is, behind the gateway."""
        return f"http://localhost:{self.port}"

    @property
    def files(self) -> str:
        """Where kept files are served."""
        return f"http://{HERE}:{self.port}"

    @property
    def api(self) -> Application:
        """The resource server."""
        return next(each for each in self.topology.applications if each.path == "/")

    @property
    def page(self) -> Application:
        """The page, on the issuer's host."""
        return next(each for each in self.topology.applications if each.path != "/")

    @property
    def page_address(self) -> str:
        """Where the page is."""
        return f"{self.page.origin}{self.page.path}"

    @property
    def data(self) -> Path:
        """The folder that Doorward's own processes share: generated secrets and, in development, mails."""
        return self.folder / "data"

    @property
    def database(self) -> str:
        """The address of the database."""
        return self._only(self.topology.store.servers if self.topology.store else ())

    @property
    def cache(self) -> str:
        """The address of the cache."""
        return self._only(self.topology.cache.servers if self.topology.cache else ())

    @property
    def settings(self) -> Mapping[str, str]:
        """What stands in the environment of every process of Doorward."""
        return {
            "DOORWARD_CONFIG": str(self.folder / "doorward.toml"),
            "DOORWARD_DATA_DIR": str(self.data),
            "DOORWARD_STORE_URL": f"postgresql://postgres:{self.password}@{self.database}/postgres",
            "DOORWARD_CACHE_URL": f"redis://:{self.password}@{self.cache}/0",
        }

    @staticmethod
    def _only(servers: tuple[str, ...]) -> str:
        (server,) = servers
        return server


def prepared(folder: Path, port: int) -> Place:
    """Make the folder ready, with both files on ports from `port` on."""
    for name in ("", "logs", "data", "gateway", "notes"):
        (folder / name).mkdir(mode=0o700, parents=True, exist_ok=True)
    for name in _FILES:
        text = (_SOURCE / name).read_text("utf-8")
        moved = _PORT.sub(lambda found: str(port + int(found[1])), text)
        (folder / name).write_text(moved, encoding="utf-8")
    return Place(folder, port, read(folder / "topology.toml"))


def environment() -> dict[str, str]:
    """Return this process' environment, without what would lead a part to a deployment of yours."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_NOT_HANDED_ON)}
    # In a clone that is not installed, Doorward is found by its path.
    paths = filter(None, (str(PROJECT / "src"), str(PROJECT), kept.get("PYTHONPATH")))
    return {**kept, "PYTHONPATH": os.pathsep.join(paths)}


def port_of(address: str) -> int:
    """Return the port of HOST:PORT."""
    return int(address.rpartition(":")[2])
