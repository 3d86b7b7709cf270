"""What requests and answers hold. Unknown members are refused, and so is every value of another type."""

from collections.abc import Iterable
from dataclasses import fields
from datetime import datetime
from typing import Annotated, ClassVar, Final

from pydantic import BaseModel, ConfigDict, Field, SecretStr, StringConstraints, TypeAdapter

from doorward.core.sessions.records import Profile, Remembered, Session, Snapshot

_VISIBLE = r"^[^\x00-\x1F\x7F]*$"
"""No control characters: some stores refuse them, and none belongs into a name."""

Name = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=_VISIBLE)]
Address = Annotated[str, StringConstraints(min_length=3, max_length=320, pattern=_VISIBLE)]
Login = Annotated[str, StringConstraints(min_length=1, max_length=320, pattern=_VISIBLE)]
DeviceName = Annotated[str, StringConstraints(min_length=1, max_length=60, pattern=_VISIBLE)]
LinkToken = Annotated[str, StringConstraints(min_length=1, max_length=512, pattern=_VISIBLE)]
Code = Annotated[str, StringConstraints(min_length=1, max_length=32, pattern=_VISIBLE)]
Password = Annotated[SecretStr, Field(min_length=1, max_length=1024)]
OpaqueToken = Annotated[SecretStr, Field(min_length=1, max_length=512)]


class Body(BaseModel):
    """What every request body has in common."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class RegisterBody(Body):
    """Who wants an account."""

    username: Name = Field(examples=["ada.lovelace"])
    email: Address = Field(examples=["ada@example.org"])
    password: Password = Field(examples=["a long sentence of yours"])


class VerifyByLink(Body):
    """The token of a mailed link."""

    token: LinkToken


class VerifyByCode(Body):
    """The code of a mail, with the address that it went to."""

    email: Address
    code: Code


class EmailBody(Body):
    """An address that a mail is asked for."""

    email: Address = Field(examples=["ada@example.org"])


class ResetByLink(Body):
    """The token of a mailed link, and the new password."""

    token: LinkToken
    new_password: Password


class ResetByCode(Body):
    """The code of a mail, with the address that it went to, and the new password."""

    email: Address
    code: Code
    new_password: Password


class UnlockByLink(Body):
    """The token of a mailed link."""

    token: LinkToken


class UnlockByCode(Body):
    """The code of a mail, with the address that it went to."""

    email: Address
    code: Code


class LoginBody(Body):
    """Somebody's username or e-mail address, and their password."""

    username: Login = Field(examples=["ada.lovelace"])
    password: Password


class MobileLoginBody(LoginBody):
    """The same from an app, which may say what the device is called."""

    device_name: DeviceName | None = Field(default=None, examples=["Ada's phone"])


class RefreshBody(Body):
    """The refresh token that was given last."""

    refresh_token: OpaqueToken


class ProfileBody(Body):
    """What is to be changed; what is left out stays."""

    username: Name | None = None
    email: Address | None = None


class PasswordBody(Body):
    """The password that is in force, and the one that takes its place."""

    current_password: Password
    new_password: Password


class AnswerBody(BaseModel):
    """What every answer has in common."""

    model_config = ConfigDict(frozen=True)


class SuccessMessageResponse(AnswerBody):
    """A sentence for people."""

    message: str


class CsrfAnswer(AnswerBody):
    """A token to send along with every unsafe request."""

    csrf_token: str


class User(AnswerBody):
    """What an account shows of itself to its owner."""

    id: str
    username: str
    email: str
    is_verified: bool
    roles: list[str]
    created_at: datetime

    @classmethod
    def of(cls, profile: Profile) -> "User":
        """Return the answer for a profile."""
        return cls(
            id=profile.id,
            username=profile.username,
            email=profile.email,
            is_verified=profile.is_verified,
            roles=list(profile.roles),
            created_at=profile.created_at,
        )


class SignedIn(AnswerBody):
    """Who is signed in. No token: those travel as cookies that no script can read."""

    user: User

    @classmethod
    def of(cls, remembered: Remembered) -> "SignedIn":
        """Return the answer for a session that was started or continued."""
        return cls(user=User.of(remembered.profile))


class Tokens(AnswerBody):
    """The tokens of an app (RFC 6749 section 5.1); `refresh_expires_in` is in seconds like `expires_in`."""

    access_token: str
    token_type: str = "Bearer"  # noqa: S105 (the name of a type)
    expires_in: int
    refresh_token: str
    refresh_expires_in: int

    @classmethod
    def of(cls, remembered: Remembered) -> "Tokens":
        """Return the answer for a session that was started or continued."""
        return cls(
            access_token=remembered.access_token,
            expires_in=int(remembered.access_expires_in.total_seconds()),
            refresh_token=remembered.refresh_token,
            refresh_expires_in=int(remembered.refresh_expires_in.total_seconds()),
        )


class SignedInSession(AnswerBody):
    """Somewhere that an account is signed in. `place` is the pseudonym of a network, the same for one day."""

    id: str
    kind: str
    device: str
    place: str
    created_at: datetime
    last_seen_at: datetime
    current: bool

    @classmethod
    def all_of(cls, sessions: Iterable[Session], snapshot: Snapshot) -> "list[SignedInSession]":
        """Return the answer for an account's sessions."""
        return [
            cls(
                id=session.id,
                kind=session.kind,
                device=session.device_name,
                place=session.place,
                created_at=session.created_at,
                last_seen_at=session.last_seen_at,
                current=session.id == snapshot.session_id,
            )
            for session in sessions
        ]


class Closing(AnswerBody):
    """When an account that was closed will be gone; until then signing in keeps it."""

    SENTENCE: ClassVar[str] = "Your account is closed. Sign in again before it is deleted to keep it."

    message: str
    delete_after: datetime


_PROFILE: Final = TypeAdapter(Profile)
_OTHERS: Final = {each.name for each in fields(Profile)} - set(User.model_fields)


def user_json(profile: Profile) -> bytes:
    """Return a profile as `User` says it, written at once: the body of the routes that are asked most."""
    return _PROFILE.dump_json(profile, exclude=_OTHERS)


class FieldProblem(AnswerBody):
    """What is wrong with one field."""

    pointer: str
    reason: str


class ProblemAnswer(AnswerBody):
    """A refusal (RFC 9457). `code` is stable; `errors` is there for fields, `reason` for CSRF_FAILED."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    request_id: str
    reason: str | None = None
    errors: list[FieldProblem] | None = None
