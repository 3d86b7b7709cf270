"""What the outbox asks of the outside."""

from abc import abstractmethod
from datetime import datetime
from typing import Protocol

from doorward.core.kernel.ids import JobId
from doorward.core.outbox.records import Job, JobState, Letter, Mail


class Outbox(Protocol):
    """Keeps jobs. A job is added in the unit of work that makes it necessary, so neither exists without the other."""

    @abstractmethod
    def add(self, job: Job) -> bool:
        """Keep a job, and return True; when its `dedupe_key` is taken, change nothing and return False."""

    @abstractmethod
    def lease(self, *, now: datetime, until: datetime, limit: int) -> tuple[Job, ...]:
        """Take at most `limit` ready jobs that nobody holds, those due longest first, and hold them `until`.

        The returned jobs count this attempt already. No two callers get the same job.
        """

    @abstractmethod
    def finish(self, job_id: JobId) -> None:
        """Mark a job done and wipe its payload."""

    @abstractmethod
    def postpone(self, job_id: JobId, *, run_at: datetime, error: str) -> None:
        """Let a failed job run again at `run_at`."""

    @abstractmethod
    def bury(self, job_id: JobId, *, error: str) -> None:
        """Mark a job dead; it is kept until a person decides."""

    @abstractmethod
    def by_id(self, job_id: JobId) -> Job | None:
        """Return a job."""

    @abstractmethod
    def list(self, state: JobState, *, limit: int = 100) -> tuple[Job, ...]:
        """Return at most `limit` jobs in a state, oldest first."""

    @abstractmethod
    def count(self) -> dict[JobState, int]:
        """Return how many jobs stand in each state."""

    @abstractmethod
    def purge(self, before: datetime) -> int:
        """Remove done jobs that were created before `before`, and return how many."""


class HasOutbox(Protocol):
    """A unit of work that reaches the outbox."""

    @property
    @abstractmethod
    def outbox(self) -> Outbox:
        """The outbox."""


class Letters(Protocol):
    """Sets letters in type."""

    @abstractmethod
    def set(self, letter: Letter, *, mail_id: str, now: datetime) -> Mail:
        """Return the mail for a letter: subject, plain text and HTML that say the same."""


class Mailer(Protocol):
    """Hands mails to whoever carries them."""

    @abstractmethod
    def send(self, mail: Mail) -> None:
        """Return when the next hop has taken the mail.

        `mail.id` is the same at every attempt and goes into the Message-ID, so that doubles can be recognised.
        Raises: DeliveryFailed.
        """


class Mailbox(Protocol):
    """Reads mails that were kept instead of sent, in development."""

    @abstractmethod
    def list(self, *, to: str | None = None) -> tuple[Mail, ...]:
        """Return the mails, newest first; those to one address when `to` is given."""

    @abstractmethod
    def by_id(self, mail_id: str) -> Mail | None:
        """Return one mail."""
