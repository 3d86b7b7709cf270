"""Release N and the one after it run side by side on one store under traffic, and back again."""

import json
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest

from doorward.adapters.sql.store import SqlStore
from doorward.core.outbox.records import JobState
from tests.contract.conftest import a_database, server_url
from tests.processes import free_port, ran, wait_until
from tests.rolling.deploy import Deploy
from tests.rolling.planted import NEXT
from tests.rolling.releases import Release, contracted
from tests.rolling.traffic import Gateway, MailServer, Person, Traffic

__all__ = ["server_url"]


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/store.sqlite3"
    start: Callable[[str], str] = request.getfixturevalue("server_url")
    return a_database(start, "doorward_rolling")


def test_job_of_the_next_release_waits_for_a_worker_that_knows_it(
    releases: tuple[Release, Release], mail: MailServer, tmp_path: Path
) -> None:
    before, after = releases
    store_url = f"sqlite:///{tmp_path}/store.sqlite3"
    deploy, ada, bea = Deploy(store_url, mail, tmp_path), Person(Gateway(), "ada"), Person(Gateway(), "bea")

    with deploy.serving(before) as old, deploy.serving(after, "--no-worker") as new:
        ada.gateway.ports, bea.gateway.ports = (new.port,), (old.port,)
        for person in (ada, bea):
            person.register()
            mail.wait_for(person.email)
            person.verify(mail.tokens[person.email])
            person.sign_in()
        ada.change_password()
        before_bea = mail.taken.total()
        bea.change_password()
        wait_until(lambda: mail.taken.total() > before_bea)
    ada.gateway.close()
    bea.gateway.close()
    listed = deploy.run(before, "jobs", "list", "--json")
    waiting = jobs(store_url, JobState.READY)
    deploy.run(after, "worker", "--drain")

    assert [job["name"] for job in json.loads(listed)] == ["send_letter.v2"]
    assert waiting == ("send_letter.v2",)
    assert (jobs(store_url, JobState.READY), jobs(store_url, JobState.DEAD)) == ((), ())
    assert mail.taken.total() == before_bea + 2
    assert ada.gateway.failures + bea.gateway.failures == []


def test_two_releases_side_by_side_fail_nobody_and_lose_nothing(
    releases: tuple[Release, Release], store_url: str, mail: MailServer, tmp_path: Path
) -> None:
    before, after = releases
    deploy = Deploy(store_url, mail, tmp_path)
    traffic = Traffic(deploy.gateway, mail)

    with ExitStack() as first, ExitStack() as second, ExitStack() as third:
        first.enter_context(deploy.serving(before))
        with traffic.flowing() as a_round:
            a_round()
            assert NEXT in deploy.run(after, "store", "migrate")
            with traffic.sparse():
                second.enter_context(deploy.serving(after))
            a_round()
            first.close()
            a_round()
            with traffic.sparse():
                third.enter_context(deploy.serving(before))
            a_round()
            second.close()
            a_round()
        traffic.end()
    waiting = jobs_that_wait(store_url)
    deploy.run(after, "worker", "--drain")

    assert deploy.gateway.failures == []
    assert (len(traffic.residents), len(traffic.browsers)) == (traffic.clients, traffic.clients)
    assert len(deploy.gateway.served) == len(deploy.gateway.stopping) == 3
    assert len(traffic.left) >= traffic.clients
    assert waiting <= {"send_letter.v1", "send_letter.v2", "answer_claim.v1"}
    assert set(mail.tokens) == set(traffic.registered)
    assert set(mail.taken.values()) == {1}
    assert (jobs_that_wait(store_url), jobs(store_url, JobState.DEAD)) == (set(), ())


def jobs(store_url: str, state: JobState) -> tuple[str, ...]:
    """Return the names of the jobs in a state."""
    store = SqlStore(store_url, on_change=lambda _: None, on_jobs=lambda: None)
    with store.view() as work:
        found = tuple(job.name for job in work.outbox.list(state, limit=10_000))
    store.close()
    return found


def jobs_that_wait(store_url: str) -> set[str]:
    """Return the names of the jobs that wait."""
    return set(jobs(store_url, JobState.READY))


def test_release_before_refuses_tables_that_serve_it_no_more(
    releases: tuple[Release, Release], mail: MailServer, tmp_path: Path
) -> None:
    before, after = releases
    store = tmp_path / "store.sqlite3"
    deploy = Deploy(f"sqlite:///{store}", mail, tmp_path)
    deploy.run(contracted(after, tmp_path / "contracted"), "store", "migrate")
    kept = store.read_bytes()

    refused = [
        ran(*words, "--data-dir", "data", cwd=tmp_path, command=before.command, variables=deploy.variables)
        for words in (["serve", "--port", str(free_port())], ["store", "migrate"])
    ]

    assert [status for status, _, _ in refused] == [1, 1]
    assert all("The store is of a newer program" in err for _, _, err in refused)
    assert store.read_bytes() == kept
