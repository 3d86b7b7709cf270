"""What is said where the command line is there, but not what it runs."""

import sys
from typing import Final, NoReturn

_INSTALL: Final = """doorward: the command line comes with the server, which is not installed here ({missing} is not).

    pip install 'doorward[server]'

What is installed is the base: enough to verify tokens in a resource server.
"""
_MISUSED: Final = 2


def refuse_without(missing: ModuleNotFoundError) -> NoReturn:
    """Say what to install, and end with status 2; a missing part of our own is a fault and is raised.

    Raises: ModuleNotFoundError. SystemExit.
    """
    if missing.name is None or missing.name.partition(".")[0] == "doorward":
        raise missing
    sys.stderr.write(_INSTALL.format(missing=missing.name))
    raise SystemExit(_MISUSED) from None
