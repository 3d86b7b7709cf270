"""What one-time artefacts ask of the outside."""

from abc import abstractmethod
from datetime import datetime
from typing import Protocol

from doorward.core.onetime.records import OneTime, Purpose


class OneTimes(Protocol):
    """Keeps one-time artefacts, and gives each away at most once.

    However many callers consume the same artefact at the same moment, from however many processes, exactly one gets it.
    """

    @abstractmethod
    def add(self, artefact: OneTime) -> None:
        """Keep an artefact. An earlier code for the same purpose and address no longer works; its link does."""

    @abstractmethod
    def consume(self, purpose: Purpose, digest: bytes, *, now: datetime) -> OneTime | None:
        """Take the live artefact with this digest, atomically. None: unknown, used, expired or of another purpose."""

    @abstractmethod
    def peek(self, purpose: Purpose, digest: bytes, *, now: datetime) -> OneTime | None:
        """Return what `consume` would take at `now`, and leave it."""

    @abstractmethod
    def replace(self, artefact: OneTime, *, expected: OneTime, now: datetime) -> bool:
        """Write who a live artefact is about, and its payload, if that is still as `expected`, and return True.

        One atomic compare-and-set: whoever consumed or changed it meanwhile makes it False. Nothing else of it changes.
        """

    @abstractmethod
    def consume_code(self, purpose: Purpose, address_key: str, *, code_digest: bytes, now: datetime) -> OneTime | None:
        """Take the artefact of this address by its code.

        A wrong code uses up one of the tries that the address has; after the last one no code works. The used try is
        written even when None is returned, so the caller must not undo its unit of work.
        """

    @abstractmethod
    def spend(self, purpose: Purpose, digest: bytes, *, until: datetime, now: datetime) -> bool:
        """Remember something that others made and that may be seen once, and return True; False when it was seen.

        However many callers spend the same digest at the same moment, exactly one gets True. It is remembered until
        `until`, the moment from which it is refused for its age; one that is past it is never taken.
        """

    @abstractmethod
    def discard(self, subject: str, purpose: Purpose | None = None) -> int:
        """Make every artefact about `subject` useless, or those of one purpose, and return how many there were."""

    @abstractmethod
    def live(self, purpose: Purpose, *, now: datetime) -> int:
        """Return how many artefacts of a purpose could be consumed at `now`."""

    @abstractmethod
    def purge(self, before: datetime, purpose: Purpose | None = None) -> int:
        """Remove artefacts that expired before `before`, or those of one purpose, and return how many."""


class HasOneTimes(Protocol):
    """A unit of work that reaches the one-time artefacts."""

    @property
    @abstractmethod
    def onetimes(self) -> OneTimes:
        """The one-time artefacts."""
