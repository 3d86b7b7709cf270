"""All settings, and the list of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, get_args

from pydantic import BaseModel, ConfigDict, SecretStr
from pydantic.fields import FieldInfo

from doorward.settings.sections.clients import ClientsSettings
from doorward.settings.sections.federation import FederationSettings
from doorward.settings.sections.files import FilesSettings
from doorward.settings.sections.gateways import GatewaysSettings
from doorward.settings.sections.limits import LimitsSettings
from doorward.settings.sections.mail import MailSettings
from doorward.settings.sections.secrets import SecretsSettings
from doorward.settings.sections.section import Also, Section
from doorward.settings.sections.security import SecuritySettings
from doorward.settings.sections.server import ServerSettings
from doorward.settings.sections.store import StoreSettings
from doorward.settings.sections.telemetry import TelemetrySettings

PREFIX: Final = "DOORWARD_"

SECTIONS: Final[Mapping[str, type[Section]]] = {
    "server": ServerSettings,
    "store": StoreSettings,
    "mail": MailSettings,
    "secrets": SecretsSettings,
    "security": SecuritySettings,
    "clients": ClientsSettings,
    "federation": FederationSettings,
    "gateways": GatewaysSettings,
    "files": FilesSettings,
    "limits": LimitsSettings,
    "telemetry": TelemetrySettings,
}


class Settings(BaseModel):
    """Everything that an operator chose."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    server: ServerSettings = ServerSettings()
    store: StoreSettings = StoreSettings()
    mail: MailSettings = MailSettings()
    secrets: SecretsSettings = SecretsSettings()
    security: SecuritySettings = SecuritySettings()
    clients: ClientsSettings = ClientsSettings()
    federation: FederationSettings = FederationSettings()
    gateways: GatewaysSettings = GatewaysSettings()
    files: FilesSettings = FilesSettings()
    limits: LimitsSettings = LimitsSettings()
    telemetry: TelemetrySettings = TelemetrySettings()


class SourceKind(StrEnum):
    """What a value was read from."""

    DEFAULT = "default"
    GENERATED = "generated"
    FILE = "file"
    SECRET_FILE = "secret file"  # noqa: S105 (a kind of source)
    ENVIRONMENT = "environment"
    COMMAND_LINE = "command line"


@dataclass(frozen=True, slots=True)
class Source:
    """What a value was read from; `where` is the variable's name or the file's path, empty for a default."""

    kind: SourceKind
    where: str = ""

    def __str__(self) -> str:
        return f"{self.kind} {self.where}".rstrip()


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting: its name in a file, its names in the environment, and whether its value may be shown."""

    name: str
    section: str
    environment: tuple[str, ...]
    description: str
    default: str
    is_secret: bool


@dataclass(frozen=True, slots=True)
class Loaded:
    """The settings, where each came from, and names that look like settings and are none."""

    settings: Settings
    sources: Mapping[str, Source]
    unknown: tuple[str, ...] = ()


def all_settings() -> tuple[Setting, ...]:
    """Return every setting, in the order of the sections."""
    return tuple(
        _setting(name, section, info)
        for section, fields in SECTIONS.items()
        for name, info in fields.model_fields.items()
    )


def shown(loaded: Loaded) -> tuple[tuple[str, str, str], ...]:
    """Return name, value and source of every setting; a secret's value is replaced by stars."""
    rows = []
    for setting in SETTINGS.values():
        value = getattr(getattr(loaded.settings, setting.section), setting.name)
        rows.append((setting.name, _spell(value), str(loaded.sources[setting.name])))
    return tuple(rows)


def _setting(name: str, section: str, info: FieldInfo) -> Setting:
    aliases = tuple(alias for mark in info.metadata if isinstance(mark, Also) for alias in mark.names)
    is_secret = SecretStr in (info.annotation, *get_args(info.annotation))
    environment = (f"{PREFIX}{name.upper()}", *aliases)
    default = info.default.get_secret_value() if isinstance(info.default, SecretStr) else info.default
    return Setting(name, section, environment, info.description or "", _spell(default), is_secret)


def _spell(value: object) -> str:
    match value:
        case None:
            return ""
        case SecretStr():
            return "********" if value.get_secret_value() else ""
        case tuple():
            return ",".join(map(str, value))
        case _:
            return str(value)


SETTINGS: Final = {setting.name: setting for setting in all_settings()}
