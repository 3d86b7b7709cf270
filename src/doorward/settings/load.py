"""Turning what was set into settings."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final, TypeVar

from pydantic import SecretStr, ValidationError
from pydantic_core import ErrorDetails

from doorward.settings import sources
from doorward.settings.problems import Problem, SettingsInvalid
from doorward.settings.record import SECTIONS, SETTINGS, Loaded, Settings, Source, SourceKind
from doorward.settings.sections.section import Section
from doorward.settings.sections.server import ServerSettings
from doorward.settings.sections.telemetry import LogFormat
from doorward.settings.sources import Reading

FILE: Final = Path("doorward.toml")
ENV_FILE: Final = Path(".env")

SectionT = TypeVar("SectionT", bound=Section)


def load(
    overrides: Mapping[str, object] | None = None, *, file: Path | None = None, env_file: Path = ENV_FILE
) -> Loaded:
    """Return the settings, and where each came from.

    The first of these that names a setting decides it: `overrides` (the command line), the environment, `env_file`,
    `file`, the default. Without `file` it is the one that DOORWARD_CONFIG names, or doorward.toml in the working
    folder if there is one.
    Raises: SettingsInvalid, with everything that is wrong.
    """
    return _checked(_read(overrides or {}, file, env_file))


def given(values: Mapping[str, object]) -> Loaded:
    """Return the settings that these values make with the defaults; neither the environment nor a file is read.

    Raises: SettingsInvalid, with everything that is wrong.
    """
    reading = Reading()
    sources.read_overrides(reading, values)
    return _checked(reading)


def _checked(reading: Reading) -> Loaded:
    values: dict[str, Section] = {}
    for name, section in SECTIONS.items():
        values[name] = _check(section, reading)
    if reading.problems:
        raise SettingsInvalid(reading.problems)
    decided = {name: found.source for name, found in reading.found.items()}
    given = {name: decided.get(name, Source(SourceKind.DEFAULT)) for name in SETTINGS}
    settings = Settings.model_validate(values)
    return Loaded(_with_derived(settings), given, tuple(reading.unknown))


def replace(loaded: Loaded, section: str, values: Mapping[str, object], source: Source) -> Loaded:
    """Return what was loaded with some settings of one section replaced, all read from `source`."""
    changed = getattr(loaded.settings, section).model_copy(update=dict(values))
    settings = loaded.settings.model_copy(update={section: changed})
    return Loaded(settings, {**loaded.sources, **dict.fromkeys(values, source)}, loaded.unknown)


def _read(overrides: Mapping[str, object], file: Path | None, env_file: Path) -> Reading:
    reading = Reading()
    sources.read_overrides(reading, overrides)
    environment, env_variables = sources.read_environment(), sources.read_env_file(env_file)
    sources.take_variables(reading, environment)
    sources.take_variables(reading, env_variables, file=env_file)
    named = environment.get(sources.CONFIG) or env_variables.get(sources.CONFIG)
    chosen = file or (Path(named) if named else None)
    if chosen is not None and not chosen.is_file():
        why, remedy = "It is named as the file of settings.", "Correct the path, or make the file."
        reading.problems.append(Problem(f"{chosen} is not there.", why, remedy))
    elif chosen is not None or FILE.is_file():
        sources.take_file(reading, chosen or FILE)
    return reading


def _check(section: type[SectionT], reading: Reading) -> SectionT:
    """Return a section; when a value cannot be used, note the problems and return the section without it."""
    given = {name: found.value for name, found in reading.found.items() if name in section.model_fields}
    try:
        return section.model_validate(given)
    except ValidationError as error:
        refused = {str(details["loc"][0]): details for details in error.errors()}
    reading.problems += [_problem(name, details, reading) for name, details in refused.items()]
    return section.model_validate({name: value for name, value in given.items() if name not in refused})


def _problem(name: str, details: ErrorDetails, reading: Reading) -> Problem:
    reason = details["msg"].removeprefix("Value error, ").rstrip(".")
    source = reading.found[name].source
    what = f"{name} cannot be used ({source}): {reason}."
    return Problem(what, SETTINGS[name].description, "Correct it, or leave it out for the default.")


def _with_derived(settings: Settings) -> Settings:
    """Return the settings with the defaults that follow from others."""
    server, store, telemetry, files = settings.server, settings.store, settings.telemetry, settings.files
    if not server.issuer and not server.is_production:
        server = server.model_copy(update={"issuer": f"http://localhost:{server.port}"})
    if not store.store_url.get_secret_value():
        store = store.model_copy(update={"store_url": SecretStr(_embedded_store(server))})
    if telemetry.log_format is None:
        format_ = LogFormat.JSON if server.is_production else LogFormat.CONSOLE
        telemetry = telemetry.model_copy(update={"log_format": format_})
    if not files.files_url.get_secret_value():
        files = files.model_copy(update={"files_url": SecretStr((server.data_dir.absolute() / "files").as_uri())})
    if files.files_origin is None and server.issuer == f"http://localhost:{server.port}":
        # No cookie of localhost is ever sent to 127.0.0.1: to browsers it is another site.
        files = files.model_copy(update={"files_origin": f"http://127.0.0.1:{server.port}"})
    return settings.model_copy(update={"server": server, "store": store, "telemetry": telemetry, "files": files})


def _embedded_store(server: ServerSettings) -> str:
    return f"sqlite:///{server.data_dir.absolute() / 'doorward.sqlite3'}"
