"""What the server tells about itself."""

from enum import StrEnum

from pydantic import Field

from doorward.settings.sections.section import Section


class LogLevel(StrEnum):
    """The least grave event that is written."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class LogFormat(StrEnum):
    """How events are written: `json` for programs, `console` for people."""

    JSON = "json"
    CONSOLE = "console"


class TelemetrySettings(Section):
    """What the server tells about itself."""

    log_level: LogLevel = Field(LogLevel.INFO, description="The least grave event that is written.")
    log_format: LogFormat | None = Field(
        None, description="How events are written: json or console; console in development, json in production."
    )
    metrics_host: str = Field("127.0.0.1", description="The network address that the metrics listener binds to.")
    metrics_port: int | None = Field(
        None, ge=1, le=65_535, description="The TCP port of a listener for metrics alone; none by default."
    )
