"""Secrets that a development server makes for itself."""

import json
import os
from pathlib import Path
from typing import Final

from pydantic import SecretStr, TypeAdapter, ValidationError

from doorward.core.kernel.secrets import SECRET_BYTES, encode, random_bytes
from doorward.settings.load import replace
from doorward.settings.problems import Problem, SettingsInvalid
from doorward.settings.record import Loaded, Source, SourceKind

FILE: Final = "secrets.json"
GENERATED: Final = ("secret", "pepper")
_KEPT: Final = TypeAdapter(dict[str, str])


def with_generated_secrets(loaded: Loaded) -> Loaded:
    """Return the settings with the secrets that were not given, from data_dir/secrets.json.

    The file is made at the first start, for its owner's eyes alone; of several processes that start together one makes
    it and all use it. In production nothing is made, and what was loaded is returned as it is.
    Raises: SettingsInvalid, when the file cannot be made or read.
    """
    settings = loaded.settings
    missing = [name for name in GENERATED if getattr(settings.secrets, name) is None]
    if settings.server.is_production or not missing:
        return loaded
    path = settings.server.data_dir / FILE
    try:
        kept = _read_or_make(path)
        values = {name: SecretStr(kept[name]) for name in missing}
    except (OSError, ValidationError, KeyError):
        why = "In development the secrets that are not given are kept there."
        remedy = "Check the folder's permissions; a file that is broken can be deleted, and everyone signs in again."
        raise SettingsInvalid([Problem(f"{path} cannot be made or read.", why, remedy)]) from None
    return replace(loaded, "secrets", values, Source(SourceKind.GENERATED, str(path)))


def generate_secret() -> str:
    """Return a fresh secret of 256 bits, as the settings take it."""
    return encode(random_bytes(SECRET_BYTES))


def _read_or_make(path: Path) -> dict[str, str]:
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _make(path)
    return _KEPT.validate_json(path.read_bytes())


def _make(path: Path) -> None:
    """Write the file beside its place and link it there, which fails for all processes but the first."""
    beside = path.with_name(f"{path.name}.{encode(random_bytes(8))}")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump({name: generate_secret() for name in GENERATED}, file)
        file.flush()
        os.fsync(file.fileno())
    try:
        path.hardlink_to(beside)
    except FileExistsError:
        return
    finally:
        beside.unlink()
