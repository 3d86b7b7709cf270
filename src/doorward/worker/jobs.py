"""JOBS: which flow does which job, and SCHEDULE: what is done again and again."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from doorward.core.accounts.register import ANSWER_CLAIM
from doorward.core.flows import Flows
from doorward.core.kernel.ids import JobId
from doorward.core.login.explain_refusal import EXPLAIN_REFUSAL
from doorward.core.login.reset_password import MAIL_RESET
from doorward.core.oauth.logout.announce import TELL_CLIENT
from doorward.core.outbox.post import SEND_LETTER

Job = Callable[[JobId, Mapping[str, str | None]], object]
"""A flow that does a job: it gets the job's id, the same at every attempt, and its payload."""


@dataclass(frozen=True, slots=True)
class Scheduled:
    """Something that is due every so often, once for all workers; doing it more often changes nothing.

    `name` is that of its jobs. `is_urgent` tells whether it cannot wait for its next slot.
    """

    name: str
    every: timedelta
    flow: Callable[[Flows], Callable[[], object]]
    is_urgent: Callable[[Flows], bool] = lambda _flows: False

    @property
    def task(self) -> str:
        """The name without its version."""
        return self.name.partition(".")[0]

    def job(self, flows: Flows) -> Job:
        """Return the flow as a job, which carries nothing."""
        flow = self.flow(flows)
        return lambda _job_id, _payload: flow()


SCHEDULE: Final = (
    Scheduled(
        "rotate_keys.v1",
        timedelta(hours=1),
        lambda flows: flows.rotate_keys,
        is_urgent=lambda flows: not flows.keyring.is_ready(),
    ),
    Scheduled("forget_addresses.v1", timedelta(hours=1), lambda flows: flows.forget_addresses),
    Scheduled("erase_closed.v1", timedelta(hours=1), lambda flows: flows.erase_closed),
    Scheduled("remove_expired.v1", timedelta(minutes=10), lambda flows: flows.remove_expired),
    Scheduled("remove_orphans.v1", timedelta(hours=6), lambda flows: flows.files.remove_orphans),
)
"""Everything that is due again and again; each flow acts only on what is due."""

EVERY: Final[Mapping[str, timedelta]] = {scheduled.name: scheduled.every for scheduled in SCHEDULE}
"""How often each scheduled job comes, by its name."""

JOBS: Final[Mapping[str, Callable[[Flows], Job]]] = {
    SEND_LETTER: lambda flows: flows.send_letter,
    ANSWER_CLAIM: lambda flows: flows.answer_claim,
    MAIL_RESET: lambda flows: flows.mail_reset,
    EXPLAIN_REFUSAL: lambda flows: flows.explain_refusal,
    TELL_CLIENT: lambda flows: flows.tokens.tell_client,
    **{scheduled.name: scheduled.job for scheduled in SCHEDULE},
}
"""Every job by its name in the outbox. The name carries the payload's version; old ones stay until none waits."""
