"""LIMITS: how often what may be asked, by whom. The API and the gateway read the same table."""

from datetime import timedelta
from enum import IntEnum, StrEnum
from typing import Final

from pydantic.dataclasses import dataclass


class Tier(IntEnum):
    """Who enforces a limit: the gateway, coarsely, or the application, which knows what is asked."""

    GATEWAY = 1
    APPLICATION = 2


class Per(StrEnum):
    """What shares a budget."""

    ADDRESS = "address"
    ACCOUNT = "account"
    CLIENT = "client"
    DEPLOYMENT = "deployment"


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `amount` requests in any `window` for everything that shares a budget. `name` is stable."""

    name: str
    amount: int
    window: timedelta
    per: Per
    tier: Tier = Tier.APPLICATION


_MINUTE: Final = timedelta(minutes=1)
_TEN_MINUTES: Final = timedelta(minutes=10)
_HOUR: Final = timedelta(hours=1)

LIMITS: Final = (
    Limit("api", 100, timedelta(seconds=1), Per.ADDRESS, Tier.GATEWAY),
    Limit("sign_in_page", 5, _MINUTE, Per.ADDRESS, Tier.GATEWAY),
    Limit("sign_in", 120, _MINUTE, Per.ADDRESS),
    Limit("register", 60, _MINUTE, Per.ADDRESS),
    Limit("refresh", 1200, _MINUTE, Per.ADDRESS),
    Limit("mail_request", 60, _MINUTE, Per.ADDRESS),
    Limit("code", 60, _MINUTE, Per.ADDRESS),
    Limit("authorize", 1200, _MINUTE, Per.ADDRESS),
    Limit("device_authorization", 120, _MINUTE, Per.ADDRESS),
    Limit("user_code_network", 60, _TEN_MINUTES, Per.ADDRESS),
    Limit("user_code", 5, _TEN_MINUTES, Per.ACCOUNT),
    Limit("mail_to_account", 5, _HOUR, Per.ACCOUNT),
    Limit("mail_to_address", 30, _HOUR, Per.ACCOUNT),
    Limit("client_failures", 30, _MINUTE, Per.CLIENT),
    Limit("client_failures_network", 120, _MINUTE, Per.ADDRESS),
    Limit("client_registration", 20, _HOUR, Per.ADDRESS),
    Limit("upload", 1200, _MINUTE, Per.ADDRESS),
    Limit("avatar", 20, _HOUR, Per.ACCOUNT),
    Limit("export", 10, _HOUR, Per.ACCOUNT),
)
"""Every limit, by name. What concerns one account's password is not here: see the rules of signing in."""


def limit(name: str) -> Limit:
    """Return the limit of a name.

    Raises: KeyError.
    """
    return _BY_NAME[name]


_BY_NAME: Final = {row.name: row for row in LIMITS}
