"""Jobs that wait to be delivered."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Integer, cast, delete, func, null, or_, select, update
from sqlalchemy.sql.elements import CompilerElement

from doorward.adapters.sql import tables
from doorward.adapters.sql.engine.connection import Connection, Row
from doorward.adapters.sql.engine.statement import Statement, Value, as_jsonb, given, insert_unless_taken
from doorward.adapters.sql.engine.values import micros, micros_or_none, moment, moment_or_none
from doorward.core.kernel.ids import JobId
from doorward.core.outbox.ports import Outbox
from doorward.core.outbox.records import Job, JobState

_J = tables.jobs.c

_ADD = insert_unless_taken(tables.jobs)
# Names and held jobs come in one value each, so that one statement serves any number of them.
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
_KNOWN_TO_SQLITE = _DUE.where(_J.name.in_(select(func.json_each(given("names")).table_valued("value").c.value)))
_TAKEN = update(tables.jobs).values(attempts=_J.attempts + 1, leased_until=given("until")).returning(tables.jobs)


def _taken_in_postgresql() -> CompilerElement:
    known = _DUE.where(as_jsonb(given("names")).has_key(_J.name))
    return _TAKEN.where(_J.id == known.with_for_update(skip_locked=True).cte("due").c.id)


_LEASE = Statement(sqlite=_TAKEN.where(_J.id.in_(_KNOWN_TO_SQLITE)), postgresql=_taken_in_postgresql)


def _of_held(**changes: object) -> Statement:
    """Return an UPDATE of the jobs of which `held` gives the attempts that they were leased with, by their ids."""
    change = update(tables.jobs).where(_J.leased_until.is_not(None)).values(changes)
    in_sqlite = func.json_each(given("held")).table_valued("key", "value")

    def for_postgresql() -> CompilerElement:
        held = func.jsonb_each_text(as_jsonb(given("held"))).table_valued("key", "value")
        return change.where(_J.id == held.c.key, _J.attempts == cast(held.c.value, Integer)).returning(_J.id)

    return Statement(
        sqlite=change.where(_J.id == in_sqlite.c.key, _J.attempts == in_sqlite.c.value).returning(_J.id),
        postgresql=for_postgresql,
    )


_PROLONG = _of_held(leased_until=given("until"))
_RELEASE = _of_held(leased_until=null(), attempts=_J.attempts - 1)
_FINISH = _of_held(state=JobState.DONE.value, sealed_payload=b"", leased_until=null())
_POSTPONE = _of_held(run_at=given("run_at"), leased_until=null(), last_error=given("last_error"))
_BURY = _of_held(state=JobState.DEAD.value, leased_until=null(), last_error=given("last_error"))
_REVIVE = Statement(
    update(tables.jobs)
    .where(_J.id == given("job_id"), _J.state == JobState.DEAD.value)
    .values(state=JobState.READY.value, run_at=given("at"), attempts=given("tried"))
)
_BY_ID = Statement(select(tables.jobs).where(_J.id == given("id")))
_LIST = Statement(
    select(tables.jobs).where(_J.state == given("state"), _J.id > given("after")).order_by(_J.id).limit(given("limit"))
)
_COUNT = Statement(select(_J.state, func.count()).group_by(_J.state))
_READY = select(_J.name, func.count()).where(_J.state == JobState.READY.value).group_by(_J.name)
_WAITING = Statement(_READY)
_WAITING_BY = Statement(_READY.where(_J.run_at <= given("due_by")))
_NEXT_DUE = Statement(select(_J.run_at).where(_J.state == JobState.READY.value).order_by(_J.run_at, _J.id).limit(1))
_LAST_DONE = Statement(
    select(_J.run_at)
    .where(_J.state == JobState.DONE.value, _J.name == given("name"))
    .order_by(_J.run_at.desc(), _J.id.desc())
    .limit(1)
)
# By when they last ran, which an index knows, and which is never before they were made.
_PURGE = Statement(delete(tables.jobs).where(_J.state == JobState.DONE.value, _J.run_at < given("before")))


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
            request_id=job.request_id,
            traceparent=job.traceparent,
        )
        if written:
            self.connection.notes.has_jobs = True
        return written == 1

    def lease(self, *, names: Collection[str], now: datetime, until: datetime, limit: int) -> tuple[Job, ...]:
        known = json.dumps(sorted(names))
        rows = self.connection.take(_LEASE, names=known, now=micros(now), until=micros(until), limit=limit)
        return tuple(sorted(map(_job, rows), key=lambda job: (job.run_at, job.id)))

    def prolong(self, held: Collection[Job], *, until: datetime) -> frozenset[JobId]:
        return self._change(_PROLONG, held, until=micros(until))

    def release(self, held: Collection[Job]) -> frozenset[JobId]:
        return self._change(_RELEASE, held)

    def finish(self, held: Collection[Job]) -> frozenset[JobId]:
        return self._change(_FINISH, held)

    def postpone(self, held: Job, *, run_at: datetime, error: str) -> bool:
        return bool(self._change(_POSTPONE, [held], run_at=micros(run_at), last_error=error))

    def bury(self, held: Job, *, error: str) -> bool:
        return bool(self._change(_BURY, [held], last_error=error))

    def revive(self, job_id: JobId, *, run_at: datetime, attempts: int) -> bool:
        written = self.connection.change(_REVIVE, job_id=job_id, at=micros(run_at), tried=attempts)
        if written:
            self.connection.notes.has_jobs = True
        return written == 1

    def by_id(self, job_id: JobId) -> Job | None:
        row = self.connection.one(_BY_ID, id=job_id)
        return None if row is None else _job(row)

    def list(self, state: JobState, *, after: str = "", limit: int = 100) -> tuple[Job, ...]:
        rows = self.connection.all(_LIST, state=state.value, after=after, limit=limit)
        return tuple(_job(row) for row in rows)

    def count(self) -> dict[JobState, int]:
        counted = {JobState(row[0]): int(row[1]) for row in self.connection.all(_COUNT)}
        return {state: counted.get(state, 0) for state in JobState}

    def waiting(self, *, due_by: datetime | None = None) -> dict[str, int]:
        if due_by is None:
            rows = self.connection.all(_WAITING)
        else:
            rows = self.connection.all(_WAITING_BY, due_by=micros(due_by))
        return {row[0]: int(row[1]) for row in rows}

    def next_due(self) -> datetime | None:
        row = self.connection.one(_NEXT_DUE)
        return None if row is None else moment(row[0])

    def last_done(self, name: str) -> datetime | None:
        row = self.connection.one(_LAST_DONE, name=name)
        return None if row is None else moment(row[0])

    def purge(self, before: datetime) -> int:
        return self.connection.change(_PURGE, before=micros(before))

    def _change(self, statement: Statement, held: Collection[Job], **values: Value) -> frozenset[JobId]:
        attempts = json.dumps({job.id: job.attempts for job in held})
        return frozenset(JobId(row[0]) for row in self.connection.take(statement, held=attempts, **values))


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
        request_id=row[10],
        traceparent=row[11],
    )
