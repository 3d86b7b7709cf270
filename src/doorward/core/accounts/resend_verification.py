"""Asking for the verification mail again."""

from dataclasses import dataclass

from doorward.core.accounts import names
from doorward.core.accounts.register import ANSWER_CLAIM
from doorward.core.kernel.clock import Clock
from doorward.core.kernel.work import OpensWork
from doorward.core.outbox.ports import HasOutbox
from doorward.core.outbox.post import Post


@dataclass(frozen=True, slots=True)
class ResendVerification:
    """Queue the answer to the newest claim of an address; the same work whether there is one or not."""

    work: OpensWork[HasOutbox]
    post: Post
    clock: Clock

    def __call__(self, email: str) -> None:
        """Return when the request is durable.

        Raises: Invalid.
        """
        address = names.email(email)
        with self.work() as work:
            self.post.job(work.outbox, ANSWER_CLAIM, {"email_key": address.key}, now=self.clock.now())
