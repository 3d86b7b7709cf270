"""`/v1/admin/{audit,jobs,keys,limits,locks,settings,health}`: what operators look at, and what nobody else does."""

from datetime import timedelta
from typing import Final
from urllib.parse import quote

import pytest

from doorward.core.access.records import OPERATOR
from doorward.core.outbox.records import JobState
from doorward.core.sessions.rules import FRESH_FOR
from doorward.testing.clock import START
from doorward.worker.jobs import EVERY, JOBS
from tests.functional.inside import SECRET_VALUE
from tests.functional.site import App, Site, problem
from tests.house import WRONG_PASSWORD

AUDIT: Final = "/v1/admin/audit"
ADDRESS: Final = {"address": "192.0.2.7", "day": START.date().isoformat()}
READS: Final[tuple[tuple[str, str, object], ...]] = (
    ("GET", AUDIT, None),
    ("GET", f"{AUDIT}/export", None),
    ("POST", f"{AUDIT}/verify", {}),
    ("GET", "/v1/admin/jobs", None),
    ("GET", "/v1/admin/jobs/tasks", None),
    ("GET", "/v1/admin/jobs/none", None),
    ("GET", "/v1/admin/keys", None),
    ("GET", "/v1/admin/limits", None),
    ("GET", "/v1/admin/locks", None),
    ("GET", "/v1/admin/settings", None),
    ("GET", "/v1/admin/health", None),
)
ACTS: Final[tuple[tuple[str, str, object], ...]] = (
    ("POST", f"{AUDIT}/address", ADDRESS),
    ("POST", "/v1/admin/jobs/retry", {"all_dead": True}),
    ("POST", "/v1/admin/keys/rotate", None),
)


def test_overview_is_closed_to_strangers_members_and_cookies(site: Site) -> None:
    site.house.account("margaret")
    member, browser, stranger = site.device(), site.browser(), site.device()
    member.sign_in("margaret")
    site.house.account("olga")
    site.house.flows.set_role("olga", OPERATOR, granted=True)
    browser.sign_in("olga")

    answers = {
        route[:2]: [problem(who.send(*route)) for who in (stranger, member, browser)] for route in (*READS, *ACTS)
    }

    refused = [(401, "NOT_AUTHENTICATED"), (403, "FORBIDDEN"), (401, "NOT_AUTHENTICATED")]
    assert answers == dict.fromkeys(answers, refused)


def test_overview_acts_need_a_recent_sign_in_and_reads_do_not(site: Site, operator: App) -> None:
    site.clock.advance(FRESH_FOR - timedelta(seconds=1))
    operator.refresh()
    site.clock.advance(timedelta(seconds=2))
    before = site.house.flows.verify_chain().total

    refused = [problem(operator.send(*route)) for route in ACTS]
    read = [operator.send(*route).status_code for route in READS if "none" not in route[1]]

    assert refused == [(401, "REAUTHENTICATION_REQUIRED")] * len(ACTS)
    assert read == [200] * len(read)
    assert site.house.flows.verify_chain().total == before


def dead_letter(site: Site) -> str:
    site.house.flows.forgot_password("olga@mail.example")
    now = site.clock.now()
    with site.house.store.work() as work:
        (job,) = work.outbox.lease(names=JOBS, now=now, until=now, limit=1)
        work.outbox.bury(job, error="the mail server is away")
    return job.id


def test_list_jobs_and_show_job_hold_nothing_that_is_sealed(site: Site, operator: App) -> None:
    job_id = dead_letter(site)

    listed = operator.get("/v1/admin/jobs").json()
    shown = operator.get(f"/v1/admin/jobs/{job_id}")

    assert [job["id"] for job in listed["jobs"]] == [job_id]
    assert listed["counts"][JobState.DEAD] == 1
    assert set(listed["jobs"][0]) == {
        "id", "name", "state", "attempts", "created_at", "run_at", "leased_until", "dedupe_key", "last_error"
    }  # fmt: skip
    assert shown.json()["last_error"] == "the mail server is away"
    assert "olga" not in shown.text


@pytest.mark.parametrize("is_all", [True, False])
def test_retry_jobs_runs_them_again_and_is_recorded_with_whom(site: Site, operator: App, *, is_all: bool) -> None:
    job_id = dead_letter(site)
    body = {"all_dead": True} if is_all else {"ids": [job_id, "nobody"]}

    answer = operator.send("POST", "/v1/admin/jobs/retry", body)

    assert answer.json() == {"retried": [job_id]}
    (entry,) = operator.get(f"{AUDIT}?kind=job.retried").json()["entries"]
    assert entry["actor_id"] == site.house.flows.show_account("olga").account.id


def test_list_tasks_names_all_with_how_often_they_come(operator: App) -> None:
    tasks = operator.get("/v1/admin/jobs/tasks").json()["tasks"]

    assert {task["name"]: task["every_seconds"] for task in tasks} == {
        name: every.total_seconds() for name, every in EVERY.items()
    }


def test_rotate_keys_publishes_the_next_ones_and_is_recorded_with_whom(site: Site, operator: App) -> None:
    before = operator.get("/v1/admin/keys").json()

    after = operator.send("POST", "/v1/admin/keys/rotate")

    assert after.status_code == 201
    assert [key["state"] for key in before["keys"]] == ["active", "active"]
    assert [key["state"] for key in after.json()["keys"]] == ["next", "next", "active", "active"]
    assert all(rotation["is_published"] for rotation in after.json()["rotations"])
    made = operator.get(f"{AUDIT}?kind=key.made").json()["entries"][:2]
    assert {entry["actor_id"] for entry in made} == {site.house.flows.show_account("olga").account.id}
    assert "private" not in after.text
    assert "sealed" not in after.text


@pytest.mark.parametrize("presented", ["x\0", "X", "", "x" * 65])
def test_jobs_whose_ids_are_none_are_refused(operator: App, presented: str) -> None:
    retried = operator.send("POST", "/v1/admin/jobs/retry", {"ids": [presented]})

    assert problem(retried) == (422, "VALIDATION_FAILED")
    if presented:
        assert problem(operator.get(f"/v1/admin/jobs/{quote(presented)}")) == (422, "VALIDATION_FAILED")


def test_list_limits_is_the_one_table_with_both_tiers(operator: App) -> None:
    answer = operator.get("/v1/admin/limits").json()

    assert {row["tier"] for row in answer["limits"]} == {"gateway", "application"}
    assert answer["scale"] == 1


def test_list_locks_and_unlock(site: Site, operator: App) -> None:
    margaret = site.house.account("margaret")
    for _ in range(5):
        site.device("198.51.100.66").sign_in("margaret", WRONG_PASSWORD)

    (lock,) = operator.get("/v1/admin/locks").json()["locks"]
    answer = operator.send("POST", f"/v1/admin/accounts/{margaret}/unlock")

    assert (lock["username"], lock["consecutive_failures"]) == ("margaret", 5)
    assert answer.status_code == 204
    assert operator.get("/v1/admin/locks").json() == {"locks": [], "next_after": None}
    assert operator.get("/v1/admin/locks?kind=at_ceiling").json()["locks"] == []
    (entry,) = operator.get(f"{AUDIT}?kind=sign_in.unlocked").json()["entries"]
    assert entry["actor_id"] == site.house.flows.show_account("olga").account.id


def test_list_settings_names_every_setting_and_no_secret(operator: App) -> None:
    answer = operator.get("/v1/admin/settings")

    settings = {setting["name"]: setting for setting in answer.json()["settings"]}
    assert SECRET_VALUE not in answer.text
    assert {settings[name]["value"] for name in ("secret", "store_url", "smtp_url")} == {"********"}
    assert settings["issuer"]["source"] == "command line --issuer"
    assert settings["limits_scale"]["source"] == "default"
    assert all(setting["description"] for setting in settings.values())


def test_show_health_tells_of_this_instance_and_its_last_hour(operator: App) -> None:
    health = operator.get("/v1/admin/health").json()

    assert health["checks"] == {"serving": "ok", "store": "ok", "keys": "ok"}
    assert health["lanes_waiting"] == {"hash": 0, "shared": 0, "main": 0, "web": 0, "files": 0}
    assert len(health["last_hour"]) == 30
    assert sum(part["refused"] for part in health["last_hour"]) == 270
