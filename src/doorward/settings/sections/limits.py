"""How much is let in."""

from pydantic import Field

from doorward.settings.sections.section import Section


class LimitsSettings(Section):
    """How much is let in."""

    limits_scale: int = Field(
        1, ge=1, le=1_000_000, description="What every rate limit is multiplied by; more than 1 is for load tests."
    )
