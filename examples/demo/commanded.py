"""What demonstrations have in common on the command line: their first port, and how they end."""

import argparse
import signal
import sys
from collections.abc import Callable
from typing import Final, NoReturn

from examples.demo.agents import Trouble

_LAST: Final = 65_535


def first_port(count: int) -> Callable[[str], int]:
    """Return what reads the first of `count` ports in a row; 0 stands for any."""

    def read(text: str) -> int:
        port = int(text)
        if port != 0 and not 0 < port <= _LAST - count:
            raise argparse.ArgumentTypeError(f"between 1 and {_LAST - count}, or 0")
        return port

    return read


def until_a_signal(run: Callable[[], None]) -> None:
    """Run until it is over or a signal comes; what cannot go on says why and what to do, and ends with 1."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _end)
    try:
        run()
    except Trouble as trouble:
        print(f"✗ {trouble.what}\n  {trouble.remedy}".rstrip(), file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        print("\n  Stopped.", file=sys.stderr)


def _end(_signal: int, _frame: object) -> NoReturn:
    raise KeyboardInterrupt
