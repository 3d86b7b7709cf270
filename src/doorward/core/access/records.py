"""Roles and scopes."""

from enum import StrEnum
from typing import Final

OPERATOR: Final = "operator"
"""The role of those who run the deployment."""


class Scope(StrEnum):
    """What an access token is good for.

    Source: RFC 6749 section 3.3.
    """

    ACCOUNT = "account"
    OPERATE = "operate"
