"""The mails that a twin has sent."""

from collections.abc import Callable
from dataclasses import dataclass

from doorward.core.outbox.ports import Mailbox
from doorward.core.outbox.records import Mail


@dataclass(frozen=True, slots=True)
class Mails:
    """Every mail of a twin. Whoever looks need not wait: jobs that are due are run first."""

    mailbox: Mailbox
    run_jobs: Callable[[], object]

    def all(self, *, to: str | None = None) -> tuple[Mail, ...]:
        """Return the mails, newest first; those to one address when `to` is given."""
        self.run_jobs()
        return self.mailbox.list(to=to)

    def newest(self, *, to: str | None = None) -> Mail:
        """Return the newest mail, with `subject`, `text`, `html`, and the `token` and `code` that it carries.

        Raises: LookupError, when there is none; it says who has mail.
        """
        found = self.all(to=to)
        if found:
            return found[0]
        others = ", ".join(sorted({mail.to for mail in self.mailbox.list()})) or "nobody"
        raise LookupError(f"there is no mail to {to or 'anybody'}; mail has come for: {others}")
