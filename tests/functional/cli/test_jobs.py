"""`doorward jobs`."""

from pathlib import Path

import pytest

from doorward.assembly.house import open_house
from doorward.core.outbox.records import Letter, LetterKind
from doorward.settings.load import load
from doorward.worker.jobs import JOBS
from tests.functional.cli.conftest import Terminal

pytestmark = pytest.mark.usefixtures("in_use")


@pytest.fixture
def dead_id(in_use: Path) -> str:
    """Return the id of a letter that was given up."""
    house = open_house(load({"data_dir": in_use}))
    now = house.clock.now()
    letter = Letter(LetterKind.RESET_PASSWORD, "ada@mail.example", "ada", token="t0ken", code="12345678")
    with house.store.work() as work:
        house.tools.post.letter(work.outbox, letter, now=now)
        house.tools.post.job(work.outbox, "from_the_future.v9", {}, now=now)
        (job,) = work.outbox.lease(names=JOBS, now=now, until=now, limit=9)
        work.outbox.bury(job, error="the recipient was refused with 550")
    house.close()
    return job.id


def test_list_shows_jobs_of_a_state(run: Terminal, dead_id: str) -> None:
    waiting, given_up = run("jobs", "list", "--json"), run("jobs", "list", "--state", "dead", "--json")

    assert [job["name"] for job in waiting.document] == ["from_the_future.v9"]
    assert [(job["id"], job["last_error"]) for job in given_up.document] == [
        (dead_id, "the recipient was refused with 550")
    ]


def test_list_to_a_person_tells_of_jobs_that_this_release_does_not_know(run: Terminal, dead_id: str) -> None:
    said = run("jobs", "list")

    assert dead_id not in said.out
    assert "This release does not know from_the_future.v9: a worker of a newer one does such jobs." in said.out
    assert run("jobs", "list", "--state", "done").out == "No job is done.\n"


def test_show_tells_everything_but_the_secrets(run: Terminal, dead_id: str) -> None:
    said = run("jobs", "show", dead_id, "--json")

    assert (said.document["letter"], said.document["to_domain"]) == ("password_reset", "mail.example")
    assert not any(secret in said.out for secret in ("t0ken", "12345678", "ada@", "sealed"))


def test_show_unknown_one_says_what_to_do(run: Terminal) -> None:
    said = run("jobs", "show", "z", "--json")

    assert (said.status, said.document["error"]) == (1, "NOT_FOUND")
    assert said.document["problems"][0]["remedy"] == "`doorward jobs list` shows them."


def test_retry_lets_dead_jobs_run_again(run: Terminal, dead_id: str) -> None:
    first = run("jobs", "retry", dead_id, "--json")
    again = run("jobs", "retry", dead_id, "--json")
    run("worker", "--drain")

    assert (first.status, first.document) == (0, {"retried": [dead_id], "not_dead": []})
    assert (again.status, again.document) == (1, {"retried": [], "not_dead": [dead_id]})
    assert run("jobs", "show", dead_id, "--json").document["state"] == "done"
    assert len(list(Path("data/mailbox").iterdir())) >= 1


def test_retry_all_dead(run: Terminal, dead_id: str) -> None:
    assert run("jobs", "retry", "--all-dead", "--json").document["retried"] == [dead_id]
    assert run("jobs", "retry", "--all-dead").out == "✓ 0 jobs run again.\n"


@pytest.mark.parametrize("arguments", [(), ("someone", "--all-dead")])
def test_retry_needs_either_ids_or_all(run: Terminal, arguments: tuple[str, ...]) -> None:
    said = run("jobs", "retry", *arguments, "--json")

    assert (said.status, said.document["error"]) == (1, "VALIDATION_FAILED")
