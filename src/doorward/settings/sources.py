"""Reading what was set: the command line, the environment, and files."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Final

from pydantic_settings import BaseSettings, DotEnvSettingsSource, EnvSettingsSource, TomlConfigSettingsSource

from doorward.settings.problems import Problem
from doorward.settings.record import PREFIX, SETTINGS, Setting, Source, SourceKind

_FOREIGN_PREFIXES: Final = ("DOORWARD_TEST_", "DOORWARD_VENV", "DOORWARD_PORT_", "DOORWARD_SERVICE_")
CONFIG: Final = f"{PREFIX}CONFIG"
"""Names the file of settings in the environment."""


@dataclass(frozen=True, slots=True)
class Found:
    """A value before it is checked. Never shown: it may be a secret."""

    value: object = field(repr=False)
    source: Source


@dataclass(slots=True)
class Reading:
    """What has been found so far: the first source to name a setting decides it."""

    found: dict[str, Found] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)

    def take(self, name: str, value: object, source: Source) -> None:
        """Take a value, unless a source before has decided."""
        self.found.setdefault(name, Found(value, source))

    def take_secret_file(self, name: str, path: str) -> None:
        """Take the content of a file, without the line break at its end."""
        try:
            content = Path(path).read_text("utf-8").rstrip("\r\n")
        except (OSError, UnicodeDecodeError):
            why = f"The setting {name} is to be read from it."
            self.problems.append(
                Problem(f"{path} cannot be read as text.", why, "Correct the path or its permissions.")
            )
            return
        self.take(name, content, Source(SourceKind.SECRET_FILE, path))


class _Reader(BaseSettings):
    """Lends pydantic-settings' sources their configuration."""


def read_overrides(reading: Reading, overrides: Mapping[str, object]) -> None:
    """Read what was given on the command line or by the program; None means not given."""
    for name, value in overrides.items():
        if name not in SETTINGS:
            reading.problems.append(_no_such(name, "the command line"))
        elif value is not None:
            reading.take(name, value, Source(SourceKind.COMMAND_LINE, f"--{name.replace('_', '-')}"))


def read_environment() -> Mapping[str, str]:
    """Return the variables of this process that are not empty."""
    return _present(EnvSettingsSource(_Reader, case_sensitive=True, env_ignore_empty=True))


def read_env_file(path: Path) -> Mapping[str, str]:
    """Return the variables of a file of `NAME=value` lines; none when there is no such file."""
    return _present(DotEnvSettingsSource(_Reader, env_file=path, case_sensitive=True, env_ignore_empty=True))


def take_variables(reading: Reading, variables: Mapping[str, str], *, file: Path | None = None) -> None:
    """Take settings from variables, of this process or of a `file`; a secret also from what `<NAME>_FILE` names."""
    for setting in SETTINGS.values():
        _take_variable(reading, setting, variables, file)
    known = {name for setting in SETTINGS.values() for name, _ in _spellings(setting)} | {CONFIG}
    strange = {name for name in variables if name.startswith(PREFIX)} - known
    reading.unknown += sorted(name for name in strange if not name.startswith(_FOREIGN_PREFIXES))


def take_file(reading: Reading, path: Path) -> None:
    """Take settings from a TOML file: the same names in lower case, without prefix."""
    try:
        members: Mapping[str, object] = TomlConfigSettingsSource(_Reader, toml_file=path).toml_data
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not TOML"
        why = "It is named as the file of settings."
        reading.problems.append(Problem(f"{path} cannot be read: {reason}.", why, "Correct it, or name another."))
        return
    for name, value in members.items():
        setting = SETTINGS.get(name.removesuffix("_file"))
        if name in SETTINGS:
            reading.take(name, value, Source(SourceKind.FILE, str(path)))
        elif setting is not None and setting.is_secret:
            reading.take_secret_file(setting.name, str(value))
        else:
            reading.problems.append(_no_such(name, str(path)))


def _take_variable(reading: Reading, setting: Setting, variables: Mapping[str, str], file: Path | None) -> None:
    given = [(name, is_file) for name, is_file in _spellings(setting) if name in variables]
    given = [(name, is_file) for name, is_file in given if not _is_service_link(name, variables[name])]
    if len({is_file for _, is_file in given}) > 1:
        names = " and ".join(name for name, _ in given)
        why = "It is not clear which of them counts."
        reading.problems.append(Problem(f"{names} are both set.", why, "Keep one of them."))
    elif given:
        name, is_file = given[0]
        if is_file:
            reading.take_secret_file(setting.name, variables[name])
        else:
            source = Source(SourceKind.FILE, str(file)) if file else Source(SourceKind.ENVIRONMENT, name)
            reading.take(setting.name, variables[name], source)


def _spellings(setting: Setting) -> Iterator[tuple[str, bool]]:
    """Return the names of a setting's variables, and whether each names a file that holds the value."""
    for name in setting.environment:
        yield name, False
        if setting.is_secret:
            yield f"{name}_FILE", True


def _is_service_link(name: str, value: str) -> bool:
    """Tell whether an orchestrator set the variable: Kubernetes does for a service that is called doorward."""
    return name == f"{PREFIX}PORT" and value.startswith("tcp://")


def _present(source: EnvSettingsSource) -> Mapping[str, str]:
    return {name: value for name, value in source.env_vars.items() if value is not None}


def _no_such(name: str, where: str) -> Problem:
    close = get_close_matches(name, SETTINGS, n=1)
    remedy = f"Did you mean {close[0]}?" if close else "Remove it; `doorward settings` lists those that exist."
    return Problem(f"There is no setting {name} ({where}).", "A misspelled setting would silently do nothing.", remedy)
