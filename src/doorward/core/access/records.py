"""Roles and scopes."""

from enum import StrEnum
from typing import Annotated, Final

from pydantic import StringConstraints

Role = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_.:-]{0,63}$")]
"""A role's name: up to 64 characters of lower-case letters, digits and `_.:-`, beginning with a letter."""

OPERATOR: Final = "operator"
"""The role of those who run the deployment."""


class Scope(StrEnum):
    """What an access token is good for.

    Source: RFC 6749 section 3.3.
    """

    ACCOUNT = "account"
    OPERATE = "operate"
