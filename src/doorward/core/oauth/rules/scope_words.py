"""Scopes in words: what people read before they let a client act for them."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from doorward.core.oauth.rules import scopes

WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        scopes.OPENID: "Know that it is you, by a number that stands for your account",
        scopes.PROFILE: "See your username",
        scopes.EMAIL: "See your e-mail address",
        scopes.ROLES: "See which roles your account has",
        scopes.OFFLINE: "Keep this access when you are not there, until you take it back",
        "address": "See your postal address",
        "phone": "See your telephone number",
    }
)
"""What each scope of the specifications lets a client do."""


def words(scope: str, *, own: Mapping[str, str] = MappingProxyType({})) -> str:
    """Return the sentence for a scope; `own` are the sentences of the deployment. One that has none is named as it is.

    A sentence of the deployment never takes the place of one of the table, so that no application understates itself.
    """
    return WORDS.get(scope) or own.get(scope) or f"Use “{scope}” of your applications"
