"""What the server tells about itself."""

from enum import StrEnum

from pydantic import Field, SecretStr, field_validator

from doorward.settings.sections.section import Section, split_url


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
    otlp_url: str | None = Field(
        None,
        description="Where traces go, by OTLP over HTTP: http(s)://HOST:4318/v1/traces; none are made by default.",
    )
    otlp_headers: SecretStr | None = Field(
        None, description="Header fields that the collector asks for: NAME=VALUE, several with commas between them."
    )
    otlp_sample_ratio: float = Field(
        1.0, ge=0, le=1, description="Which part of the requests is traced; a gateway that traces decides for its own."
    )
    metrics_host: str = Field("127.0.0.1", description="The network address that the metrics listener binds to.")
    metrics_port: int | None = Field(
        None, ge=1, le=65_535, description="The TCP port of a listener for metrics alone; none by default."
    )

    @field_validator("otlp_url")
    @classmethod
    def _check_collector(cls, url: str | None) -> str | None:
        if url is None:
            return None
        parts = split_url(url, schemes=frozenset({"http", "https"}))
        if not parts.hostname or parts.username is not None:
            raise ValueError("the collector's URL names a host, and no user: otlp_headers hold what it asks for")
        return url

    @field_validator("otlp_headers")
    @classmethod
    def _check_headers(cls, headers: SecretStr | None) -> SecretStr | None:
        if headers is not None and not all("=" in field for field in headers.get_secret_value().split(",")):
            raise ValueError("header fields are NAME=VALUE, with commas between them")
        return headers

    def collector_headers(self) -> dict[str, str]:
        """Return the header fields that the collector asks for, by their names."""
        if self.otlp_headers is None:
            return {}
        fields = (field.partition("=") for field in self.otlp_headers.get_secret_value().split(","))
        return {name.strip().lower(): value.strip() for name, _, value in fields}
