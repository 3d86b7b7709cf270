"""Jobs that wait to be delivered."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from doorward.adapters.mongo import tables
from doorward.adapters.mongo.engine.connection import Connection, Query
from doorward.adapters.mongo.engine.table import Document
from doorward.adapters.mongo.engine.values import micros, micros_or_none, moment, moment_or_none
from doorward.core.kernel.ids import JobId
from doorward.core.outbox.ports import Outbox
from doorward.core.outbox.records import Job, JobState


@dataclass(frozen=True, slots=True)
class MongoOutbox(Outbox):
    """Keeps jobs."""

    connection: Connection

    def add(self, job: Job) -> bool:
        same_job: list[Query] = [{"_id": job.id}]
        if job.dedupe_key is not None:
            same_job.append({"dedupe_key": job.dedupe_key})
        if self.connection.one(tables.jobs, {"$or": same_job}):
            return False
        self.connection.put(
            tables.jobs,
            {
                "id": job.id,
                "name": job.name,
                "sealed_payload": job.sealed_payload,
                "created_at": micros(job.created_at),
                "run_at": micros(job.run_at),
                "state": job.state.value,
                "attempts": job.attempts,
                "leased_until": micros_or_none(job.leased_until),
                "dedupe_key": job.dedupe_key,
                "last_error": job.last_error,
                "request_id": job.request_id,
                "traceparent": job.traceparent,
            },
        )
        self.connection.notes.has_jobs = True
        return True

    def lease(self, *, names: Collection[str], now: datetime, until: datetime, limit: int) -> tuple[Job, ...]:
        due = {
            "name": {"$in": sorted(names)},
            "state": JobState.READY.value,
            "run_at": {"$lte": micros(now)},
            "$or": [{"leased_until": {"$in": [None]}}, {"leased_until": {"$lte": micros(now)}}],
        }
        found = self.connection.all(tables.jobs, due, order=[("run_at", 1)], limit=limit)
        leased = [
            {**document, "attempts": document["attempts"] + 1, "leased_until": micros(until)} for document in found
        ]
        for document in leased:
            self.connection.put(tables.jobs, document)
        return tuple(sorted(map(_job, leased), key=lambda job: (job.run_at, job.id)))

    def prolong(self, held: Collection[Job], *, until: datetime) -> frozenset[JobId]:
        return self._change(held, {"leased_until": micros(until)})

    def release(self, held: Collection[Job]) -> frozenset[JobId]:
        changed = [self._change([job], {"attempts": job.attempts - 1, "leased_until": None}) for job in held]
        return frozenset(job_id for changed_ids in changed for job_id in changed_ids)

    def finish(self, held: Collection[Job]) -> frozenset[JobId]:
        return self._change(held, {"state": JobState.DONE.value, "sealed_payload": b"", "leased_until": None})

    def postpone(self, held: Job, *, run_at: datetime, error: str) -> bool:
        return bool(self._change([held], {"run_at": micros(run_at), "leased_until": None, "last_error": error}))

    def bury(self, held: Job, *, error: str) -> bool:
        return bool(self._change([held], {"state": JobState.DEAD.value, "leased_until": None, "last_error": error}))

    def revive(self, job_id: JobId, *, run_at: datetime, attempts: int) -> bool:
        dead = {"_id": job_id, "state": JobState.DEAD.value}
        ready = {"state": JobState.READY.value, "run_at": micros(run_at), "attempts": attempts}
        revived = self.connection.change(tables.jobs, dead, ready)
        if revived:
            self.connection.notes.has_jobs = True
        return bool(revived)

    def by_id(self, job_id: JobId) -> Job | None:
        document = self.connection.one(tables.jobs, {"_id": job_id})
        return None if document is None else _job(document)

    def list(self, state: JobState, *, after: str = "", limit: int = 100) -> tuple[Job, ...]:
        later = {"state": state.value, "_id": {"$gt": after}}
        found = self.connection.all(tables.jobs, later, order=[("_id", 1)], limit=limit)
        return tuple(_job(document) for document in found)

    def count(self) -> dict[JobState, int]:
        counted = self.connection.counts(tables.jobs, {}, by="state")
        return {state: counted.get(state.value, 0) for state in JobState}

    def waiting(self, *, due_by: datetime | None = None) -> dict[str, int]:
        due = {} if due_by is None else {"run_at": {"$lte": micros(due_by)}}
        return self.connection.counts(tables.jobs, {"state": JobState.READY.value, **due}, by="name")

    def next_due(self) -> datetime | None:
        next_job = self.connection.one(tables.jobs, {"state": JobState.READY.value}, order=[("run_at", 1)])
        return None if next_job is None else moment(next_job["run_at"])

    def last_done(self, name: str) -> datetime | None:
        done = {"name": name, "state": JobState.DONE.value}
        last = self.connection.one(tables.jobs, done, order=[("run_at", -1)])
        return None if last is None else moment(last["run_at"])

    def purge(self, before: datetime) -> int:
        old = {"state": JobState.DONE.value, "run_at": {"$lt": micros(before)}}
        return self.connection.purge(tables.jobs, old)

    def _change(self, held: Collection[Job], row: Document) -> frozenset[JobId]:
        changed = [
            document
            for job in held
            for document in self.connection.change(
                tables.jobs, {"_id": job.id, "attempts": job.attempts, "leased_until": {"$ne": None}}, row
            )
        ]
        return frozenset(JobId(document["id"]) for document in changed)


def _job(document: Document) -> Job:
    return Job(
        id=document["id"],
        name=document["name"],
        sealed_payload=document["sealed_payload"],
        created_at=moment(document["created_at"]),
        run_at=moment(document["run_at"]),
        state=JobState(document["state"]),
        attempts=document["attempts"],
        leased_until=moment_or_none(document["leased_until"]),
        dedupe_key=document["dedupe_key"],
        last_error=document["last_error"],
        request_id=document.get("request_id"),  # a release before knows neither
        traceparent=document.get("traceparent"),
    )
