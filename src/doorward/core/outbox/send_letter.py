"""Sending a mail that waits in the outbox."""

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import TypeAdapter

from doorward.core.kernel.clock import Clock
from doorward.core.kernel.ids import JobId
from doorward.core.outbox.ports import Letters, Mailer
from doorward.core.outbox.records import Letter

_LETTER = TypeAdapter(Letter)


@dataclass(frozen=True, slots=True)
class SendLetter:
    """Set a queued letter in type, and hand it to the mailer."""

    letters: Letters
    mailer: Mailer
    clock: Clock

    def __call__(self, job_id: JobId, payload: Mapping[str, str | None]) -> None:
        """Return when the mail has been taken.

        Raises: DeliveryFailed.
        """
        letter = _LETTER.validate_python(dict(payload))
        self.mailer.send(self.letters.set(letter, mail_id=job_id, now=self.clock.now()))
