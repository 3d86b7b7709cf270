"""Putting work into the outbox."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from doorward.core.kernel import cause
from doorward.core.kernel.ids import JobId, new_id
from doorward.core.kernel.sealing import Sealer
from doorward.core.outbox.ports import Outbox
from doorward.core.outbox.records import Job, Letter

SEND_LETTER: Final = "send_letter.v1"


@dataclass(frozen=True, slots=True)
class Post:
    """Writes jobs. What a job carries is sealed: a stolen queue holds no link that works."""

    sealer: Sealer

    def letter(self, outbox: Outbox, letter: Letter, *, now: datetime, dedupe_key: str | None = None) -> bool:
        """Queue a mail; False when one with the same `dedupe_key` was queued before."""
        happened_at = letter.happened_at.isoformat() if letter.happened_at else None
        members = {
            "kind": letter.kind.value,
            "to": letter.to,
            "username": letter.username,
            "token": letter.token,
            "code": letter.code,
            "happened_at": happened_at,
            "detail": letter.detail,
        }
        return self.job(outbox, SEND_LETTER, members, now=now, dedupe_key=dedupe_key)

    def job(
        self,
        outbox: Outbox,
        name: str,
        payload: Mapping[str, str | None],
        *,
        now: datetime,
        dedupe_key: str | None = None,
    ) -> bool:
        """Queue a job by the name that the worker's table knows; the name carries the version of the payload.

        It remembers which request it goes back to.
        """
        job_id = JobId(new_id(now))
        plain = json.dumps(payload, separators=(",", ":")).encode()
        sealed = self.sealer.seal(plain, context=f"job:{job_id}")
        request_id, traceparent = cause.request_id(), cause.trace()
        return outbox.add(
            Job(job_id, name, sealed, now, now, dedupe_key=dedupe_key, request_id=request_id, traceparent=traceparent)
        )

    def open(self, job: Job) -> dict[str, str | None]:
        """Return the payload of a job.

        Raises: ValueError, when it was not sealed by this deployment.
        """
        plain = self.sealer.open(job.sealed_payload, context=f"job:{job.id}")
        if plain is None:
            message = f"job {job.id} was not sealed with this deployment's key"
            raise ValueError(message)
        members: dict[str, str | None] = json.loads(plain)
        return members
