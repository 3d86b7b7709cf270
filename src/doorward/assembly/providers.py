"""Settings become providers that people may sign in with, and a way to speak to them."""

import base64
import binascii
from typing import Final

from doorward.adapters.web.addresses import Reach
from doorward.adapters.web.client import WebClient
from doorward.core.federation.presets import PRESETS, Preset
from doorward.core.federation.records import Dialect, Provider, SecretSigner
from doorward.settings.problems import Problem, SettingsInvalid
from doorward.settings.record import Settings
from doorward.settings.sections.federation import ProviderSettings

_BEGIN: Final = "-----BEGIN PRIVATE KEY-----"
_END: Final = "-----END PRIVATE KEY-----"


def providers_of(settings: Settings) -> tuple[Provider, ...]:
    """Return the providers, in the order in which they are shown.

    Raises: SettingsInvalid.
    """
    return tuple(map(provider_of, settings.federation.providers))


def web_of(settings: Settings) -> WebClient:
    """Return what speaks to other services; in development they may stand on this machine."""
    is_development = not settings.server.is_production
    return WebClient(Reach(settings.federation.outgoing_networks, loopback_for_development=is_development))


def provider_of(chosen: ProviderSettings) -> Provider:
    """Return one provider: what the preset knows, and what the operator chose before it.

    An issuer of one's own takes the place of the preset's, with its own configuration, as for a GitLab that one runs.
    """
    preset = PRESETS[chosen.preset] if chosen.preset else Preset(chosen.id, chosen.issuer or "")
    is_elsewhere = chosen.issuer is not None and preset.dialect is Dialect.OIDC
    return Provider(
        id=chosen.id,
        name=chosen.name or preset.name,
        issuer=chosen.issuer or preset.issuer if preset.dialect is Dialect.OIDC else preset.issuer,
        client_id=chosen.client_id,
        client_secret=chosen.secret,
        dialect=preset.dialect,
        scopes=chosen.scopes or preset.scopes,
        answer_mode=preset.answer_mode,
        secret_use=preset.secret_use,
        trusted_domains=chosen.trusted_domains or (() if is_elsewhere else preset.trusted_domains),
        endpoints=preset.endpoints,
        discovery_url=None if is_elsewhere else preset.discovery_url,
        signer=_signer(chosen) if chosen.is_signed else None,
    )


def _signer(chosen: ProviderSettings) -> SecretSigner:
    """Return what a secret is signed with: the key's file is PKCS #8 in PEM, as Apple gives it out."""
    body = chosen.private_key.removeprefix(_BEGIN).removesuffix(_END)
    try:
        key = base64.b64decode("".join(body.split()), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not key or not chosen.private_key.startswith(_BEGIN):
        why = f"The provider {chosen.id} takes a secret that is signed with it."
        remedy = "Download the key anew, and leave its file as it is."
        raise SettingsInvalid([Problem(f"{chosen.private_key_file} holds no private key in PEM.", why, remedy)])
    return SecretSigner(chosen.team_id or "", chosen.key_id or "", key)
