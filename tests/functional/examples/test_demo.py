"""The demonstration as it is typed: four agents start, know each other, and leave nothing behind."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from examples.demo.__main__ import Demo, check
from examples.demo.agents import Agents
from examples.demo.place import Place
from tests.architecture.tree import PROJECT
from tests.functional.examples.conftest import wait_until

WORDS = (sys.executable, "-m", "examples.demo")


@contextmanager
def demonstrating(folder: Path, *words: str) -> Iterator[tuple[subprocess.Popen[str], dict[str, Any]]]:
    """Run the demonstration with its folder in another, and end it if the test did not."""
    elsewhere = ("env", f"TMPDIR={folder}", "DOORWARD_STORE_URL=postgresql://nobody@127.0.0.1:1/none")
    process = subprocess.Popen(
        [*elsewhere, *WORDS, "--port", "0", "--json", *words],
        cwd=PROJECT,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        yield process, _greeting(process)
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
        process.communicate()


def _greeting(process: subprocess.Popen[str]) -> dict[str, Any]:
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line)
        if line == "}\n":
            greeting: dict[str, Any] = json.loads("".join(lines))
            return greeting
    _, err = process.communicate()
    raise AssertionError(err)


def place_of(greeting: dict[str, Any]) -> Place:
    addresses = (greeting["issuer"], greeting["api"], greeting["mounted"], greeting["page"] or greeting["issuer"])
    return Place([int(address.rpartition(":")[2]) for address in addresses])


def is_gone(process_id: int) -> bool:
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return True
    return False


def test_demo_goes_every_way_and_leaves_nothing_behind(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with demonstrating(tmp_path, "--without-page") as (process, greeting):
        demo = Demo(place_of(greeting), Agents(tmp_path), has_page=False, is_json=False)
        status, said = check(demo), capsys.readouterr().out
        process.send_signal(signal.SIGINT)
        ended = process.wait(30)

    assert (status, said.count("✓"), said.count("✗")) == (0, 7, 0), said
    assert ended == 0
    assert greeting["page"] is None
    wait_until(lambda: all(is_gone(process_id) for process_id in greeting["processes"].values()))
    assert len(greeting["processes"]) == 3
    assert list(tmp_path.glob("doorward-demo-*")) == []


def test_check_that_finds_nobody_there_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    demo = Demo(Place([9, 9, 9, 9]), Agents(tmp_path), has_page=True, is_json=True)

    status = check(demo)

    found = json.loads(capsys.readouterr().out)
    assert status == 1
    assert [row["finding"] for row in found] == [None] * 8
    assert all(row["wrong"] for row in found)


def refused(*words: str, variables: tuple[str, ...] = ()) -> str:
    """Return what the demonstration says instead of starting; it must say what to type."""
    command = ["env", *variables, *WORDS, *words]
    ran = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert ran.returncode != 0
    assert "--" in ran.stderr
    assert "Traceback" not in ran.stderr
    return ran.stderr


def test_demo_whose_port_is_taken_says_so() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]

        said = refused("--port", f"{port}")

    assert f"Port {port} cannot be used: Address already in use." in said


def test_demo_without_node_says_so_before_it_starts_anything() -> None:
    said = refused("--port", "0", variables=("PATH=/nonexistent",))

    assert "Node.js is missing" in said
    assert "Starting" not in said


def test_demo_on_a_port_that_is_none_says_which_are() -> None:
    assert "between 1 and 65531" in refused("--port", "70000")
