"""Payloads of older and newer releases on one queue."""

import pytest

from doorward.core.kernel.ids import JobId
from doorward.core.outbox.post import SEND_LETTER
from doorward.core.outbox.records import Job, Letter, LetterKind
from doorward.worker.jobs import JOBS
from tests.house import House

JOB = JobId("j" * 26)
OLD = {"kind": "password_changed", "to": "ada@mail.example", "username": "ada"}


def test_send_letter_payload_without_newer_members_opens(house: House) -> None:
    house.flows.send_letter(JOB, OLD)

    assert house.postman.letters == [Letter(LetterKind.PASSWORD_CHANGED, "ada@mail.example", "ada")]


def test_send_letter_members_that_are_not_known_are_ignored(house: House) -> None:
    house.flows.send_letter(JOB, {**OLD, "language": "de", "colour": None})

    assert house.postman.letters == [Letter(LetterKind.PASSWORD_CHANGED, "ada@mail.example", "ada")]


@pytest.mark.parametrize("name", [name for name in JOBS if name != SEND_LETTER])
def test_job_payload_of_another_release_opens(house: House, name: str) -> None:
    nobody = {"email_key": "nobody@mail.example"}
    for payload in ({**nobody, "reason": "a new one"}, {**nobody, "reason": "unknown", "colour": "blue"}):
        with house.store.work() as work:
            house.tools.post.job(work.outbox, name, payload, now=house.clock.now())

    house.deliver()

    assert house.failures == []


def test_job_names_carry_their_version() -> None:
    assert all(name.rpartition(".")[2].startswith("v") for name in JOBS)


def test_post_open_gives_back_members_that_it_does_not_know(house: House) -> None:
    newer: dict[str, str | None] = {**OLD, "language": "de"}
    with house.store.work() as work:
        house.tools.post.job(work.outbox, SEND_LETTER, newer, now=house.clock.now())
        (job,) = work.outbox.lease(names=JOBS, now=house.clock.now(), until=house.clock.now(), limit=1)

    assert isinstance(job, Job)
    assert house.tools.post.open(job) == newer
