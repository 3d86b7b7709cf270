"""`/v1/admin/audit`: searched, written out, verified, and looked into by address."""

import asyncio
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from typing import Any, Final

import pytest
from starlette.types import Message

from doorward.api.app import Api
from doorward.api.v1.export import stream_log
from doorward.core.audit.export_log import COLUMNS, Format
from doorward.core.audit.record import record
from doorward.core.audit.records import AuditKind, Event
from doorward.core.kernel.ids import AccountId
from doorward.testing.clock import START
from tests.functional.site import App, Site, problem

AUDIT: Final = "/v1/admin/audit"
ADDRESS: Final = {"address": "192.0.2.7", "day": START.date().isoformat()}


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def happened(site: Site, count: int, kind: AuditKind = AuditKind.SIGN_IN, **detail: str) -> None:
    with site.house.store.work() as work:
        for _ in range(count):
            record(work.audit, Event(kind, account_id=AccountId("ada"), detail=detail), START)


def test_search_audit_pages_through_what_is_asked_for_the_latest_first(site: Site, operator: App) -> None:
    happened(site, 5, n="1")

    first = operator.get(f"{AUDIT}?account_id=ada&size=3").json()
    rest = operator.get(f"{AUDIT}?account_id=ada&size=3&after={first['next_after']}").json()

    found = first["entries"] + rest["entries"]
    assert [entry["sequence"] for entry in found] == sorted((entry["sequence"] for entry in found), reverse=True)
    assert len(found) == 5
    assert rest["next_after"] is None
    assert set(found[0]) == set(COLUMNS)


@pytest.mark.parametrize(
    "query",
    [
        "kind=no.such", "after=nowhere", "after=1-1%00", "size=0", "size=201", "since=yesterday",
        "since=2026-01-01T00:00:00", "account_id=%27%20OR%201=1", "account_id=" + "a" * 65, "address_tag=",
    ],
)  # fmt: skip
def test_search_audit_what_it_does_not_know_is_refused(operator: App, query: str) -> None:
    assert problem(operator.get(f"{AUDIT}?{query}"))[0] == 422


def test_search_audit_takes_quotes_and_patterns_as_they_are(site: Site, operator: App) -> None:
    happened(site, 1)

    for hostile in ("ada'--", "%", "a_a", '{"$ne":null}', "ad?"):
        answer = operator.client.get(
            AUDIT, params={"account_id": hostile}, headers={"authorization": f"Bearer {operator.access_token}"}
        )
        assert answer.json()["entries"] == []


def test_search_audit_by_time_kind_and_actor(site: Site, operator: App) -> None:
    site.house.account("margaret")
    olga = site.house.flows.show_account("olga").account.id
    site.clock.advance(timedelta(hours=1))
    operator.refresh()
    site.house.flows.set_enabled("margaret", enabled=False, actor_id=olga)
    since = (START + timedelta(hours=1)).isoformat().replace("+", "%2B")

    by_actor = operator.get(f"{AUDIT}?actor_id={olga}").json()["entries"]
    by_all = operator.get(f"{AUDIT}?actor_id={olga}&kind=account.disabled&since={since}").json()["entries"]
    by_none = operator.get(f"{AUDIT}?actor_id={olga}&until={since}").json()["entries"]

    assert [entry["kind"] for entry in by_actor] == ["account.disabled"]
    assert by_all == by_actor
    assert by_none == []


@pytest.mark.parametrize(
    ("name", "media_type"), [("ndjson", "application/x-ndjson"), ("csv", "text/csv; charset=utf-8")]
)
def test_export_audit_is_a_file_of_everything(site: Site, operator: App, name: str, media_type: str) -> None:
    happened(site, 1100, odd="<script>\u2028=1")

    answer = operator.get(f"{AUDIT}/export?format={name}")

    assert answer.headers["content-type"] == media_type
    assert answer.headers["content-disposition"] == f'attachment; filename="audit.{name}"'
    total = site.house.flows.verify_chain().total
    assert answer.text.count("\n") == total + (1 if name == "csv" else 0)
    assert answer.headers["cache-control"] == "no-store"


def test_export_audit_goes_on_behind_an_entry(site: Site, operator: App) -> None:
    happened(site, 3)
    total = site.house.flows.verify_chain().total

    rest = lines(operator.get(f"{AUDIT}/export?after={total - 2}").text)

    assert [entry["sequence"] for entry in rest] == [total - 1, total]


async def gone_after_one_piece(app: Api, token: str) -> tuple[list[Message], int]:
    """Ask for the export, take one piece of it, and go away."""
    sent: list[Message] = []
    is_gone = asyncio.Event()
    request = iter([{"type": "http.request", "body": b"", "more_body": False}])

    async def receive() -> Message:
        for message in request:
            return message
        await is_gone.wait()
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)
        if message["type"] == "http.response.body":
            is_gone.set()
            await asyncio.sleep(0)

    scope = {
        "type": "http", "http_version": "1.1", "method": "GET", "path": f"{AUDIT}/export", "raw_path": b"",
        "root_path": "", "scheme": "https", "query_string": b"", "server": ("auth.example", 443),
        "headers": [(b"host", b"auth.example"), (b"authorization", f"Bearer {token}".encode())],
        "client": ("192.0.2.7", 1), "extensions": {}, "state": {},
    }  # fmt: skip
    await app(scope, receive, send)
    return sent, sum(message["type"] == "http.response.body" for message in sent)


def test_export_audit_ends_with_whoever_reads_it(site: Site, operator: App) -> None:
    happened(site, 20_000)

    sent, pieces = asyncio.run(gone_after_one_piece(site.app, operator.access_token))

    assert sent[0]["status"] == 200
    assert pieces < 10
    assert operator.get(AUDIT).status_code == 200


def test_export_audit_reads_no_page_before_the_one_before_is_taken(site: Site) -> None:
    asked = 0

    def pieces() -> Iterator[str]:
        nonlocal asked
        for _ in range(3):
            asked += 1
            yield "piece\n"

    async def read_one() -> int:
        body = stream_log(site.doors.lanes, pieces(), Format.NDJSON).body_iterator
        await anext(aiter(body))
        return asked

    assert asyncio.run(read_one()) == 1


def test_verify_audit_tells_how_far_it_is_and_the_verdict_last(site: Site, operator: App) -> None:
    happened(site, 2500)

    answer = operator.send("POST", f"{AUDIT}/verify", {})

    steps = lines(answer.text)
    assert answer.headers["content-type"] == "application/x-ndjson"
    assert [step["is_over"] for step in steps] == [*[False] * (len(steps) - 1), True]
    assert len(steps) > 2
    assert (steps[-1]["sound"], steps[-1]["first_broken"]) == (steps[-1]["total"], None)


@pytest.mark.parametrize(
    "forgery",
    [
        "UPDATE dw_audit SET kind = 'sign_in.refused' WHERE sequence = 7",
        "UPDATE dw_audit SET detail = '{}' WHERE sequence = 7",
        "UPDATE dw_audit SET at = at + 1 WHERE sequence = 7",
        "UPDATE dw_audit SET account_id = NULL WHERE sequence = 7",
        "DELETE FROM dw_audit WHERE sequence = 7",
        (
            "UPDATE dw_audit SET sequence = CASE sequence WHEN 7 THEN -7 WHEN 8 THEN 7 END WHERE sequence IN (7, 8);"
            "UPDATE dw_audit SET sequence = 8 WHERE sequence = -7"
        ),
    ],
    ids=["kind", "detail", "time", "account", "removed", "reordered"],
)
def test_verify_audit_finds_what_was_changed_behind_our_back(site: Site, operator: App, forgery: str) -> None:
    for number in range(12):
        happened(site, 1, n=str(number))
    with closing(sqlite3.connect(site.file)) as store, store:
        store.executescript(forgery)

    verdict = lines(operator.send("POST", f"{AUDIT}/verify", {}).text)[-1]

    assert (verdict["sound"], verdict["first_broken"], verdict["is_over"]) == (6, 7, True)


def test_verify_audit_finds_an_end_that_was_cut_off_and_one_that_was_covered_up(site: Site, operator: App) -> None:
    happened(site, 12)
    kept = lines(operator.send("POST", f"{AUDIT}/verify", {}).text)[-1]
    cut = kept["total"] - 1
    with closing(sqlite3.connect(site.file)) as store, store:
        store.execute("DELETE FROM dw_audit WHERE sequence > ?", (cut,))
    cut_off = lines(operator.send("POST", f"{AUDIT}/verify", {}).text)[-1]
    with closing(sqlite3.connect(site.file)) as store, store:
        last = store.execute("SELECT link FROM dw_audit WHERE sequence = ?", (cut,)).fetchone()
        store.execute("UPDATE dw_audit_head SET sequence = ?, link = ?", (cut, last[0]))

    covered_up = lines(operator.send("POST", f"{AUDIT}/verify", {}).text)[-1]
    against_what_was_kept = lines(operator.send("POST", f"{AUDIT}/verify", {"end": kept["end"]}).text)[-1]

    assert cut_off["first_broken"] == cut + 1
    assert covered_up["first_broken"] is None  # who may write everywhere can do that, and
    assert against_what_was_kept["first_broken"] == cut + 1  # is found by what stands elsewhere


def test_verify_audit_what_is_no_end_is_refused(operator: App) -> None:
    assert problem(operator.send("POST", f"{AUDIT}/verify", {"end": "1:x"}))[0] == 422


def test_look_up_address_leads_to_its_entries_and_is_recorded(site: Site, operator: App) -> None:
    olga = site.house.flows.show_account("olga").account.id

    tag = operator.send("POST", f"{AUDIT}/address", ADDRESS).json()["address_tag"]

    found = operator.get(f"{AUDIT}?address_tag={tag}").json()["entries"]
    recorded = operator.get(f"{AUDIT}?kind=audit.address_looked_up").json()["entries"]
    assert {entry["account_id"] for entry in found} >= {olga}
    assert [(entry["actor_id"], entry["detail"]) for entry in recorded] == [(olga, {"day": ADDRESS["day"]})]
    assert ADDRESS["address"] not in json.dumps(recorded)


def test_look_up_address_of_a_forgotten_day_is_nowhere_and_recorded_all_the_same(operator: App) -> None:
    answer = operator.send("POST", f"{AUDIT}/address", {**ADDRESS, "day": "1999-01-01"})

    assert problem(answer) == (404, "NOT_FOUND")
    assert len(operator.get(f"{AUDIT}?kind=audit.address_looked_up").json()["entries"]) == 1
