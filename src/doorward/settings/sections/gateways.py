"""Which hosts gateways guard with our word."""

from typing import Annotated, Final, Self

from pydantic import Field, field_validator, model_validator

from doorward.core.access.decide import check_role
from doorward.core.kernel.errors import Invalid
from doorward.core.oauth.rules import uri
from doorward.settings.sections.section import Section, Words, tables

_POINTER: Final = "/origin"
_OWN_PORTS: Final = {"https": 443, "http": 80}


class ProtectedHostSettings(Section):
    """One host behind a gateway, and what it takes to come in."""

    origin: str = Field(max_length=300, description="What browsers call it: https://HOST, with its port if need be.")
    audience: str | None = Field(
        None, description="The resource that bearer tokens must be for; none is taken without."
    )
    scopes: Annotated[tuple[str, ...], Words] = Field((), description="The scopes that a bearer token needs.")
    role: str | None = Field(None, description="The role that people need.")

    def __str__(self) -> str:
        return self.origin

    @field_validator("origin")
    @classmethod
    def _check_origin(cls, origin: str) -> str:
        try:
            read = uri.read(origin, pointer=_POINTER)
        except Invalid as refusal:
            raise ValueError(refusal.reason) from None
        if read.rest or read.port == _OWN_PORTS[read.scheme]:
            raise ValueError("an origin is https://HOST or https://HOST:PORT; no path, no slash, no port that is usual")
        return origin

    @field_validator("audience")
    @classmethod
    def _check_audience(cls, audience: str | None) -> str | None:
        try:
            return None if audience is None else uri.check_resource(audience, pointer=_POINTER)
        except Invalid as refusal:
            raise ValueError(refusal.reason) from None

    @field_validator("role")
    @classmethod
    def _check_role(cls, role: str | None) -> str | None:
        try:
            return None if role is None else check_role(role, pointer=_POINTER)
        except Invalid as refusal:
            raise ValueError(refusal.reason) from None

    @model_validator(mode="after")
    def _check_whole(self) -> Self:
        if self.scopes and self.audience is None:
            raise ValueError(f"{self.origin} names scopes, but no audience that a token could be for")
        return self


class GatewaysSettings(Section):
    """Which hosts gateways guard with our word."""

    protected_hosts: Annotated[tuple[ProtectedHostSettings, ...], tables("hosts")] = Field(
        (),
        description="The hosts that gateways ask /forward-auth about: tables [[protected_hosts]] in the file, a list "
        "in JSON in the environment. Each has an origin, and may have audience, scopes and role.",
    )

    @field_validator("protected_hosts")
    @classmethod
    def _check_hosts(cls, hosts: tuple[ProtectedHostSettings, ...]) -> tuple[ProtectedHostSettings, ...]:
        names = [host.origin.partition("://")[2] for host in hosts]
        if len(set(names)) != len(names):
            raise ValueError("two protected hosts have the same name")
        return hosts
