"""Secrets that are named instead of typed: what stands on a command line can be read by everyone on the machine."""

from pathlib import Path
from typing import Final

from doorward.settings.problems import Problem, SettingsInvalid
from doorward.settings.sources import read_environment

_VARIABLE: Final = "env:"
_FILE: Final = "file:"


def is_named(given: str) -> bool:
    """Tell whether a value is named instead of typed."""
    return given.startswith((_VARIABLE, _FILE))


def looked_up(given: str) -> str:
    """Return the value behind `env:NAME` or `file:PATH`; anything else is the value itself.

    Raises: SettingsInvalid, when there is none.
    """
    if given.startswith(_VARIABLE):
        name = given.removeprefix(_VARIABLE)
        value = read_environment().get(name)
        if value is None:
            what, why = f"The environment has no {name}, or it is empty.", "A value is to be read from it."
            raise SettingsInvalid([Problem(what, why, "Set it, or correct the name behind `env:`.")])
        return value
    if given.startswith(_FILE):
        path = given.removeprefix(_FILE)
        try:
            return Path(path).read_text("utf-8").rstrip("\r\n")
        except (OSError, UnicodeDecodeError):
            why = "A value is to be read from it."
            remedy = "Correct the path behind `file:`, or its permissions."
            raise SettingsInvalid([Problem(f"{path} cannot be read as text.", why, remedy)]) from None
    return given
