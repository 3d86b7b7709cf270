"""No secret is in any log, figure, trace or file: somebody does everything that has one, and all is looked through."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.monitoring.canary import CALLBACK, Canary
from tests.monitoring.conftest import COLLECTOR_KEY, Watched
from tests.processes import ran, wait_until

_STATES = frozenset({"a state", "a nonce", "a verifier"})
"""What an application sends along for itself: it is kept with the request, and was never a secret of ours."""


@pytest.fixture(scope="module")
def canary(watched: Watched) -> Iterator[Canary]:
    service = a_client(watched, "service")
    web = a_client(
        watched,
        "web",
        "--redirect-uri",
        CALLBACK,
        "--first-party",
        "--grant",
        "authorization_code",
        "--grant",
        "refresh_token",
        "--grant",
        "urn:ietf:params:oauth:grant-type:device_code",
    )
    person = Canary(watched.gateway)
    for client in (service, web):
        person.mark("a client's secret", client["client_secret"])
    person.mark("what the collector asks for", COLLECTOR_KEY)
    person.live(service, web)
    before = len(watched.sink.payloads)
    wait_until(lambda: len(watched.sink.payloads) > before)
    yield person
    person.client.close()


def a_client(watched: Watched, kind: str, *options: str) -> dict[str, str]:
    status, out, err = ran(
        "clients", "add", kind, "--type", kind, *options, "--data-dir", str(watched.house), "--json", cwd=watched.folder
    )
    assert status == 0, out + err
    client: dict[str, str] = json.loads(out)
    return client


def found(canary: Canary, content: bytes, *, besides: frozenset[str] = frozenset()) -> set[str]:
    """Return where the secrets come from that stand in something, as they are or in hexadecimal digits."""
    return {
        f"{where}: {secret[:40]}"
        for secret, where in canary.marked.items()
        if where not in besides and (secret.encode() in content or secret.encode().hex().encode() in content)
    }


def test_canary_has_seen_what_there_is(canary: Canary) -> None:
    kinds = {where.partition(" of ")[0] for where in canary.marked.values()}

    assert kinds >= {
        "a password",
        "access_token",
        "refresh_token",
        "id_token",
        "device_code",
        "user_code",
        "token",
        "code",
        "code in an address",
        "a cookie",
        "csrf_token",
        "request_uri",
        "a client's secret",
    }
    assert len(canary.marked) > 40


def test_logs_of_server_and_worker_hold_none(watched: Watched, canary: Canary) -> None:
    logs = [watched.server_log.read_bytes(), watched.worker_log.read_bytes()]

    assert b"http.answered" in logs[0]
    assert b"job.done" in logs[1]
    assert [found(canary, log) for log in logs] == [set(), set()]


def test_logs_of_the_gateway_hold_none_and_name_each_request(watched: Watched, canary: Canary) -> None:
    lines = [json.loads(line) for line in watched.gateway_log.read_text().splitlines()]

    assert found(canary, watched.gateway_log.read_bytes()) == set()
    assert found(canary, Path(f"{watched.gateway_log}.errors").read_bytes()) == set()
    assert {"/verify", "/reset", "/oauth/authorize", "/oauth/token"} <= {line["path"] for line in lines}
    assert all(re.fullmatch("[0-9a-f]{32}", line["request_id"]) and line["from"] == "127.0.0.0/24" for line in lines)


def test_figures_hold_none(watched: Watched, canary: Canary) -> None:
    shown = [watched.server.get("/metrics").content, watched.figures_of_worker()]

    assert [found(canary, figures) for figures in shown] == [set(), set()]


def test_traces_hold_none(watched: Watched, canary: Canary) -> None:
    payloads = b"".join(watched.sink.payloads)

    assert b"/oauth/token" in payloads
    assert found(canary, payloads) == set()
    assert b"code=" not in payloads
    assert b"state=" not in payloads


def test_store_and_queue_hold_none(watched: Watched, canary: Canary) -> None:
    files = [path for path in watched.house.glob("doorward.sqlite3*") if path.is_file()]
    content = b"".join(path.read_bytes() for path in files)

    assert b"canary@mail.example" in content
    assert {each for each in found(canary, content, besides=_STATES) if len(each.partition(": ")[2]) > 12} == set()


def test_queue_as_it_is_shown_holds_none(watched: Watched, canary: Canary) -> None:
    status, out, err = ran(
        "jobs", "list", "--state", "done", "--json", "--data-dir", str(watched.house), cwd=watched.folder
    )

    assert status == 0, err
    assert found(canary, out.encode()) == set()


def test_request_is_found_by_one_name_from_the_gateway_to_the_worker(watched: Watched, canary: Canary) -> None:
    assert canary.marked
    gateway = [json.loads(line) for line in watched.gateway_log.read_text().splitlines()]
    (asked,) = {line["request_id"] for line in gateway if line["path"] == "/v1/auth/forgot_password"}

    server = [json.loads(line) for line in watched.server_log.read_text().splitlines() if asked in line]
    worker = [json.loads(line) for line in watched.worker_log.read_text().splitlines() if asked in line]

    assert {line["route"] for line in server} == {"/v1/auth/forgot_password"}
    assert {line["name"] for line in worker} == {"mail_reset.v1", "send_letter.v1"}
    assert {span.name for span in watched.sink.of(asked)} >= {
        "POST /v1/auth/forgot_password",
        "mail_reset.v1",
        "send_letter.v1",
    }


def test_gateway_lets_nobody_name_their_request_or_its_trace(watched: Watched, canary: Canary) -> None:
    trace_id = "7" * 32
    headers = {"x-request-id": "a-name-of-my-own", "traceparent": f"00-{trace_id}-{'7' * 16}-01"}

    answer = canary.client.get("/readyz", headers=headers)

    wait_until(lambda: bool(watched.sink.of(answer.headers["x-request-id"])))
    assert answer.headers["x-request-id"] != "a-name-of-my-own"
    assert watched.sink.of(trace_id) == []
