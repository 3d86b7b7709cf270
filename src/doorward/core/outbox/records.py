"""What a job is."""

from datetime import datetime
from enum import StrEnum

from pydantic.dataclasses import dataclass

from doorward.core.kernel.ids import JobId


class JobState(StrEnum):
    """Where a job stands. `ready` waits for its time, `done` is delivered, `dead` needs a person."""

    READY = "ready"
    DONE = "done"
    DEAD = "dead"


@dataclass(frozen=True, slots=True)
class Job:
    """Something to do later, at least once. `sealed_payload` opens only with the deployment's own key.

    `dedupe_key` is unique while the job is kept: a second job with the same one is not added. `leased_until` is when
    another worker may take it over from one that died. `request_id` is that of the request which made it necessary, and
    `traceparent` the span of that where requests are traced; neither changes what the job does.
    """

    id: JobId
    name: str
    sealed_payload: bytes
    created_at: datetime
    run_at: datetime
    state: JobState = JobState.READY
    attempts: int = 0
    leased_until: datetime | None = None
    dedupe_key: str | None = None
    last_error: str | None = None
    request_id: str | None = None
    traceparent: str | None = None


class LetterKind(StrEnum):
    """Every mail that Doorward writes; the value names its template."""

    VERIFY_EMAIL = "verify_email"
    ACCOUNT_EXISTS = "account_exists"
    USERNAME_TAKEN = "username_taken"
    CHANGE_EMAIL = "change_email"
    EMAIL_CHANGED = "email_changed"
    RESET_PASSWORD = "password_reset"  # noqa: S105 (the name of a template)
    PASSWORD_CHANGED = "password_changed"  # noqa: S105
    SIGN_IN_SUSPENDED = "sign_in_suspended"
    NEW_SIGN_IN = "new_sign_in"
    SESSION_REUSE = "session_reuse"
    ACCOUNT_CLOSING = "account_closing"
    ACCOUNT_KEPT = "account_kept"
    FINISH_SIGN_IN = "finish_sign_in"
    NOT_CONNECTED = "not_connected"
    IDENTITY_LINKED = "identity_linked"
    IDENTITY_UNLINKED = "identity_unlinked"


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail before it is set in type: what it is about, for whom, and the one-time token and code that it carries.

    `to` is the stored address of an account or a claim, never one that was typed into a form.
    """

    kind: LetterKind
    to: str
    username: str
    token: str | None = None
    code: str | None = None
    happened_at: datetime | None = None
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail as it is sent. `token` and `code` stand apart too, for the development mailbox."""

    id: str
    to: str
    subject: str
    text: str
    html: str
    sent_at: datetime
    token: str | None = None
    code: str | None = None
