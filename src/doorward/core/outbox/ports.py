"""What the outbox asks of the outside."""

from abc import abstractmethod
from collections.abc import Collection
from datetime import datetime
from typing import Protocol

from doorward.core.kernel.ids import JobId
from doorward.core.outbox.records import Job, JobState, Letter, Mail


class Outbox(Protocol):
    """Keeps jobs. A job is added in the unit of work that makes it necessary, so neither exists without the other.

    Whoever leases a job holds it until somebody else leases it, even when the lease has run out meanwhile. The number
    of the attempt proves the lease: `prolong`, `release`, `finish`, `postpone` and `bury` take a job as `lease`
    returned it, and leave alone what others hold, what nobody holds, and what is unknown.
    """

    @abstractmethod
    def add(self, job: Job) -> bool:
        """Keep a job, and return True; when its `dedupe_key` is taken, change nothing and return False."""

    @abstractmethod
    def lease(self, *, names: Collection[str], now: datetime, until: datetime, limit: int) -> tuple[Job, ...]:
        """Take at most `limit` ready jobs that nobody holds, those due longest first, and hold them `until`.

        Jobs of other names than these wait for a worker that knows them. The returned jobs count this attempt already.
        No two callers get the same job.
        """

    @abstractmethod
    def prolong(self, held: Collection[Job], *, until: datetime) -> frozenset[JobId]:
        """Hold the jobs `until` a later moment, and return those that are still held."""

    @abstractmethod
    def release(self, held: Collection[Job]) -> frozenset[JobId]:
        """Give back jobs that were not begun, for others to lease at once, and return those that were still held.

        The attempt does not count, so the number that proved this lease may prove the next one: forget the jobs first.
        """

    @abstractmethod
    def finish(self, held: Collection[Job]) -> frozenset[JobId]:
        """Mark jobs done and wipe their payloads, and return those that were still held."""

    @abstractmethod
    def postpone(self, held: Job, *, run_at: datetime, error: str) -> bool:
        """Let a failed job run again at `run_at`, and tell whether it was still held."""

    @abstractmethod
    def bury(self, held: Job, *, error: str) -> bool:
        """Mark a job dead, and tell whether it was still held; it is kept until a person decides."""

    @abstractmethod
    def revive(self, job_id: JobId, *, run_at: datetime, attempts: int) -> bool:
        """Make a dead job ready again at `run_at`, and tell whether it was dead.

        It goes on from `attempts`, which is never lower than what it had: no attempt's number comes twice.
        """

    @abstractmethod
    def by_id(self, job_id: JobId) -> Job | None:
        """Return a job."""

    @abstractmethod
    def list(self, state: JobState, *, after: str = "", limit: int = 100) -> tuple[Job, ...]:
        """Return at most `limit` jobs in a state that come after an id, oldest first."""

    @abstractmethod
    def count(self) -> dict[JobState, int]:
        """Return how many jobs stand in each state."""

    @abstractmethod
    def waiting(self, *, due_by: datetime | None = None) -> dict[str, int]:
        """Return the names of the ready jobs, all or those due by a moment, with how many there are of each."""

    @abstractmethod
    def next_due(self) -> datetime | None:
        """Return the earliest `run_at` of the ready jobs, those that are held included, or None when there is none."""

    @abstractmethod
    def last_done(self, name: str) -> datetime | None:
        """Return the latest `run_at` of the done jobs of a name that are still kept, or None."""

    @abstractmethod
    def purge(self, before: datetime) -> int:
        """Remove done jobs that were due for the last time before `before`, and return how many."""


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
