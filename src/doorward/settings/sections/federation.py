"""Which other providers people may sign in with, and where other services may be asked."""

import re
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Final, Self

from pydantic import Field, SecretStr, field_validator, model_validator

from doorward.core.federation.presets import PRESETS
from doorward.core.federation.records import SecretUse
from doorward.settings.sections.section import Section, Words, split_url, tables

_ID: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")
_DOMAIN: Final = re.compile(r"\*|[a-z0-9-]+(\.[a-z0-9-]+)+")
_ACR: Final = re.compile(r"[\x21-\x7e]{1,255}")
_OUR_ACRS: Final = "urn:doorward:"
_LONGEST_ISSUER: Final = 500
_WEB: Final = frozenset({"https", "http"})


class ProviderSettings(Section):
    """One provider: a preset or an issuer, and what it gave out when this deployment was registered with it."""

    id: str = Field("", description="What the provider is called in addresses; the preset's name by default.")
    preset: str | None = Field(None, description=f"What is known of it already: {', '.join(sorted(PRESETS))}.")
    name: str | None = Field(None, min_length=1, max_length=40, description="What people know it as.")
    issuer: str | None = Field(
        None, max_length=_LONGEST_ISSUER, description="What its tokens name, and where its configuration is found."
    )
    client_id: str = Field(min_length=1, max_length=500, description="What this deployment is called there.")
    client_secret: SecretStr | None = Field(None, description="The secret that it gave out.")
    client_secret_file: Path | None = Field(None, description="A file that holds the secret instead.")
    scopes: Annotated[tuple[str, ...], Words] = Field((), description="What it is asked for, instead of the preset's.")
    trusted_domains: Annotated[tuple[str, ...], Words] = Field(
        (), description="The domains whose addresses count as proven when it says so; * is any."
    )
    acrs: dict[str, str] = Field(
        {}, description="What its values of acr are worth here: each, and what applications are told in its place."
    )
    team_id: str | None = Field(None, description="Apple: the team that the key belongs to.")
    key_id: str | None = Field(None, description="Apple: the id of the key.")
    private_key_file: Path | None = Field(None, description="Apple: the key, PKCS #8 in PEM, as it was downloaded.")

    def __str__(self) -> str:
        return self.id

    @field_validator("preset")
    @classmethod
    def _check_preset(cls, preset: str | None) -> str | None:
        if preset is not None and preset not in PRESETS:
            raise ValueError(f"a preset is one of: {', '.join(sorted(PRESETS))}")
        return preset

    @field_validator("issuer")
    @classmethod
    def _check_issuer(cls, issuer: str | None) -> str | None:
        if issuer is None:
            return None
        parts = split_url(issuer, schemes=_WEB)
        if not parts.hostname or parts.username is not None or parts.query or parts.fragment:
            raise ValueError("an issuer is https://HOST, with a path if need be, and nothing else")
        return issuer

    @field_validator("trusted_domains")
    @classmethod
    def _check_domains(cls, domains: tuple[str, ...]) -> tuple[str, ...]:
        lowered = tuple(domain.lower() for domain in domains)
        if not all(_DOMAIN.fullmatch(domain) for domain in lowered):
            raise ValueError("a trusted domain is example.org, or * for every domain")
        return lowered

    @field_validator("acrs")
    @classmethod
    def _check_acrs(cls, acrs: dict[str, str]) -> dict[str, str]:
        if not all(_ACR.fullmatch(acr) and not acr.startswith(_OUR_ACRS) for acr in acrs.values()):
            raise ValueError(f"an acr is a name without spaces, and none of ours, which begin with {_OUR_ACRS}")
        return acrs

    @field_validator("client_secret_file", "private_key_file")
    @classmethod
    def _check_file(cls, path: Path | None) -> Path | None:
        if path is not None and not _content(path):
            raise ValueError(f"{path} is empty")
        return path

    @model_validator(mode="after")
    def _check_whole(self) -> Self:
        named = self if self.id else self.model_copy(update={"id": self.preset or ""})
        if not _ID.fullmatch(named.id):
            raise ValueError("a provider has an id of small letters, digits and dashes, or a preset")
        if named.preset is None and named.issuer is None:
            raise ValueError(f"the provider {named.id} has neither a preset nor an issuer")
        if named.is_signed and not (named.team_id and named.key_id and named.private_key_file):
            raise ValueError(f"the provider {named.id} needs team_id, key_id and private_key_file")
        if not named.is_signed and (named.client_secret is None) == (named.client_secret_file is None):
            raise ValueError(f"the provider {named.id} needs client_secret or client_secret_file, and not both")
        return named

    @property
    def is_signed(self) -> bool:
        """Tell whether the provider takes a secret that is signed, and so a key instead of a secret."""
        return self.preset is not None and PRESETS[self.preset].secret_use is SecretUse.SIGNED

    @property
    def secret(self) -> str:
        """The secret, from its file if it has one; empty where there is a key instead."""
        if self.client_secret_file is not None:
            return _content(self.client_secret_file)
        return self.client_secret.get_secret_value() if self.client_secret else ""

    @property
    def private_key(self) -> str:
        """The private key as PEM; empty where there is a secret instead."""
        return _content(self.private_key_file) if self.private_key_file else ""


class FederationSettings(Section):
    """Which other providers people may sign in with, and where other services may be asked."""

    providers: Annotated[tuple[ProviderSettings, ...], tables("providers")] = Field(
        (),
        description="The providers that people may sign in with: tables [[providers]] in the file, a list in JSON in "
        "the environment. Each has a preset or an issuer, client_id, client_secret or client_secret_file, and may have "
        "id, name, scopes, trusted_domains and acrs.",
    )
    outgoing_networks: Annotated[tuple[IPv4Network | IPv6Network, ...], Words] = Field(
        (),
        description="The private networks in which other services may be asked over https, in CIDR notation; "
        "everything else that is not public is refused.",
    )

    @field_validator("providers")
    @classmethod
    def _check_ids(cls, providers: tuple[ProviderSettings, ...]) -> tuple[ProviderSettings, ...]:
        ids = [provider.id for provider in providers]
        if len(set(ids)) != len(ids):
            raise ValueError("two providers have the same id")
        return providers


def _content(path: Path) -> str:
    try:
        return path.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise ValueError(f"{path} cannot be read as text") from None
