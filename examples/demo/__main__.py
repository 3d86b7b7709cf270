"""Four agents on one machine: `make demo`, or `python -m examples.demo` from the root of the clone.

Starts an authorization server, a resource server, a client in a browser and one on the command line, and for the other
way an application with an authorization server inside. It says what is where, and ends all of it on Ctrl-C.
"""

import argparse
import json
import shlex
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Final

from examples.demo import page
from examples.demo.agents import PROJECT, Agents, free_ports, require_free
from examples.demo.checks import Checks
from examples.demo.commanded import first_port, until_a_signal
from examples.demo.place import APP, PASSWORD, USERNAME, Place, register, start_api, start_servers

DEFAULT_PORT: Final = 8000
COUNT: Final = 4


@dataclass(frozen=True)
class Demo:
    """A demonstration, and how it speaks: of its progress on the other stream, so that JSON stays JSON."""

    place: Place
    agents: Agents
    has_page: bool
    is_json: bool

    def start(self) -> None:
        """Start everything."""
        self.tell("Starting the authorization server, and an application that has its own ...")
        start_servers(self.place, self.agents)
        self.tell("Adding an account, and registering three clients ...")
        secret = register(self.place, self.agents)
        self.tell("Starting the resource server ...")
        start_api(self.place, self.agents, secret=secret)
        if self.has_page:
            page.start(self.place, self.agents, page.build(self.place, self.agents, self.tell))

    def tell(self, sentence: str) -> None:
        """Say how far it is."""
        print(f"  {sentence}", file=sys.stderr, flush=True)

    @property
    def app(self) -> str:
        """What is typed to use the client on the command line."""
        program = PROJECT / "examples" / "mobile" / "app.py"
        here = Path.cwd()
        return shlex.join([_shown(Path(sys.executable), here), _shown(program, here)])

    @property
    def sign_in(self) -> str:
        """What is typed to sign in there."""
        elsewhere = f" --issuer {self.place.issuer} --api {self.place.api}"
        return f"{self.app} sign-in{'' if self.place.ports[0] == DEFAULT_PORT else elsewhere}"

    def greet(self) -> None:
        """Say what is where, and what to try."""
        if self.is_json:
            print(json.dumps(self._members(), indent=2), flush=True)
            return
        rows = [row for row in self._rows() if row]
        widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
        print("\n  Four agents run on this machine\n")
        for name, where, what in rows:
            print(f"  {name.ljust(widths[0])}  {where.ljust(widths[1])}  {what}")
        print("\n  Try this:\n")
        for number, step in enumerate(filter(None, self._steps()), start=1):
            print(f"  {number}. {step}")
        print("\n  Ctrl-C ends all of it, and removes what it kept.\n", flush=True)

    def _rows(self) -> Sequence[tuple[str, str, str] | None]:
        place = self.place
        return (
            ("Resource owner", USERNAME, f"whose password is: {PASSWORD}"),
            ("Authorization server", place.issuer, "signs people in, asks them, gives tokens"),
            ("Client, a page", place.page, "notes in a browser; it never sees the password") if self.has_page else None,
            ("Client, an app", "notes-app", "notes on the command line, the same way"),
            ("Resource server", place.api, "keeps the notes, and knows people by tokens alone"),
            ("All in one", place.mounted, "a guest book with a server of its own inside"),
        )

    def _steps(self) -> Sequence[str | None]:
        place = self.place
        return (
            f"Open {place.page}, sign in, allow it, and write a note." if self.has_page else None,
            f"The same from the command line:\n       {self.sign_in}\n       {self.app} notes",
            f"Take it back at {place.issuer}/account/applications, and ask for the notes once more.",
            f"See what the API offers at {place.api}/docs, and what it refuses.",
            f"Write into the guest book at {place.mounted}, and look at its two ways in at {place.mounted}/docs.",
        )

    def _members(self) -> dict[str, object]:
        place = self.place
        return {
            "username": USERNAME,
            "password": PASSWORD,
            "issuer": place.issuer,
            "api": place.api,
            "page": place.page if self.has_page else None,
            "mounted": place.mounted,
            "app": {"client_id": APP, "sign_in": self.sign_in},
            "processes": {name: process.pid for name, process in self.agents.running.items()},
        }


def main() -> None:
    """Run a demonstration until a signal comes, or until everything was tried once."""
    parser = argparse.ArgumentParser(prog="make demo", description=__doc__)
    parser.add_argument(
        "--port", type=first_port(COUNT), default=DEFAULT_PORT, help="the first of four ports; 0: any four"
    )
    parser.add_argument("--json", action="store_true", help="print addresses as JSON")
    parser.add_argument("--check", action="store_true", help="go every way once, and end with 0 if all went well")
    parser.add_argument("--without-page", action="store_true", help="leave out what needs Node.js")
    chosen = parser.parse_args()
    until_a_signal(lambda: run(chosen))


def run(chosen: argparse.Namespace) -> None:
    """Run what was chosen.

    Raises: Trouble, KeyboardInterrupt.
    """
    ports = free_ports(COUNT) if chosen.port == 0 else list(range(chosen.port, chosen.port + COUNT))
    require_free(ports)
    if not chosen.without_page:
        page.require_node()
    with in_a_folder() as agents:
        demo = Demo(Place(ports), agents, has_page=not chosen.without_page, is_json=chosen.json)
        demo.start()
        if chosen.check:
            sys.exit(check(demo))
        demo.greet()
        while not Event().wait(1):
            agents.require_all()


def check(demo: Demo) -> int:
    """Go every way once, say how each went, and return the status to end with."""
    found = []
    for name, finding, wrong in Checks(demo.place, demo.agents, has_page=demo.has_page)():
        found.append({"check": name, "finding": finding, "wrong": wrong or None})
        if not demo.is_json:
            print(f"✗ {name}: {wrong}" if wrong else f"✓ {finding}", flush=True)
    if demo.is_json:
        print(json.dumps(found, indent=2))
    return int(any(row["wrong"] for row in found))


@contextmanager
def in_a_folder() -> Iterator[Agents]:
    """Give a folder for a while; whatever was started in it has ended when it goes away."""
    with tempfile.TemporaryDirectory(prefix="doorward-demo-") as folder:
        agents = Agents(Path(folder))
        try:
            yield agents
        finally:
            agents.stop()


def _shown(path: Path, here: Path) -> str:
    """Return a path as it is typed from here."""
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)


if __name__ == "__main__":
    main()
