"""A page as a lesson: commands that are run against a server of its own, and what they are said to print.

A `sh` block holds commands. A `json` or `text` block right after it is what they print; `…` stands for what differs, on
a line of its own for any lines; columns may be wider. A `console` block shows how the server is started, and what it
says. A block whose words name a file is that file. A block with the word `elsewhere` is for another machine, and is not
run.
"""

import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from tests.docs.markdown import Block, blocks

ELSEWHERE: Final = "elsewhere"
ANYTHING: Final = "…"
_PATIENCE_SECONDS: Final = 60
_LEFT_OUT: Final = re.compile(rf"^{ANYTHING}$", re.MULTILINE)
_COLUMN: Final = re.compile(r"(?:\\ ){2,}")
_SHOWN: Final = frozenset({"json", "text"})


@dataclass(frozen=True, slots=True)
class Step:
    """Some commands, the line that they stand at, and what they are said to print (None: nothing is said)."""

    commands: str
    line: int
    printed: str | None = None


@dataclass(frozen=True, slots=True)
class Lesson:
    """What a page says is done, and what it says is seen."""

    greetings: tuple[str, ...]
    steps: tuple[Step, ...]
    files: Mapping[str, str]


def lesson(page: str, *, language: str = "sh") -> Lesson:
    """Return the lesson of a page whose commands are in `language`."""
    greetings: list[str] = []
    steps: list[Step] = []
    files: dict[str, str] = {}
    may_print = False
    for block in blocks(page):
        if ELSEWHERE in block.words:
            may_print = False
        elif block.words:
            files[block.words[0]] = block.text + "\n"
            may_print = False
        elif block.language == "console":
            greetings.append(_said(block))
            may_print = False
        elif block.language == language:
            steps.append(Step(block.text, block.line))
            may_print = True
        elif block.language in _SHOWN and may_print:
            steps[-1] = replace(steps[-1], printed=block.text)
            may_print = False
    return Lesson(tuple(greetings), tuple(steps), files)


def agrees(shown: str, printed: str) -> bool:
    """Tell whether what was printed holds what is shown, one part after the other."""
    place = 0
    for part in filter(None, (part.strip("\n") for part in _LEFT_OUT.split(shown))):
        found = re.compile("\n".join(map(_pattern, part.splitlines()))).search(printed, place)
        if found is None:
            return False
        place = found.end()
    return True


def run(steps: tuple[Step, ...], folder: Path, environment: Mapping[str, str]) -> list[str]:
    """Run the commands of all steps in one shell in `folder`, and return what each printed.

    Raises: AssertionError, with the line of the step that failed and what it printed.
    """
    outputs = [folder / f"step-{number}.txt" for number in range(len(steps))]
    parts = (f"exec > {path.name} 2>&1\n{step.commands}" for path, step in zip(outputs, steps, strict=True))
    script = "\n".join(("set -euo pipefail", *parts))
    ended = subprocess.run(
        ["bash", "-c", script], cwd=folder, env=dict(environment), timeout=_PATIENCE_SECONDS, check=False
    )
    printed = [path.read_text(encoding="utf-8") for path in outputs if path.exists()]
    if ended.returncode:
        failed = steps[len(printed) - 1]
        raise AssertionError(f"line {failed.line} ended with {ended.returncode}:\n{printed[-1]}")
    return printed


def _said(block: Block) -> str:
    prompt, _, said = block.text.partition("\n")
    if not prompt.startswith("$ "):
        raise ValueError(f"line {block.line}: a console block begins with a prompt")
    return said


def _pattern(line: str) -> str:
    words = (re.escape(part) for part in line.rstrip().split(ANYTHING))
    return _COLUMN.sub(" {2,}", r"[^\n]*?".join(words)) + " *"
