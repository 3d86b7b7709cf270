"""Which request a job goes back to, from the door through the queue to the worker."""

import pytest

from doorward.core.kernel import cause
from doorward.core.login.errors import InvalidCredentials
from doorward.core.login.explain_refusal import EXPLAIN_REFUSAL
from doorward.core.outbox.post import SEND_LETTER
from doorward.core.outbox.records import JobState
from tests.house import PASSWORD, WRONG_PASSWORD
from tests.unit.worker.office import DOWN, Office


def test_post_remembers_the_request_and_its_span(office: Office) -> None:
    with cause.caused_by("r1"), cause.within("00-t-s-01"):
        office.post()
    office.post()

    found = {(job.request_id, job.traceparent) for job in office.jobs(JobState.READY)}
    assert found == {("r1", "00-t-s-01"), (None, None)}


def test_events_of_a_job_name_its_request_also_when_it_fails(office: Office) -> None:
    office.postman.failure = DOWN
    with cause.caused_by("r1"):
        office.post()

    office.worker.drain()

    (failed,) = office.heard.of("job.failed")
    assert failed["request_id"] == "r1"


def test_event_of_a_job_of_no_request_names_none(office: Office) -> None:
    office.post()

    office.worker.drain()

    (done,) = office.heard.of("job.done")
    assert "request_id" not in done


def test_job_that_a_job_makes_necessary_goes_back_to_the_same_request(office: Office) -> None:
    seen: list[str | None] = []
    office.postman.beside = lambda _: seen.append(cause.request_id())
    office.house.account("ada", password=PASSWORD)
    with cause.caused_by("r1"):
        for _ in range(5):
            refused(office)

    office.worker.drain()

    names = [job.name for job in office.jobs(JobState.DONE) if job.request_id == "r1"]
    assert names.count(EXPLAIN_REFUSAL) == 5
    assert names.count(SEND_LETTER) == 1
    assert seen[-1] == "r1"
    assert cause.request_id() is None


def refused(office: Office) -> None:
    """Let somebody guess wrong."""
    with pytest.raises(InvalidCredentials):
        office.house.sign_in("ada", WRONG_PASSWORD)
