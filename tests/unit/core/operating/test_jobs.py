from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from doorward.adapters.memory.outbox import MemoryOutbox
from doorward.core.audit.ports import AuditLog
from doorward.core.audit.records import AuditKind
from doorward.core.kernel.errors import NotFound
from doorward.core.kernel.ids import JobId
from doorward.core.operating.jobs import JobsWork
from doorward.core.outbox.records import Job, JobState, Letter, LetterKind
from doorward.worker.jobs import EVERY, JOBS
from tests.house import House, token_of


@dataclass(frozen=True, slots=True)
class CountingOutbox(MemoryOutbox):
    """Counts the jobs that are listed."""

    read: list[int] = field(default_factory=list)

    def list(self, state: JobState, *, after: str = "", limit: int = 100) -> tuple[Job, ...]:
        found = super(CountingOutbox, self).list(state, after=after, limit=limit)
        self.read.append(len(found))
        return found


@dataclass(frozen=True)
class Counting(JobsWork):
    """A view whose outbox counts."""

    counted: CountingOutbox
    log: AuditLog

    @property
    def outbox(self) -> CountingOutbox:
        return self.counted

    @property
    def audit(self) -> AuditLog:
        return self.log


def posted(house: House, count: int = 1) -> list[Job]:
    """Return letters that wait."""
    for number in range(count):
        letter = Letter(
            LetterKind.RESET_PASSWORD, f"reader{number}@mail.example", "ada", token="t0ken", code="12345678"
        )
        with house.store.work() as work:
            house.tools.post.letter(work.outbox, letter, now=house.clock.now())
    return list(house.flows.list_jobs(JobState.READY, limit=count))


def dead(house: House, count: int = 1) -> list[Job]:
    """Return letters that were given up."""
    posted(house, count)
    now = house.clock.now()
    with house.store.work() as work:
        for job in work.outbox.lease(names=JOBS, now=now, until=now, limit=count):
            work.outbox.bury(job, error="the recipient was refused with 550")
    return list(house.flows.list_jobs(JobState.DEAD, limit=count))


def test_show_job_tells_what_a_letter_is_and_no_secret(house: House) -> None:
    (job,) = dead(house)

    seen = house.flows.show_job(job.id)

    assert seen.about == {"letter": "password_reset", "to_domain": "mail.example"}
    assert not any(secret in repr(seen.about) for secret in ("t0ken", "12345678", "reader0", "ada"))


def test_show_job_that_is_done_or_no_letter_tells_nothing_of_what_it_carried(house: House) -> None:
    house.flows.forgot_password("margaret@mail.example")
    (job,) = house.flows.list_jobs(JobState.READY)

    assert house.flows.show_job(job.id).about == {}
    house.deliver()
    assert house.flows.show_job(job.id).job.state is JobState.DONE
    assert house.flows.show_job(job.id).about == {}


def test_show_job_that_is_none_is_not_found(house: House) -> None:
    with pytest.raises(NotFound):
        house.flows.show_job("z" * 26)


def test_retry_jobs_dead_one_is_delivered_and_the_audit_says_so(house: House) -> None:
    (job,) = dead(house)

    revived = house.flows.retry_jobs([job.id])
    letters = house.deliver()

    assert revived == (job.id,)
    assert [token_of(letter) for letter in letters] == ["t0ken"]
    with house.store.view() as view:
        entry = view.audit.read()[-1]
    assert (entry.event.kind, entry.event.detail) == (
        AuditKind.JOB_RETRIED,
        {"job": job.id, "name": "send_letter.v1"},
    )


def test_retry_jobs_those_that_are_not_dead_are_left_alone(house: House) -> None:
    (job,) = posted(house)

    assert house.flows.retry_jobs([job.id, "z" * 26]) == ()
    assert house.flows.show_job(job.id).job == job


def test_retry_jobs_all_dead_many_are_spread_over_a_minute(house: House) -> None:
    dead(house, 250)

    revived = house.flows.retry_jobs.all_dead()

    waiting = house.flows.list_jobs(JobState.READY, limit=1000)
    assert len(revived) == len(set(revived)) == len(waiting) == 250
    assert house.flows.list_jobs(JobState.DEAD) == ()
    assert max(job.run_at for job in waiting) - house.clock.now() < timedelta(minutes=1)
    assert house.flows.retry_jobs.all_dead() == ()


def test_retry_jobs_all_dead_reads_each_dead_job_once(house: House) -> None:
    dead(house, 350)
    with house.store.view() as view:
        assert isinstance(view.outbox, MemoryOutbox)
        outbox = CountingOutbox(view.outbox.access)
        counting = Counting(outbox, view.audit)

        revived = replace(house.flows.retry_jobs, view=lambda: nullcontext(counting)).all_dead()

    assert (len(revived), sum(outbox.read)) == (350, 350)


def test_show_job_that_another_deployment_sealed_tells_nothing_of_what_it_carries(house: House) -> None:
    (job,) = posted(house)
    with house.store.work() as work:
        work.outbox.add(replace(job, id=JobId("z" * 26), sealed_payload=b"sealed elsewhere", dedupe_key=None))

    seen = house.flows.show_job("z" * 26)

    assert seen.about == {}


def test_list_jobs_page_by_page_and_counted(house: House) -> None:
    posted(house, 3)

    first = house.flows.list_jobs.page(JobState.READY, size=2)
    rest = house.flows.list_jobs.page(JobState.READY, after=first.next_after, size=2)

    assert [len(first.items), len(rest.items)] == [2, 1]
    assert rest.next_after is None
    assert first.items + rest.items == house.flows.list_jobs(JobState.READY)
    assert house.flows.list_jobs.count() == {JobState.READY: 3, JobState.DONE: 0, JobState.DEAD: 0}


def test_list_tasks_tells_when_each_was_done_last(house: House) -> None:
    never = house.flows.overview.list_tasks()

    house.worker.post_scheduled()
    house.deliver()
    done = house.flows.overview.list_tasks()

    assert {task.last_done for task in never} == {None}
    assert [task.name for task in never] == list(EVERY)
    assert all(task.last_done is not None for task in done)
