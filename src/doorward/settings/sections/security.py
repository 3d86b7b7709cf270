"""How strict the house is with accounts."""

from pathlib import Path
from typing import Annotated

from pydantic import Field

from doorward.core.accounts.records import Registration
from doorward.core.credentials.rules import MINIMUM_CHARACTERS
from doorward.settings.sections.section import Section, Words


class SecuritySettings(Section):
    """How strict the house is with accounts."""

    registration_profile: Registration = Field(
        Registration.SEED,
        description="What registering says of accounts that exist: seed answers USER_EXISTS, private the same always.",
    )
    password_minimum_characters: int = Field(
        MINIMUM_CHARACTERS, ge=8, le=64, description="The fewest characters of a new password."
    )
    breached_passwords_file: Path | None = Field(
        None, description="A file of SHA-1 digests of breached passwords, ordered by hash; none of them can be chosen."
    )
    authorization_details_types: Annotated[tuple[str, ...], Words] = Field(
        (), description="The types of authorization details (RFC 9396) that applications may ask for."
    )
