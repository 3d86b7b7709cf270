"""Runs several commands of `doorward` one after the other in this process, since a process for each takes its second.

On standard input comes a JSON list of lists of words; where a command reads a line, that stands after "<". What each
printed is the JSON list on standard output. The first that fails ends it.
"""

import json
import sys
from contextlib import redirect_stdout
from io import StringIO

from doorward.cli.app import app


def main() -> None:
    """Run the commands."""
    said = [run(words) for words in json.load(sys.stdin)]
    json.dump(said, sys.stdout)


def run(words: list[str]) -> str:
    """Run one command, and return what it printed."""
    arguments, line = (words[:-2], words[-1]) if "<" in words else (words, "")
    said, sys.stdin = StringIO(), StringIO(f"{line}\n")
    try:
        with redirect_stdout(said):
            app(arguments)
    except SystemExit as ended:
        if ended.code:
            sys.exit(f"doorward {' '.join(arguments)}: {said.getvalue()}")
    return said.getvalue()


if __name__ == "__main__":
    main()
