"""The sections that operators look at: audit log, jobs, keys, limits and locks, settings, health."""

import sqlite3
from contextlib import closing
from typing import Final

import pytest

from doorward.api.pages.console.overview.words import WORDS, said
from doorward.core.audit.record import record
from doorward.core.audit.records import AuditKind, Event, Search
from doorward.core.kernel.ids import AccountId
from doorward.core.sessions.rules import FRESH_FOR
from doorward.worker.jobs import JOBS
from tests.functional.inside import SECRET_VALUE
from tests.functional.pages.visitor import Visitor
from tests.functional.site import Site
from tests.house import PASSWORD, WRONG_PASSWORD

HOSTILE: Final = '"><script>alert(1)</script><img src=x onerror=alert(1)>{{ 7 * 7 }}'
READS: Final = ("/audit", "/audit/1", "/audit/export", "/jobs", "/keys", "/locks", "/settings", "/health")
ASKS: Final = ("/audit/address", "/jobs/retry", "/keys/rotate")
SENDS: Final = (*ASKS, "/audit/verify")


def olga(site: Site) -> AccountId:
    return site.house.flows.show_account("olga").account.id


def recorded(site: Site, event: Event) -> int:
    with site.house.store.work() as work:
        record(work.audit, event, site.clock.now())
        return work.audit.head().sequence


def happened(site: Site, kind: AuditKind) -> list[Event]:
    return [entry.event for entry in site.house.flows.overview.search_log(Search(kind=kind)).items]


def dead_letter(site: Site) -> str:
    site.house.deliver()
    site.house.flows.forgot_password("olga@mail.example")
    now = site.clock.now()
    with site.house.store.work() as work:
        (job,) = work.outbox.lease(names=JOBS, now=now, until=now, limit=1)
        work.outbox.bury(job, error=HOSTILE)
    return job.id


def locked(site: Site) -> AccountId:
    for _ in range(5):
        site.device("198.51.100.66").sign_in("margaret", WRONG_PASSWORD)
    return site.house.flows.show_account("margaret").account.id


def test_sections_are_closed_to_members_and_strangers(pages: Site, visitor: Visitor, member: Visitor) -> None:
    margaret = pages.house.flows.show_account("margaret").account.id
    paths = [f"/console{path.format(margaret=margaret)}" for path in (*READS, *ASKS)]
    before = pages.house.flows.verify_chain().total

    strangers = {path: visitor.open(path).led_to.partition("?")[0] for path in paths}
    members = {path: member.open(path).status for path in paths}
    token = member.open("/account").paper.forms["username-form"].fields["csrf_token"]
    sent = {path: member.post(f"/console{path}", {"csrf_token": token}).status for path in SENDS}

    assert strangers == dict.fromkeys(paths, "/sign-in")
    assert members == dict.fromkeys(paths, 403)
    assert sent == dict.fromkeys(SENDS, 403)
    assert pages.house.flows.verify_chain().total == before


def test_sections_act_for_nobody_without_the_token_of_their_forms(pages: Site, operator: Visitor) -> None:
    before = pages.house.flows.verify_chain().total

    sent = {path: operator.post(f"/console{path}", {"csrf_token": "forged"}).status for path in SENDS}

    assert sent == dict.fromkeys(SENDS, 403)
    assert pages.house.flows.verify_chain().total == before


def test_sections_ask_for_a_recent_sign_in_before_they_act_and_before_they_ask(pages: Site, operator: Visitor) -> None:
    margaret = locked(pages)
    token = operator.open("/console/audit").paper.forms["verify-form"].fields["csrf_token"]
    pages.clock.advance(FRESH_FOR * 2)
    before = pages.house.flows.verify_chain().total

    asked = [operator.open(f"/console{path.format(margaret=margaret)}").led_to.partition("?")[0] for path in ASKS]
    sent = [
        operator.post(f"/console{path.format(margaret=margaret)}", {"csrf_token": token}).led_to.partition("?")[0]
        for path in ASKS
    ]

    assert asked == sent == ["/account/confirm"] * len(ASKS)
    assert [operator.open(f"/console{path}").status for path in READS] == [200] * len(READS)
    assert pages.house.flows.verify_chain().total == before


def test_words_there_are_for_every_kind_of_event() -> None:
    assert set(WORDS) == set(AuditKind)
    assert said(AuditKind.KEY_MADE) == "A signing key was made"


def test_audit_finds_by_name_kind_and_day(pages: Site, operator: Visitor) -> None:
    pages.house.flows.set_enabled("margaret", enabled=False, actor_id=olga(pages))
    sequence = pages.house.flows.verify_chain().total
    day = pages.clock.now().date().isoformat()

    operator.open(f"/console/audit?account=MARGARET&kind=account.disabled&actor=olga&since={day}&until={day}")

    assert [each for each in operator.paper.ids if each.startswith("entry-")] == [f"entry-{sequence}"]


@pytest.mark.parametrize(
    ("query", "control"),
    [
        ("account=nobody", "account"),
        ("actor=nobody", "actor"),
        ("kind=no.such", "kind"),
        ("since=yesterday", "since"),
        ("until=2026-13-01", "until"),
        ("after=nowhere", "form"),
    ],
)
def test_audit_says_what_it_does_not_understand(operator: Visitor, query: str, control: str) -> None:
    operator.open(f"/console/audit?{query}")

    assert operator.status == 422
    assert "error-summary" in operator.paper.ids
    assert control == "form" or f"{control}-error" in operator.paper.ids


def test_audit_pages_go_on_without_losing_the_search(pages: Site, operator: Visitor) -> None:
    for _ in range(60):
        recorded(pages, Event(AuditKind.SIGN_IN_REFUSED))

    operator.open("/console/audit?kind=sign_in.refused")
    first = {each for each in operator.paper.ids if each.startswith("entry-")}
    step = next(each["href"] for _, each in operator.paper.elements if each.get("id") == "pager-next")
    rest = {each for each in operator.open(step or "").paper.ids if each.startswith("entry-")}

    assert (len(first), len(rest)) == (50, 10)
    assert not first & rest


def test_audit_shows_hostile_text_as_text(pages: Site, operator: Visitor) -> None:
    event = Event(
        AuditKind.CLIENT_CHANGED,
        account_id=AccountId(HOSTILE),
        actor_id=AccountId(HOSTILE),
        address_tag=HOSTILE,
        detail={HOSTILE: HOSTILE, "javascript:alert(1)": "\u202e\x1b[31m\x00"},
    )
    sequence = recorded(pages, event)

    answers = [operator.open(path).answer.text for path in ("/console/audit", f"/console/audit/{sequence}")]

    assert all("<script>alert" not in text and "<img src=x" not in text for text in answers)
    assert "&lt;script&gt;alert(1)" in answers[1]
    assert "{{ 7 * 7 }}" in answers[1]


@pytest.mark.parametrize("sequence", ["0", "-1", "999999", str(1 << 63)])
def test_audit_entry_that_is_not_there_is_not_found(operator: Visitor, sequence: str) -> None:
    assert operator.open(f"/console/audit/{sequence}").status == 404


def test_audit_verify_shows_the_verdict_and_an_end_to_keep(pages: Site, operator: Visitor) -> None:
    operator.open("/console/audit").fill("verify-form")
    end = operator.paper.texts["end"]
    operator.open("/console/audit").fill("verify-form", end=end)

    assert operator.status == 200
    assert "The log is whole" in operator.paper.texts["verdict"]
    assert "through the end that you kept" in operator.paper.texts["verdict"]
    assert end.startswith(f"{pages.house.flows.verify_chain().total}:")


def test_audit_verify_shows_where_the_chain_breaks(pages: Site, operator: Visitor) -> None:
    with closing(sqlite3.connect(pages.file)) as store, store:
        store.execute("UPDATE dw_audit SET kind = 'key.made' WHERE sequence = 4")

    operator.open("/console/audit").fill("verify-form")

    assert "The chain breaks at entry 4" in operator.paper.texts["verdict"]
    assert operator.answer.text.rstrip().endswith("</html>")


def test_audit_verify_tells_how_far_it_is_while_it_works(pages: Site, operator: Visitor) -> None:
    with pages.house.store.work() as work:
        for _ in range(3000):
            record(work.audit, Event(AuditKind.SIGN_IN), pages.clock.now())

    operator.open("/console/audit").fill("verify-form")

    assert operator.answer.text.count("are sound so far") >= 2
    assert operator.answer.headers["content-type"] == "text/html; charset=utf-8"


def test_audit_verify_what_is_no_end_is_refused(operator: Visitor) -> None:
    operator.open("/console/audit").fill("verify-form", end="<b>")

    assert operator.status == 422
    assert "end-error" in operator.paper.ids


def test_audit_export_is_what_the_search_finds(pages: Site, operator: Visitor) -> None:
    recorded(pages, Event(AuditKind.DEVICE_REFUSED))

    found = operator.open("/console/audit/export?kind=device.refused").answer
    table = operator.open("/console/audit/export?kind=device.refused&format=csv").answer
    refused = operator.open("/console/audit/export?account=nobody").answer

    assert found.text.count("\n") == 1
    assert found.headers["content-disposition"] == 'attachment; filename="audit.ndjson"'
    assert table.text.count("\n") == 2
    assert refused.status_code == 422


def test_address_is_looked_up_and_leads_to_its_entries(pages: Site, operator: Visitor) -> None:
    operator.open("/console/audit/address").fill("address-form", address="192.0.2.7")

    operator.follow()

    assert {each for each in operator.paper.ids if each.startswith("entry-")}
    (event,) = happened(pages, AuditKind.ADDRESS_LOOKED_UP)
    assert event.actor_id == olga(pages)
    assert "192.0.2.7" not in str(event)


@pytest.mark.parametrize(
    ("typed", "control"),
    [
        ({"address": "nobody"}, "address"),
        ({"address": "192.0.2.7", "day": "1999-01-01"}, "day"),
        ({"address": "192.0.2.7", "day": "x"}, "day"),
    ],
)
def test_address_that_cannot_be_looked_up_is_said(operator: Visitor, typed: dict[str, str], control: str) -> None:
    operator.open("/console/audit/address").fill("address-form", **typed)

    assert operator.status == 422
    assert f"{control}-error" in operator.paper.ids


def test_jobs_show_the_dead_first_without_what_they_carry(pages: Site, operator: Visitor) -> None:
    job_id = dead_letter(pages)

    listed = operator.open("/console/jobs").answer.text
    shown = operator.open(f"/console/jobs/{job_id}").answer.text

    assert f"job-{job_id}" in listed
    assert all("<script>alert" not in text and "olga@mail" not in text for text in (listed, shown))
    assert operator.paper.texts["state"] == "Given up"


def test_jobs_retry_one_after_the_question(pages: Site, operator: Visitor) -> None:
    job_id = dead_letter(pages)

    operator.open(f"/console/jobs/{job_id}/retry").fill("ask-form")
    after = operator.led_to
    again = operator.open(f"/console/jobs/{job_id}/retry").fill("ask-form").status

    (event,) = happened(pages, AuditKind.JOB_RETRIED)
    assert after == "/console/jobs?notice=retried"
    assert again == 409
    assert (event.actor_id, event.detail["job"]) == (olga(pages), job_id)


def test_jobs_retry_all_after_the_question(pages: Site, operator: Visitor) -> None:
    dead_letter(pages)

    operator.open("/console/jobs").open("/console/jobs/retry")
    subject = operator.paper.texts["subject"]
    operator.fill("ask-form").follow()

    assert subject == "1 job given up"
    assert "notice" in operator.paper.ids
    assert len(happened(pages, AuditKind.JOB_RETRIED)) == 1


@pytest.mark.parametrize("path", ["/audit", "/audit/export"])
def test_audit_search_for_a_tag_that_no_store_can_hold_is_refused(operator: Visitor, path: str) -> None:
    assert operator.open(f"/console{path}?tag=a%00").status == 422


@pytest.mark.parametrize("path", ["/console/jobs/nobody", "/console/jobs/nobody/retry", "/console/jobs/%00"])
def test_jobs_that_are_not_there_are_not_found(operator: Visitor, path: str) -> None:
    assert operator.open(path).status == 404


@pytest.mark.parametrize("state", ["ready", "done", "dead"])
def test_jobs_of_each_state_have_a_page(operator: Visitor, state: str) -> None:
    operator.open(f"/console/jobs?state={state}")

    assert operator.status == 200
    assert {"state-ready", "state-done", "state-dead", "task-list"} <= operator.paper.ids


def test_keys_rotate_after_the_question(pages: Site, operator: Visitor) -> None:
    operator.open("/console/keys/rotate").fill("ask-form").follow()

    assert "notice" in operator.paper.ids
    assert operator.answer.text.count(">Next<") == 2
    assert [event.actor_id for event in happened(pages, AuditKind.KEY_MADE)][:2] == [olga(pages)] * 2


def test_locks_show_who_is_kept_out_and_unlock_after_the_question(pages: Site, operator: Visitor) -> None:
    margaret = locked(pages)
    stranger = Visitor(pages, "198.51.100.9")

    operator.open("/console/locks")
    is_listed = f"unlock-{margaret}" in operator.paper.ids
    operator.open(f"/console/accounts/{margaret}/unlock").fill("ask-form")

    assert is_listed
    assert "nothing" in operator.open("/console/locks").paper.ids
    stranger.open("/sign-in").fill("sign-in-form", username="margaret", password=PASSWORD)
    assert stranger.led_to == "/account"
    (event,) = happened(pages, AuditKind.SIGN_IN_UNLOCKED)
    assert (event.account_id, event.actor_id) == (margaret, olga(pages))


def test_locks_show_those_at_the_ceiling_and_the_table_of_limits(operator: Visitor) -> None:
    operator.open("/console/locks?kind=at_ceiling")

    assert operator.status == 200
    assert "sign_in_page" in operator.answer.text
    assert "100 a second" in operator.answer.text


def test_settings_show_sources_and_no_secret(operator: Visitor) -> None:
    text = operator.open("/console/settings").answer.text
    chosen = operator.open("/console/settings?chosen=yes").paper.ids
    found = operator.open("/console/settings?q=SCALE").paper.ids

    assert SECRET_VALUE not in text
    assert "********" not in text
    assert "setting-limits_scale" not in chosen
    assert {"setting-issuer", "setting-store_url"} <= chosen
    assert {each for each in found if each.startswith("setting-")} == {"setting-limits_scale"}
    assert "nothing" in operator.open("/console/settings?q=%3Cscript%3E").paper.ids


def test_health_shows_checks_and_charts_with_tables(operator: Visitor) -> None:
    operator.open("/console/health")

    assert {
        "check-store",
        "chart-sign-ins",
        "chart-durations",
        "chart-queue",
        "chart-queue-table",
    } <= operator.paper.ids
    assert operator.paper.texts["check-store"] == "ok"
    assert operator.answer.text.count('<svg viewBox="0 0 640 200" role="img"') == 3
