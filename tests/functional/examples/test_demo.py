"""The demonstration as it is typed: four agents start, know each other, and leave nothing behind."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from examples.demo.__main__ import Demo, check
from examples.demo.agents import Agents
from examples.demo.place import Place
from tests.architecture.tree import PROJECT
from tests.docs.lesson import agrees, lesson, run
from tests.functional.examples.demonstrating import WORDS, Demonstration, demonstrating

TUTORIAL = PROJECT / "docs" / "tutorial" / "four-agents.md"


def a_shell(demo: Demonstration, folder: Path) -> dict[str, str]:
    """Return the environment of a second terminal, in whose browser ada allows what she is asked."""
    script = "import sys; from examples.demo.person import Person; from examples.demo.place import PASSWORD, USERNAME"
    ada = folder / "ada.py"
    ada.write_text(
        f"{script}\nwith Person() as ada:\n    ada.allow(sys.argv[1], username=USERNAME, password=PASSWORD)\n"
    )
    (folder / "examples").symlink_to(PROJECT / "examples")
    return {
        "PATH": os.pathsep.join((str(Path(sys.executable).parent), os.defpath)),
        "HOME": str(folder),
        "LC_ALL": "C.UTF-8",
        "PYTHONPATH": os.pathsep.join((str(PROJECT / "src"), str(PROJECT))),
        "BROWSER": f"{sys.executable} {ada} %s &",
        "NOTES_ISSUER": f"http://127.0.0.1:{demo.ports[0]}",
        "NOTES_API": f"http://127.0.0.1:{demo.ports[1]}",
    }


def children_of(process_id: int) -> list[int]:
    listed = Path(f"/proc/{process_id}/task/{process_id}/children").read_text()
    return [int(each) for each in listed.split()]


def test_demo_is_as_the_tutorial_shows_and_leaves_nothing_behind(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    terminal, own = tmp_path / "terminal", tmp_path / "own"
    terminal.mkdir()
    own.mkdir()
    with demonstrating(own, "--without-page", last="  Ctrl-C") as demo:
        taught = lesson(demo.here(TUTORIAL.read_text("utf-8")))
        printed = run(taught.steps, terminal, a_shell(demo, terminal))
        went_well = check(Demo(Place(demo.ports), Agents(tmp_path), has_page=False, is_json=False))
        started = children_of(demo.process.pid)
        status = demo.stop()

    greeting = "\n".join(line for line in taught.greetings[0].splitlines() if "Client, a page" not in line)
    assert agrees(greeting, demo.greeting), demo.greeting
    for step, output in zip(taught.steps, printed, strict=True):
        assert step.printed is None or agrees(step.printed, output), f"line {step.line} printed:\n{output}"
    assert (went_well, status) == (0, 0), capsys.readouterr().out
    assert len(started) == 3
    assert [each for each in started if Path(f"/proc/{each}").exists()] == []
    assert list(own.iterdir()) == []


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

        told = refused("--port", f"{port}")

    assert f"Port {port} cannot be used: Address already in use." in told


def test_demo_without_node_says_so_before_it_starts_anything() -> None:
    told = refused("--port", "0", variables=("PATH=/nonexistent",))

    assert "Node.js is missing" in told
    assert "Starting" not in told


def test_demo_on_a_port_that_is_none_says_which_are() -> None:
    assert "between 1 and 65531" in refused("--port", "70000")
