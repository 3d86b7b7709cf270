"""The supervisor of nine servers, with parts that cost nothing."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from examples.demo.agents import Trouble
from examples.nine_servers import programs
from examples.nine_servers.measure import memory_of
from examples.nine_servers.parts import Part, Parts
from examples.nine_servers.place import COUNT, environment, prepared
from tests.architecture.tree import PROJECT
from tests.cluster.running import is_alive
from tests.processes import wait_until

SLEEPS = ("sleep", "600")
"""Longer than any test waits."""
WITH_A_CHILD = ("sh", "-c", "sleep 600 & echo $!; wait")


@pytest.fixture
def parts(tmp_path: Path) -> Iterator[Parts]:
    (tmp_path / "logs").mkdir()
    made = Parts(tmp_path, environment())
    yield made
    made.stop()


def a_part(name: str, *words: str, is_ready: bool = True) -> Part:
    return Part(name, "waits", "nowhere", words or SLEEPS, lambda: is_ready)


def end(*processes: int) -> None:
    """End what should have ended by itself."""
    for each in processes:
        with suppress(ProcessLookupError):
            os.kill(each, signal.SIGKILL)


SUPERVISOR = """
import sys
from pathlib import Path
from examples.nine_servers.parts import Part, Parts
from examples.nine_servers.place import environment
parts = Parts(Path(sys.argv[1]), environment())
for name in ("one", "two"):
    parts.start(Part(name, "", "", ("sleep", "600"), lambda: True))
print(*(process.pid for process in parts.running.values()), flush=True)
input()
"""


def test_supervisor_that_is_killed_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    words = [sys.executable, "-c", SUPERVISOR, str(tmp_path)]
    with subprocess.Popen(words, cwd=PROJECT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        started = [int(each) for each in process.stdout.readline().split()]
        assert all(map(is_alive, started))
        process.kill()

    assert len(started) == 2
    try:
        wait_until(lambda: not any(map(is_alive, started)))
    finally:
        end(*started)


def test_parts_end_in_the_other_order(parts: Parts, tmp_path: Path) -> None:
    told = tmp_path / "told"
    for name in ("first", "second"):
        said = f"trap 'echo {name} >> {told}; exit' TERM; echo here; while :; do sleep 0.01; done"
        parts.start(a_part(name, "sh", "-c", said))
        wait_until(lambda name=name: "here" in parts.last_words(name))  # type: ignore[misc]  # the name of this round

    parts.stop()

    assert told.read_text().split() == ["second", "first"]


def test_part_that_ends_is_told_once_and_nothing_starts_it(parts: Parts) -> None:
    parts.start(a_part("one"))
    parts.start(a_part("two", "sh", "-c", "echo farewell; exit 3"))
    parts.running["two"].wait()

    assert list(parts.ended()) == [("two", 3)]
    assert parts.last_words("two") == "farewell"
    assert list(parts.ended()) == []
    assert parts.running.keys() == {"one"}


def test_part_that_was_killed_leaves_nothing_that_it_started(parts: Parts) -> None:
    parts.start(a_part("one", *WITH_A_CHILD))
    wait_until(lambda: parts.last_words("one").isdecimal())
    child = int(parts.last_words("one"))
    os.kill(parts.running["one"].pid, signal.SIGKILL)

    wait_until(lambda: list(parts.ended()) == [("one", -signal.SIGKILL)])

    try:
        wait_until(lambda: not is_alive(child))
    finally:
        end(child)


def test_part_that_ends_before_it_answers_is_trouble_with_its_last_lines(parts: Parts) -> None:
    parts.start(a_part("one", "sh", "-c", "echo the port is taken; exit 1", is_ready=False))

    with pytest.raises(Trouble, match="one ended with status 1") as trouble:
        parts.wait_for("one")

    assert trouble.value.remedy == "the port is taken"


def test_memory_counts_what_is_below_a_process_too(parts: Parts) -> None:
    parts.start(a_part("alone"))
    parts.start(a_part("with a child", *WITH_A_CHILD))
    wait_until(lambda: parts.last_words("with a child").isdecimal())

    alone, together = (memory_of(process.pid) for process in parts.running.values())

    assert alone
    assert together is not None
    assert together > alone
    assert memory_of(2**22 + 1) is None


def test_prepared_moves_both_files_to_other_ports(tmp_path: Path) -> None:
    place = prepared(tmp_path, 9000)

    assert (place.issuer, place.files, place.api.origin) == (
        "http://localhost:9000",
        "http://127.0.0.1:9000",
        "http://127.0.0.1:9001",
    )
    assert place.page_address == "http://localhost:9000/notes/"
    assert 'issuer = "http://localhost:9000"' in (tmp_path / "doorward.toml").read_text()
    assert place.password not in "".join(path.read_text() for path in tmp_path.rglob("*.toml"))
    ports = {int(each.rpartition(":")[2]) for each in (*place.topology.targets, place.database, place.cache)}
    assert max(ports) < 9000 + COUNT


def test_found_what_is_missing_says_how_it_is_brought(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setattr(programs, "_ALSO", ())

    with pytest.raises(Trouble, match="nginx is missing, which is the gateway") as trouble:
        programs.found()

    assert "scripts/system-parts gateways" in trouble.value.remedy


def test_cluster_whose_port_is_taken_says_so() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        words = [sys.executable, "-m", "examples.nine_servers", "--without-page", "--port", str(port)]
        ran = subprocess.run(words, cwd=PROJECT, capture_output=True, text=True, check=False)

    assert ran.returncode == 1
    assert f"Port {port} cannot be used" in ran.stderr
