"""Jobs that wait to be delivered."""

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
            },
        )
        self.connection.notes.has_jobs = True
        return True

    def lease(self, *, now: datetime, until: datetime, limit: int) -> tuple[Job, ...]:
        due = {
            "state": JobState.READY.value,
            "run_at": {"$lte": micros(now)},
            "$or": [{"leased_until": {"$in": [None]}}, {"leased_until": {"$lte": micros(now)}}],
        }
        found = self.connection.all(tables.jobs, due, order=[("run_at", 1)], limit=limit)
        taken = [_job(self._take(document, until)) for document in found]
        return tuple(sorted(taken, key=lambda job: (job.run_at, job.id)))

    def finish(self, job_id: JobId) -> None:
        done = {"state": JobState.DONE.value, "sealed_payload": b"", "leased_until": None}
        self.connection.change(tables.jobs, {"_id": job_id}, done)

    def postpone(self, job_id: JobId, *, run_at: datetime, error: str) -> None:
        later = {"run_at": micros(run_at), "leased_until": None, "last_error": error}
        self.connection.change(tables.jobs, {"_id": job_id}, later)

    def bury(self, job_id: JobId, *, error: str) -> None:
        dead = {"state": JobState.DEAD.value, "leased_until": None, "last_error": error}
        self.connection.change(tables.jobs, {"_id": job_id}, dead)

    def by_id(self, job_id: JobId) -> Job | None:
        document = self.connection.one(tables.jobs, {"_id": job_id})
        return None if document is None else _job(document)

    def list(self, state: JobState, *, limit: int = 100) -> tuple[Job, ...]:
        found = self.connection.all(tables.jobs, {"state": state.value}, order=[("_id", 1)], limit=limit)
        return tuple(_job(document) for document in found)

    def count(self) -> dict[JobState, int]:
        return {state: self.connection.count(tables.jobs, {"state": state.value}) for state in JobState}

    def purge(self, before: datetime) -> int:
        old = {"state": JobState.DONE.value, "created_at": {"$lt": micros(before)}}
        return self.connection.purge(tables.jobs, old)

    def _take(self, document: Document, until: datetime) -> Document:
        taken = {**document, "attempts": document["attempts"] + 1, "leased_until": micros(until)}
        self.connection.put(tables.jobs, taken)
        return taken


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
    )
