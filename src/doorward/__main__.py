"""`python -m doorward` and the command `doorward`."""

import sys

_INSTALL = """doorward: the command line comes with the server, which is not installed here ({missing} is missing).

    pip install 'doorward[server]'

What is installed is the base: enough to verify tokens in a resource server.
"""


def main() -> None:
    """Run the command line, or say what to install for it."""
    try:
        from doorward.cli.app import app  # noqa: PLC0415 (the base install has no command line)
    except ModuleNotFoundError as missing:
        if missing.name is None or missing.name.startswith("doorward"):
            raise
        sys.stderr.write(_INSTALL.format(missing=missing.name))
        raise SystemExit(2) from None
    app()


if __name__ == "__main__":
    main()
