"""Traces: from the gateway's header through the doors and the queue to the worker, at a real collector."""

import httpx2

from tests.monitoring.conftest import COLLECTOR_KEY, PASSWORD, Watched
from tests.processes import PATIENCE, wait_until

GATEWAYS_SPAN = "00f067aa0ba902b7"


def sent(watched: Watched, path: str, body: object, **headers: str) -> httpx2.Response:
    """Send something as a gateway does."""
    url = f"http://127.0.0.1:{watched.server.port}{path}"
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx2.post(url, json=body, headers=named, timeout=PATIENCE)


def traceparent(trace_id: str, flags: str = "01") -> str:
    return f"00-{trace_id}-{GATEWAYS_SPAN}-{flags}"


def test_trace_leads_from_the_gateway_through_the_flow_to_the_job(watched: Watched) -> None:
    trace_id = "4bf92f3577b34da6a3ce929d0e0e4736"
    grace = {"username": "grace", "email": "grace@mail.example", "password": PASSWORD}

    answer = sent(
        watched, "/v1/auth/register_mobile", grace, traceparent=traceparent(trace_id), x_request_id="gate-123"
    )

    assert answer.status_code < 300
    assert answer.headers["x-request-id"] == "gate-123"
    wait_until(lambda: {"send_letter.v1", "Register"} <= {span.name for span in watched.sink.of(trace_id)})
    spans = {span.name: span for span in watched.sink.of(trace_id)}
    request, flow = spans["POST /v1/auth/register_mobile"], spans["Register"]
    answer_claim, letter = spans["answer_claim.v1"], spans["send_letter.v1"]
    assert request.parent_span_id.hex() == GATEWAYS_SPAN
    assert flow.parent_span_id == request.span_id
    assert answer_claim.parent_span_id == flow.span_id
    assert letter.parent_span_id == answer_claim.span_id
    assert request.start_time_unix_nano <= flow.start_time_unix_nano <= flow.end_time_unix_nano
    assert {each.key for each in request.attributes} == {
        "http.request.method",
        "http.route",
        "http.response.status_code",
        "doorward.request_id",
    }


def test_trace_of_a_request_without_one_is_named_as_the_request_is(watched: Watched) -> None:
    request_id = sent(watched, "/v1/auth/login_mobile", {"username": "nobody", "password": "x"}).headers["x-request-id"]

    wait_until(lambda: "LogIn" in {span.name for span in watched.sink.of(request_id)})


def test_trace_that_the_gateway_does_not_keep_is_not_told(watched: Watched) -> None:
    dropped, kept = "1" * 32, "2" * 32
    for trace_id, flags in ((dropped, "00"), (kept, "01")):
        sent(watched, "/v1/auth/login_mobile", {}, traceparent=traceparent(trace_id, flags))

    wait_until(lambda: bool(watched.sink.of(kept)))

    assert watched.sink.of(dropped) == []


def test_collector_gets_what_it_asks_for_and_is_told_who_speaks(watched: Watched) -> None:
    wait_until(lambda: bool(watched.sink.headers))

    assert all(headers["x-key"] == COLLECTOR_KEY for headers in watched.sink.headers)
    assert b"service.name" in watched.sink.payloads[0]
