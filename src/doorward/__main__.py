"""`python -m doorward` and the command `doorward`."""

from doorward.cli.missing import refuse_without


def main() -> None:
    """Run the command line, or say what to install for it."""
    try:
        from doorward.cli.app import app  # noqa: PLC0415 (the base install has no command line)
    except ModuleNotFoundError as missing:
        refuse_without(missing)
    app()


if __name__ == "__main__":
    main()
