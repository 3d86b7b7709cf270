"""Nine servers on one machine: `make cluster`, or `python -m examples.nine_servers` from the root of the clone.

Starts a gateway, two auth servers, a resource server, a frontend server, a file server, a cache, a database, a worker
and monitoring from topology.toml. It says what is where, and ends all of it on Ctrl-C.
"""

import argparse
import json
import os
import select
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import Final, NoReturn

from examples.demo import page
from examples.demo.agents import Trouble, free_ports, require_free
from examples.demo.commanded import first_port, until_a_signal
from examples.demo.place import PASSWORD, USERNAME
from examples.nine_servers.cluster import OPERATOR, Cluster
from examples.nine_servers.parts import Parts
from examples.nine_servers.place import COUNT, FIRST_PORT, environment, prepared
from examples.nine_servers.programs import found, unprivileged
from examples.nine_servers.servers import Servers

_MEBIBYTE: Final = 1 << 20
_BETWEEN_LOOKS_SECONDS: Final = 0.5


def main() -> None:
    """Run nine servers until a signal comes."""
    parser = argparse.ArgumentParser(prog="make cluster", description=__doc__)
    parser.add_argument(
        "--port", type=first_port(COUNT), default=FIRST_PORT, help=f"the first of {COUNT} ports; 0: any"
    )
    parser.add_argument("--json", action="store_true", help="print what is where as JSON")
    parser.add_argument(
        "--without-page", action="store_true", help="leave out the frontend server, which needs Node.js"
    )
    parser.add_argument("--measure", action="store_true", help="say what it took, and end")
    chosen = parser.parse_args()
    until_a_signal(lambda: run(chosen))


def run(chosen: argparse.Namespace) -> None:
    """Run what was chosen.

    Raises: Trouble, KeyboardInterrupt.
    """
    began = monotonic()
    programs, user = found(), unprivileged()
    port = _any_port() if chosen.port == 0 else chosen.port
    require_free(range(port, port + COUNT))
    if not chosen.without_page:
        page.require_node()
    with in_a_folder() as folder:
        place = prepared(folder, port)
        parts = Parts(folder, environment())
        cluster = Cluster(place, Servers(place, programs, user), parts, has_page=not chosen.without_page, tell=tell)
        try:
            cluster.start()
            took = monotonic() - began
            if chosen.json:
                print(json.dumps(members(cluster, took), indent=2), flush=True)
            else:
                greet(cluster, took)
            if not chosen.measure:
                watch(cluster)
        finally:
            parts.stop()


def watch(cluster: Cluster) -> NoReturn:
    """Say at once when a part ends; a line that names it starts it again. Nothing else does."""
    has_input = True
    while True:
        readable, _, _ = select.select([sys.stdin] if has_input else [], [], [], _BETWEEN_LOOKS_SECONDS)
        line = sys.stdin.readline() if readable else None
        has_input = has_input and line != ""
        for name, status in cluster.parts.ended():
            ended = f"was ended by {signal.Signals(-status).name}" if status < 0 else f"ended with status {status}"
            tell(f"✗ The {name} {ended}; the others go on. Its last lines:")
            tell(cluster.parts.last_words(name))
            tell(f"To start it again, type: {name}")
        if line and line.strip():
            start_again(cluster, line.strip())


def start_again(cluster: Cluster, name: str) -> None:
    """Start a part again, and say how that went."""
    try:
        cluster.start_again(name)
    except LookupError as error:
        tell(str(error.args[0]))
    except Trouble as trouble:
        tell(f"✗ {trouble.what}\n{trouble.remedy}")
    else:
        tell(f"✓ {name} runs again")


def tell(sentence: str) -> None:
    """Say how far it is, on the other stream, so that JSON stays JSON."""
    for line in sentence.splitlines():
        print(f"  {line}", file=sys.stderr, flush=True)


def greet(cluster: Cluster, took: float) -> None:
    """Say what is where, what it takes, and what to try."""
    place, memory = cluster.place, cluster.memory()
    rows = [(part.name, part.address, _size(memory.get(name)), part.what) for name, part in cluster.parts.known.items()]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    print("\n  Nine servers run on this machine\n")
    for name, address, size, what in rows:
        print(f"  {name.ljust(widths[0])}  {address.ljust(widths[1])}  {size.rjust(widths[2])}  {what}")
    total = sum(filter(None, memory.values()))
    print(f"\n  Ready after {took:.1f} s; {len(memory)} parts share {_size(total)} of memory.\n\n  Try this:\n")
    steps = [
        f"Open {place.page_address}, sign in as {USERNAME} ({PASSWORD}), allow it, and write a note.",
        f"Read the mail that came of it at {place.issuer}/dev/mail: the worker sent it.",
        f"Sign in at {place.issuer}/sign-in as {OPERATOR}, with the same password, who operates all of it.",
        "Kill a part (`kill -9`), and see what you notice; then type its name here to start it again.",
    ]
    for number, step in enumerate(steps if cluster.has_page else steps[1:], start=1):
        print(f"  {number}. {step}")
    print(f"\n  What each part says is in {cluster.parts.folder / 'logs'}")
    print("  Ctrl-C ends all of it, and removes what it kept.\n", flush=True)


def members(cluster: Cluster, took: float) -> dict[str, object]:
    """Return the same for programs."""
    place, memory = cluster.place, cluster.memory()
    return {
        "issuer": place.issuer,
        "files": place.files,
        "api": place.api.origin,
        "page": place.page_address if cluster.has_page else None,
        "username": USERNAME,
        "operator": OPERATOR,
        "password": PASSWORD,
        "folder": str(place.folder),
        "ready_after_seconds": round(took, 1),
        "parts": {
            name: {
                "address": part.address,
                "process": cluster.parts.running[name].pid,
                "memory_bytes": memory[name],
                "log": str(cluster.parts.log_of(name)),
            }
            for name, part in cluster.parts.known.items()
        },
    }


@contextmanager
def in_a_folder() -> Iterator[Path]:
    """Give a folder for a while. The database may run as another user, who comes through it and reads nothing."""
    with tempfile.TemporaryDirectory(prefix="doorward-nine-servers-") as folder:
        Path(folder).chmod(0o711 if os.geteuid() == 0 else 0o700)
        yield Path(folder)


def _size(memory: int | None) -> str:
    return f"{memory / _MEBIBYTE:.0f} MiB" if memory is not None else "-"


def _any_port() -> int:
    """Return the first of enough free ports in a row."""
    while True:
        port = free_ports(1)[0]
        try:
            require_free(range(port, port + COUNT))
        except (Trouble, OverflowError):
            continue
        return port


if __name__ == "__main__":
    main()
