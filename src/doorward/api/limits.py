"""How often one network may ask for what: the application's tier of the one table of limits.

Source: draft-ietf-httpapi-ratelimit-headers-10.
"""

import math
from collections.abc import Mapping
from datetime import timedelta
from functools import lru_cache
from typing import Final

from doorward.api.visit import Visit
from doorward.core.audit.rules import network_of
from doorward.core.kernel.errors import TooMany
from doorward.core.limits.ports import Allowance
from doorward.core.limits.records import Limit, limit

_MOST_KEPT: Final = 4096
_LONGEST_ADDRESS: Final = 45
"""That of IPv6 with one of IPv4 inside; what is longer is read each time, so what is kept stays small."""

LIMITED: Final[Mapping[tuple[str, str], Limit]] = {
    (method, path): limit(name)
    for name, method, paths in (
        ("sign_in", "POST", ("/v1/auth/login_web", "/v1/auth/login_mobile", "/sign-in", "/account/confirm")),
        ("sign_in", "PUT", ("/v1/web/password", "/v1/mobile/password")),
        ("sign_in", "POST", ("/account/password", "/account/confirm/with", "/account/ways/link")),
        ("sign_in", "POST", ("/sign-in/with/{provider_id}", "/sign-in/with/{provider_id}/callback")),
        ("register", "POST", ("/v1/auth/register", "/v1/auth/register_mobile", "/register", "/setup")),
        ("refresh", "POST", ("/v1/auth/refresh_web", "/v1/auth/refresh_mobile")),
        ("refresh", "POST", ("/oauth/browser/token", "/oauth/browser/refresh", "/oauth/browser/sign-out")),
        ("mail_request", "POST", ("/v1/auth/resend_verification", "/v1/auth/forgot_password", "/forgot")),
        ("mail_request", "POST", ("/verify/resend", "/account/email")),
        ("mail_request", "PATCH", ("/v1/web/me", "/v1/mobile/me")),
        ("client_registration", "POST", ("/oauth/register",)),
        ("client_registration", "PUT", ("/oauth/register/{client_id}",)),
        ("client_registration", "DELETE", ("/oauth/register/{client_id}",)),
        ("code", "POST", ("/v1/auth/verify_email", "/v1/auth/reset_password", "/v1/auth/unlock")),
        ("code", "POST", ("/verify", "/reset", "/unlock", "/sign-in/finish")),
        ("upload", "POST", ("/v1/web/files", "/v1/mobile/files")),
        ("upload", "PATCH", ("/v1/web/files/uploads/{upload_id}", "/v1/mobile/files/uploads/{upload_id}")),
        ("device_authorization", "POST", ("/oauth/device_authorization",)),
        ("user_code_network", "POST", ("/device", "/device/confirm")),
        ("authorize", "POST", ("/oauth/authorize", "/oauth/par", "/consent")),
    )
    for path in paths
}
"""Which limit an address spends by which request."""


async def spend(visit: Visit, wanted: Limit, key: str) -> None:
    """Count a request against a limit, and let the answer tell what is left.

    Raises: TooMany.
    """
    allowance = await visit.doors.counters.hit(wanted, key)
    visit.added_headers += _told(wanted, allowance)
    if not allowance.admitted:
        raise TooMany(allowance.reset_after)


def network_key(address: str | None) -> str:
    """Return what stands for a client in counters: its address, or the network that an IPv6 client commands.

    What cannot be read as an address shares one budget; it is never let through uncounted.
    """
    return (_key_kept if len(address or "") <= _LONGEST_ADDRESS else _key)(address)


def _key(address: str | None) -> str:
    network = network_of(address)
    return network.hex() if network is not None else "invalid"


_key_kept: Final = lru_cache(_MOST_KEPT)(_key)


def _told(wanted: Limit, allowance: Allowance) -> list[tuple[bytes, bytes]]:
    reset = max(0, math.ceil(allowance.reset_after.total_seconds()))
    return [
        (b"ratelimit-policy", _policy(wanted.name, wanted.amount, wanted.window)),
        (b"ratelimit", f'"{wanted.name}";r={allowance.remaining};t={reset}'.encode()),
    ]


@lru_cache
def _policy(name: str, amount: int, window: timedelta) -> bytes:
    return f'"{name}";q={amount};w={int(window.total_seconds())}'.encode()
