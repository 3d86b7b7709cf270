"""Settings as the environment of a process: what may be read there, and what is a secret in a file of its own."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

from pydantic import SecretStr

from doorward.gateway.topology import check_file
from doorward.settings.generate import generate_secret
from doorward.settings.problems import Problem, SettingsInvalid
from doorward.settings.record import SETTINGS, Loaded, SourceKind

PLACED: Final = frozenset(
    {
        "host",
        "port",
        "data_dir",
        "trusted_proxies",
        "metrics_host",
        "metrics_port",
        "store_url",
        "cache_url",
        "files_url",
    }
)
"""What follows from where a process stands; whoever starts it says it."""

PLACES: Final = ("store_url", "cache_url", "files_url")
"""Those of them that are addresses."""

SECRETS: Final = ("secret", "pepper")
"""What every process has to know, and is made where it was not given."""


def environment(loaded: Loaded) -> dict[str, str]:
    """Return every setting that was chosen and is no secret, by its name in the environment.

    Raises: SettingsInvalid, where a secret stands among the providers, from which it cannot be taken.
    """
    _refuse_inner_secrets(loaded)
    chosen = {}
    for name, setting in SETTINGS.items():
        is_chosen = loaded.sources[name].kind not in {SourceKind.DEFAULT, SourceKind.GENERATED}
        if (is_chosen or name == "issuer") and not setting.is_secret and name not in PLACED:
            section = getattr(loaded.settings, setting.section)
            chosen[setting.environment[0]] = _spelled(section.model_dump(mode="json")[name])
    return chosen


def secrets(loaded: Loaded) -> Mapping[str, str]:
    """Return every secret that was given, by the name of its setting, but for what follows from where things stand."""
    found = {}
    for name, setting in SETTINGS.items():
        value = getattr(getattr(loaded.settings, setting.section), name)
        is_given = loaded.sources[name].kind is not SourceKind.DEFAULT
        if isinstance(value, SecretStr) and is_given and name not in PLACED:
            found[name] = value.get_secret_value()
    return found


def places(loaded: Loaded) -> dict[str, str]:
    """Return where store, cache and files are elsewhere, as it was given; such an address may hold a password."""
    found = {}
    for name in PLACES:
        value = getattr(getattr(loaded.settings, SETTINGS[name].section), name)
        if isinstance(value, SecretStr) and loaded.sources[name].kind is not SourceKind.DEFAULT:
            found[name] = value.get_secret_value()
    return found


def known(loaded: Loaded, kept: Mapping[str, str]) -> dict[str, str]:
    """Return every secret that is a setting: as it is given, or as it was made once, or is made now.

    What is given comes first, or a secret that leaked and was changed would come back; what was given once, and is not
    any more, is gone.
    Raises: SettingsInvalid, where nobody's password would be right any more.
    """
    made = {
        name: kept.get(name) or generate_secret() for name in SECRETS if loaded.sources[name].kind is SourceKind.DEFAULT
    }
    all_known = {**made, **secrets(loaded)}
    _refuse_forgotten_pepper(all_known, kept.get("pepper"))
    return all_known


def files(loaded: Loaded) -> Iterator[Path]:
    """Yield every file that a setting names and that a process has to read.

    Raises: SettingsInvalid, where one cannot be named in a configuration as it is.
    """
    for provider in loaded.settings.federation.providers:
        for path in filter(None, (provider.client_secret_file, provider.private_key_file)):
            try:
                yield check_file(path)
            except ValueError as error:
                what = f"{path}, a file of the provider {provider.id}, cannot be named in a configuration."
                problem = Problem(what, f"There, {error}.", "Let it stand elsewhere, and name it so.")
                raise SettingsInvalid([problem]) from None


def carried(loaded: Loaded, folder: str) -> tuple[Loaded, dict[str, str]]:
    """Return settings that name the files of providers below a folder, and what is in those, by their names there."""
    found: dict[str, str] = {}
    providers = []
    for provider in loaded.settings.federation.providers:
        places = {}
        for member in ("client_secret_file", "private_key_file"):
            path: Path | None = getattr(provider, member)
            if path is not None:
                name = f"{provider.id}_{member.removesuffix('_file')}"
                found[name] = path.read_text("utf-8")
                places[member] = Path(folder) / name
        providers.append(provider.model_copy(update=places))
    federation = loaded.settings.federation.model_copy(update={"providers": tuple(providers)})
    return replace(loaded, settings=loaded.settings.model_copy(update={"federation": federation})), found


def _refuse_inner_secrets(loaded: Loaded) -> None:
    """Return when no provider's secret stands in a setting that everybody may read."""
    problems = [
        Problem(
            f"The provider {provider.id} has its client_secret in the settings.",
            "It would stand for everybody to read in what is written.",
            "Put it into a file of its own, and name that as client_secret_file.",
        )
        for provider in loaded.settings.federation.providers
        if provider.client_secret is not None
    ]
    if problems:
        raise SettingsInvalid(problems)


def _refuse_forgotten_pepper(known: Mapping[str, str], before: str | None) -> None:
    """Return when the pepper that was written before is in force still, or the one before it."""
    if before is None or before in (known["pepper"], known.get("pepper_previous")):
        return
    problem = Problem(
        "The pepper is another than the one that stands in secrets/pepper.",
        "Passwords were hashed with that one, and nobody's would be right any more.",
        "Give that one as pepper_previous, or, if nobody has an account yet, remove the file.",
    )
    raise SettingsInvalid([problem])


def _spelled(value: object) -> str:
    """Return a value as the environment has it: words with commas, tables in JSON."""
    match value:
        case bool():
            return "true" if value else "false"
        case list() if all(isinstance(each, str) for each in value):
            return ",".join(value)
        case list() | dict():
            return json.dumps(_without_none(value), separators=(",", ":"))
        case None:
            return ""
        case _:
            return str(value)


def _without_none(value: object) -> object:
    match value:
        case dict():
            return {name: _without_none(inner) for name, inner in value.items() if inner is not None}
        case list():
            return [_without_none(inner) for inner in value]
        case _:
            return value
