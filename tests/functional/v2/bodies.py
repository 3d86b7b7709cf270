"""What `/v2` answers otherwise than `/v1`."""

from datetime import datetime

from doorward.api.v1.bodies import AnswerBody
from doorward.core.sessions.records import Profile


class Email(AnswerBody):
    """An address, and whether its owner has shown that it is theirs."""

    address: str
    is_verified: bool


class User(AnswerBody):
    """What an account shows of itself to its owner: the address and its state stand together."""

    id: str
    username: str
    email: Email
    roles: list[str]
    created_at: datetime

    @classmethod
    def of(cls, profile: Profile) -> "User":
        """Return the answer for a profile."""
        return cls(
            id=profile.id,
            username=profile.username,
            email=Email(address=profile.email, is_verified=profile.is_verified),
            roles=list(profile.roles),
            created_at=profile.created_at,
        )
