"""Providers that many people have an account at.

What differs between them is data: whoever is not in here is set up by issuer alone.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from pydantic.dataclasses import dataclass

from doorward.core.federation.records import AnswerMode, Dialect, Endpoints, SecretUse

TENANT: Final = "{tenantid}"
"""What stands in an issuer for the organisation that the claim `tid` names."""

_MICROSOFT: Final = "https://login.microsoftonline.com"


@dataclass(frozen=True, slots=True)
class Preset:
    """What is known of a provider before anybody registers with it.

    `trusted_domains` are mailboxes that the provider itself runs: its word about them is as good as a mail to them.
    """

    name: str
    issuer: str
    dialect: Dialect = Dialect.OIDC
    scopes: tuple[str, ...] = ("openid", "email", "profile")
    answer_mode: AnswerMode = AnswerMode.QUERY
    secret_use: SecretUse = SecretUse.BASIC
    trusted_domains: tuple[str, ...] = ()
    endpoints: Endpoints | None = None
    discovery_url: str | None = None


PRESETS: Final[Mapping[str, Preset]] = MappingProxyType(
    {
        "google": Preset(
            "Google",
            "https://accounts.google.com",
            secret_use=SecretUse.POST,
            trusted_domains=("gmail.com", "googlemail.com"),
        ),
        # Its `email` can be any text that an administrator typed, so no domain is trusted.
        "microsoft": Preset(
            "Microsoft",
            f"{_MICROSOFT}/{TENANT}/v2.0",
            secret_use=SecretUse.POST,
            discovery_url=f"{_MICROSOFT}/common/v2.0/.well-known/openid-configuration",
        ),
        "github": Preset(
            "GitHub",
            "https://github.com",
            Dialect.GITHUB,
            scopes=("read:user", "user:email"),
            secret_use=SecretUse.POST,
            endpoints=Endpoints(
                "https://github.com/login/oauth/authorize",
                "https://github.com/login/oauth/access_token",
                "https://api.github.com/user",
                "https://api.github.com/user/emails",
            ),
        ),
        "apple": Preset(
            "Apple",
            "https://appleid.apple.com",
            scopes=("openid", "email", "name"),
            answer_mode=AnswerMode.FORM_POST,
            secret_use=SecretUse.SIGNED,
        ),
        "gitlab": Preset("GitLab", "https://gitlab.com"),
        "discord": Preset(
            "Discord",
            "https://discord.com",
            Dialect.DISCORD,
            scopes=("identify", "email"),
            endpoints=Endpoints(
                "https://discord.com/oauth2/authorize",
                "https://discord.com/api/oauth2/token",
                "https://discord.com/api/users/@me",
            ),
        ),
    }
)
