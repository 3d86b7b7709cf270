"""What must stay secret."""

from typing import Final

from pydantic import Field, SecretStr, field_validator

from doorward.settings.sections.section import Section

MINIMUM_CHARACTERS: Final = 32


class SecretsSettings(Section):
    """What must stay secret. In development what is missing is made at the first start."""

    secret: SecretStr | None = Field(
        None,
        description="The deployment's own secret, at least 256 random bits, which every other key is derived from.",
    )
    secret_previous: SecretStr | None = Field(
        None, description="The secret before this one: what was sealed under it can still be opened."
    )
    pairwise_secret: SecretStr | None = Field(
        None,
        description="The first secret that the deployment had, where it is neither `secret` nor `secret_previous` any "
        "more: pairwise subjects are made with it for good.",
    )
    pepper: SecretStr | None = Field(
        None, description="At least 256 random bits that go into every password hash and are kept apart from the store."
    )
    pepper_previous: SecretStr | None = Field(
        None, description="The pepper before this one: hashes under it are renewed when their owners sign in."
    )

    @field_validator("*")
    @classmethod
    def _check_length(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and len(value.get_secret_value()) < MINIMUM_CHARACTERS:
            raise ValueError(f"a secret has at least {MINIMUM_CHARACTERS} characters")
        return value

    def keys(self) -> tuple[bytes, ...]:
        """Return the deployment's secret, then the one before if there is one; empty when there is none at all."""
        return _present(self.secret, self.secret_previous)

    def first_secret(self) -> bytes | None:
        """Return the first secret that the deployment had, as far as it was given; None when there is none at all."""
        return next(reversed(_present(self.secret, self.secret_previous, self.pairwise_secret)), None)

    def peppers(self) -> tuple[bytes, ...]:
        """Return the pepper in force, then the one before if there is one; empty when there is none at all."""
        return _present(self.pepper, self.pepper_previous)


def _present(*values: SecretStr | None) -> tuple[bytes, ...]:
    return tuple(value.get_secret_value().encode() for value in values if value is not None)
