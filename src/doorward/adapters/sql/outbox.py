"""Jobs that wait to be delivered."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, null, or_, select, update

from doorward.adapters.sql import tables
from doorward.adapters.sql.engine.connection import Connection, Row
from doorward.adapters.sql.engine.statement import Statement, given, insert_unless_taken
from doorward.adapters.sql.engine.values import micros, micros_or_none, moment, moment_or_none
from doorward.core.kernel.ids import JobId
from doorward.core.outbox.ports import Outbox
from doorward.core.outbox.records import Job, JobState

_J = tables.jobs.c

_ADD = insert_unless_taken(tables.jobs)
_DUE = (
    select(_J.id)
    .where(
        _J.state == JobState.READY.value,
        _J.run_at <= given("now"),
        or_(_J.leased_until.is_(None), _J.leased_until <= given("now")),
    )
    .order_by(_J.run_at, _J.id)
    .limit(given("limit"))
)
_LOCKED = _DUE.with_for_update(skip_locked=True).cte("due")
_TAKEN = update(tables.jobs).values(attempts=_J.attempts + 1, leased_until=given("until")).returning(tables.jobs)
_LEASE = Statement(
    sqlite=_TAKEN.where(_J.id.in_(_DUE)),
    postgresql=_TAKEN.where(_J.id == _LOCKED.c.id),
)
_FINISH = Statement(
    update(tables.jobs)
    .where(_J.id == given("job_id"))
    .values(state=JobState.DONE.value, sealed_payload=b"", leased_until=null())
)
_POSTPONE = Statement(
    update(tables.jobs)
    .where(_J.id == given("job_id"))
    .values(run_at=given("run_at"), leased_until=null(), last_error=given("last_error"))
)
_BURY = Statement(
    update(tables.jobs)
    .where(_J.id == given("job_id"))
    .values(state=JobState.DEAD.value, leased_until=null(), last_error=given("last_error"))
)
_BY_ID = Statement(select(tables.jobs).where(_J.id == given("id")))
_LIST = Statement(select(tables.jobs).where(_J.state == given("state")).order_by(_J.id).limit(given("limit")))
_COUNT = Statement(select(_J.state, func.count()).group_by(_J.state))
_PURGE = Statement(delete(tables.jobs).where(_J.state == JobState.DONE.value, _J.created_at < given("before")))


@dataclass(frozen=True, slots=True)
class SqlOutbox(Outbox):
    """Keeps jobs."""

    connection: Connection

    def add(self, job: Job) -> bool:
        written = self.connection.change(
            _ADD,
            id=job.id,
            name=job.name,
            sealed_payload=job.sealed_payload,
            created_at=micros(job.created_at),
            run_at=micros(job.run_at),
            state=job.state.value,
            attempts=job.attempts,
            leased_until=micros_or_none(job.leased_until),
            dedupe_key=job.dedupe_key,
            last_error=job.last_error,
        )
        if written:
            self.connection.notes.has_jobs = True
        return written == 1

    def lease(self, *, now: datetime, until: datetime, limit: int) -> tuple[Job, ...]:
        rows = self.connection.take(_LEASE, now=micros(now), until=micros(until), limit=limit)
        return tuple(sorted(map(_job, rows), key=lambda job: (job.run_at, job.id)))

    def finish(self, job_id: JobId) -> None:
        self.connection.change(_FINISH, job_id=job_id)

    def postpone(self, job_id: JobId, *, run_at: datetime, error: str) -> None:
        self.connection.change(_POSTPONE, job_id=job_id, run_at=micros(run_at), last_error=error)

    def bury(self, job_id: JobId, *, error: str) -> None:
        self.connection.change(_BURY, job_id=job_id, last_error=error)

    def by_id(self, job_id: JobId) -> Job | None:
        row = self.connection.one(_BY_ID, id=job_id)
        return None if row is None else _job(row)

    def list(self, state: JobState, *, limit: int = 100) -> tuple[Job, ...]:
        return tuple(_job(row) for row in self.connection.all(_LIST, state=state.value, limit=limit))

    def count(self) -> dict[JobState, int]:
        counted = {JobState(row[0]): int(row[1]) for row in self.connection.all(_COUNT)}
        return {state: counted.get(state, 0) for state in JobState}

    def purge(self, before: datetime) -> int:
        return self.connection.change(_PURGE, before=micros(before))


def _job(row: Row) -> Job:
    return Job(
        id=row[0],
        name=row[1],
        sealed_payload=row[2],
        created_at=moment(row[3]),
        run_at=moment(row[4]),
        state=JobState(row[5]),
        attempts=row[6],
        leased_until=moment_or_none(row[7]),
        dedupe_key=row[8],
        last_error=row[9],
    )
