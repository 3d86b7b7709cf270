"""Settings become providers that people may sign in with, and a way to speak to them."""

import base64
import binascii
from dataclasses import dataclass
from typing import Final

from doorward.adapters.clock.system import SystemClock
from doorward.adapters.jose.signatures import JoseSignatures
from doorward.adapters.web.addresses import Reach
from doorward.adapters.web.client import WebClient
from doorward.adapters.web.documents import CachedDocuments
from doorward.core.federation.presets import PRESETS, Preset
from doorward.core.federation.records import Dialect, Provider, SecretSigner
from doorward.core.federation.upstream import Upstream
from doorward.core.kernel.outgoing import NotFetched
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
        acrs=chosen.acrs,
        signer=_signer(chosen) if chosen.is_signed else None,
    )


@dataclass(frozen=True, slots=True)
class ExaminedProvider:
    """What a provider says when it is asked; `problem` is None where all is well."""

    is_what: str
    problem: Problem | None = None


def examine_providers(settings: Settings) -> list[tuple[str, ExaminedProvider]]:
    """Return each provider by its id, and what became of asking it for its configuration.

    Raises: SettingsInvalid.
    """
    web, clock = web_of(settings), SystemClock()
    is_development = not settings.server.is_production
    upstream = Upstream(web, CachedDocuments(web, clock), JoseSignatures(), clock, is_development=is_development)
    examined = [(provider.id, _examined(upstream, provider)) for provider in providers_of(settings)]
    web.close()
    return examined


def _examined(upstream: Upstream, provider: Provider) -> ExaminedProvider:
    trusted = f"trusted for {', '.join(provider.trusted_domains) or 'no domain'}"
    if provider.endpoints is not None:
        return ExaminedProvider(f"{provider.name} has addresses that are known, so it was not asked; {trusted}")
    try:
        upstream.metadata(provider)
    except NotFetched as failure:
        remedy = "Correct its issuer, or open the way to it; DOORWARD_OUTGOING_NETWORKS names private networks."
        return ExaminedProvider("", Problem(f"{provider.name} cannot be used.", f"{failure}.", remedy))
    return ExaminedProvider(f"{provider.name} ({provider.issuer}) answers; {trusted}")


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
