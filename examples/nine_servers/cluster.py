"""Nine servers from one topology: made ready, registered with one another, started in the order in which they stand."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from examples.demo import page
from examples.demo.agents import PROJECT, Trouble
from examples.demo.place import APP, PAGE, PASSWORD, USERNAME
from examples.nine_servers.measure import memory_of
from examples.nine_servers.parts import Part, Parts
from examples.nine_servers.place import HERE, Place, environment
from examples.nine_servers.servers import API, Servers

OPERATOR: Final = "grace"
_BATCH: Final = PROJECT / "examples" / "demo" / "commands.py"


@dataclass(frozen=True)
class Cluster:
    """Nine servers that run, or are about to."""

    place: Place
    servers: Servers
    parts: Parts
    has_page: bool
    tell: Callable[[str], object]

    def start(self) -> None:
        """Start everything, and return when every part has answered.

        Raises: Trouble.
        """
        self.servers.initialise()
        beneath = self._started(self.servers.beneath())
        built = self._build() if self.has_page else None
        self._await(beneath)
        self.tell("Preparing the store, adding accounts and clients, writing the gateway ...")
        secret = self._register()
        self._await(self._started([*self.servers.before(), *self.servers.beside(secret, built)]))

    def start_again(self, name: str) -> None:
        """Start a part that has ended.

        Raises: Trouble, LookupError.
        """
        if name in self.parts.running:
            raise LookupError(f"The {name} runs.")
        if name not in self.parts.known:
            raise LookupError(f"There is no {name}; there is {', '.join(self.parts.known)}.")
        self.parts.start(self.parts.known[name])
        self.parts.wait_for(name)

    def memory(self) -> Mapping[str, int | None]:
        """Return the bytes that each part takes."""
        return {name: memory_of(process.pid) for name, process in self.parts.running.items()}

    def _started(self, parts: Iterable[Part]) -> Sequence[Part]:
        """Start parts side by side, and return them."""
        started = list(parts)
        for part in started:
            self.parts.start(part)
        return started

    def _await(self, started: Iterable[Part]) -> None:
        for part in started:
            self.parts.wait_for(part.name)
            self.tell(f"✓ {part.name}: {part.address}")

    def _build(self) -> Path:
        files = self.place.folder / "page"
        values = {"VITE_ISSUER": self.place.issuer, "VITE_CLIENT_ID": PAGE, "VITE_API": self.place.api.origin}
        page.build_into(files, {**environment(), **values}, self.tell, base=self.place.page.path)
        return files

    def _register(self) -> str:
        """Do what an operator would type once, and return the secret of the API.

        Raises: Trouble.
        """
        ran = subprocess.run(
            [sys.executable, str(_BATCH)],
            cwd=self.place.folder,
            env={**environment(), **self.place.settings},
            input=json.dumps(commands(self.place)),
            capture_output=True,
            text=True,
            check=False,
        )
        if ran.returncode:
            raise Trouble("The servers could not be introduced to one another.", ran.stderr)
        secret: str = json.loads(json.loads(ran.stdout)[-1])["client_secret"]
        return secret


def commands(place: Place) -> Sequence[Sequence[str]]:
    """Return what an operator would type, the API's registration last."""
    api, notes = ["--resource", place.api.origin], ["--scope", "notes:read", "--scope", "notes:write"]
    app = ["--type", "native", "--id", APP, "--redirect-uri", f"http://{HERE}/signed-in", "--scope", "offline_access"]
    where = ["--redirect-uri", f"{place.page_address}signed-in", "--post-logout-redirect-uri", place.page_address]
    shown = [
        "--type",
        "spa",
        "--id",
        PAGE,
        "--first-party",
        "--refresh-cookie",
        "--scope",
        "openid",
        "--scope",
        "profile",
        *where,
    ]
    listening = ["--scope", "revocations.read", "--resource", f"{place.issuer}/v1/feed"]
    return [
        ["store", "migrate"],
        ["gateway", "nginx", "--topology", "topology.toml", "--out", "gateway"],
        ["monitoring", "--topology", "topology.toml", "--out", "monitoring"],
        _account(USERNAME),
        _account(OPERATOR, "--role", "operator"),
        ["clients", "add", "Notes on the command line", *app, *notes, *api],
        ["clients", "add", "Notes", *shown, *notes, *api],
        ["clients", "add", "Notes API", "--type", "service", "--id", API, *listening, "--json"],
    ]


def _account(name: str, *words: str) -> list[str]:
    return ["users", "add", name, f"{name}@mail.example", "--password-stdin", *words, "<", PASSWORD]
