"""`doorward init`: a file of settings to start from."""

import json
import os
from pathlib import Path
from typing import Annotated, Final

import typer
from pydantic import SecretStr, ValidationError

from doorward.cli.options import Json, polite
from doorward.cli.output import Voice
from doorward.settings.generate import GENERATED, generate_secret
from doorward.settings.problems import Problem
from doorward.settings.record import SECTIONS, SETTINGS, Setting
from doorward.settings.sections.server import ServerSettings

_FILE: Final = "doorward.toml"


def init(
    folder: Annotated[Path, typer.Argument(help="Where to write it.")] = Path(),
    *,
    issuer: Annotated[
        str | None, typer.Option(help="The https URL that people reach the server at; makes it a production setup.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Write doorward.toml with every setting explained. With --issuer, set it up for production with fresh secrets."""
    voice = Voice(as_json)
    path = folder / _FILE
    chosen = {"environment": "production", "issuer": _checked(issuer, voice)} if issuer else {}
    secrets = {name: folder / "secrets" / name for name in GENERATED} if issuer else {}
    for file in (path, *secrets.values()):
        if file.exists():
            remedy = "Move it away, or name another folder."
            voice.refuse(Problem(f"{file} is there already.", "It is never overwritten.", remedy), code="FILE_EXISTS")
    with polite(voice):
        folder.mkdir(parents=True, exist_ok=True)
        for file in secrets.values():
            _write_secret(file)
        path.write_text(_document(chosen, secrets), encoding="utf-8")
    written = [str(path), *(str(file) for file in secrets.values())]
    voice.done(f"{', '.join(written)} written.", {"written": written})
    if issuer:
        voice.note("  Set smtp_url and mail_from in it, then run `doorward doctor`.")
    if folder.absolute() != Path.cwd():
        voice.note(f"  Commands read it there, or anywhere with DOORWARD_CONFIG={path.absolute()}")


def _checked(issuer: str, voice: Voice) -> str:
    try:
        server = ServerSettings(issuer=issuer)
    except ValidationError:
        is_good = False
    else:
        is_good = server.has_secure_cookies
    if not is_good:
        why = "Every token and every link in a mail names it, and cookies need it to be https."
        remedy = "Write it as https://HOST, with a port or a path if need be."
        voice.refuse(Problem(f"{issuer} cannot be the issuer.", why, remedy), code="SETTINGS_INVALID")
    return server.issuer


def _write_secret(path: Path) -> None:
    path.parent.mkdir(mode=0o700, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(generate_secret())


def _document(chosen: dict[str, str], secrets: dict[str, Path]) -> str:
    lines = ["# Settings of Doorward. What is commented out has its default."]
    for section in SECTIONS:
        lines += ["", f"# --- {section}"]
        for setting in SETTINGS.values():
            if setting.section == section:
                lines += ["", f"# {setting.description}", _line(setting, chosen, secrets)]
    return "\n".join(lines) + "\n"


def _line(setting: Setting, chosen: dict[str, str], secrets: dict[str, Path]) -> str:
    if setting.name in chosen:
        return f"{setting.name} = {json.dumps(chosen[setting.name])}"
    if setting.name in secrets:
        return f"{setting.name}_file = {json.dumps(str(secrets[setting.name].absolute()))}"
    return f"# {setting.name} = {_default(setting)}"


def _default(setting: Setting) -> str:
    """Return the default as TOML; that of a secret is none."""
    value: object = SECTIONS[setting.section].model_fields[setting.name].default
    shown = value.get_secret_value() if isinstance(value, SecretStr) else setting.default
    return shown if shown.isdecimal() else json.dumps(shown)
