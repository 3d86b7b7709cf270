"""What every peer has to give, and what is measured of its processes."""

import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from benchmarks.peers.known import PEERS
from benchmarks.peers.measures import cpu_seconds, memory_mib, sqlite_bytes, tree
from benchmarks.peers.peer import Command, Hash, Operation, Peer, Place
from benchmarks.peers.running.servers import started
from benchmarks.processes import free_port
from tests.architecture.tree import PROJECT

KNOWN: Final = PROJECT / "benchmarks" / "peers" / "known"
LOCKS: Final = sorted((*KNOWN.rglob("requirements.txt"), *KNOWN.rglob("package-lock.json")))

# A server of two processes: the child answers, and the parent waits for it.
SERVER: Final = """
import subprocess, sys
child = subprocess.Popen([sys.executable, "-m", "http.server", sys.argv[1], "--bind", "127.0.0.1"])
print(child.pid, flush=True)
child.wait()
"""


@pytest.mark.parametrize("peer", PEERS, ids=[peer.name for peer in PEERS])
def test_peer_says_what_it_is_and_what_it_does_less(peer: Peer) -> None:
    assert peer.name == peer.name.lower().replace(" ", "-")
    assert all((peer.title, peer.language, peer.environment, peer.store, peer.password_hash, peer.versions))
    assert peer.hashes[0] is Hash.ARGON2ID
    assert set(peer.less) <= set(Operation)
    assert all(said.endswith(".") for said in peer.less.values())


def test_peers_have_names_of_their_own_and_doorward_comes_first() -> None:
    names = [peer.name for peer in PEERS]

    assert len(set(names)) == len(names)
    assert names[0] == "doorward"


@pytest.mark.parametrize("lock", LOCKS, ids=[str(lock.relative_to(KNOWN)) for lock in LOCKS])
def test_lock_pins_by_hash_and_names_no_address_of_packages(lock: Path) -> None:
    text = lock.read_text(encoding="utf-8")

    assert '"resolved"' not in text
    assert ("--hash=sha256:" if lock.suffix == ".txt" else '"integrity": "sha512-') in text


def test_tree_holds_the_children_and_a_server_leaves_none_behind(tmp_path: Path) -> None:
    place = Place(tmp_path, tmp_path, free_port())
    program = tmp_path / "two.py"
    program.write_text(SERVER, encoding="utf-8")

    with started(Command((sys.executable, str(program), str(place.port)), "/"), place) as server:
        family = tree(server.pid)
        mib, seconds = memory_mib(server.pid), cpu_seconds(server.pid)

    log = (tmp_path / f"server-{place.port}.log").read_text(encoding="utf-8")
    assert family == [server.pid, int(log.split()[0])]
    assert mib > memory_mib(server.pid) == 0
    assert seconds > cpu_seconds(server.pid) == 0
    assert all(not Path(f"/proc/{pid}/cmdline").is_file() or not _cmdline(pid) for pid in family)


def test_time_of_children_that_ended_still_counts() -> None:
    work = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'sum(range(3_000_000))']); input()"

    with subprocess.Popen([sys.executable, "-c", f"print('up', flush=True);{work}"], stdin=-1, stdout=-1) as parent:
        assert parent.stdout is not None
        parent.stdout.readline()
        before = cpu_seconds(parent.pid)
        while len(tree(parent.pid)) == 1 and cpu_seconds(parent.pid) <= before:
            pass
        while len(tree(parent.pid)) > 1:
            pass
        after = cpu_seconds(parent.pid)
        parent.communicate(b"\n")

    assert after > before


def test_sqlite_bytes_count_what_stands_in_the_log_and_not_what_was_freed(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite3"
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("pragma journal_mode = wal")
    connection.execute("create table kept (bytes blob)")
    connection.execute("insert into kept values (zeroblob(100000))")
    connection.close()
    full = sqlite_bytes(path)

    with sqlite3.connect(path, isolation_level=None) as again:
        again.execute("delete from kept")
    again.close()

    assert 100_000 < full < 120_000
    assert sqlite_bytes(path) < 20_000


def _cmdline(pid: int) -> bytes:
    return Path(f"/proc/{pid}/cmdline").read_bytes()
