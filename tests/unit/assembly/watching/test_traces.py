"""What is told of requests, flows and jobs, and of whom a trace is believed."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from doorward.assembly.app import app_of
from doorward.assembly.house import House, open_house
from doorward.assembly.watching.traces import HouseTraces
from doorward.settings.load import load
from doorward.settings.problems import SettingsInvalid
from doorward.telemetry.spans import Span, TakesSpans

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
TRACEPARENT = f"00-{TRACE}-00f067aa0ba902b7-01"
GATEWAY, STRANGER = ("192.0.2.1", 50_000), ("203.0.113.9", 50_000)


class Kept(TakesSpans):
    def __init__(self) -> None:
        self.spans: list[Span] = []

    def take(self, span: Span) -> None:
        self.spans.append(span)

    def close(self) -> None: ...


@pytest.fixture
def kept() -> Kept:
    return Kept()


@pytest.fixture
def house(tmp_path: Path, kept: Kept) -> Iterator[House]:
    opened = open_house(load({"data_dir": tmp_path / "data", "trusted_proxies": "192.0.2.1/32"}))
    opened.prepare()
    yield replace(opened, traces=HouseTraces(kept, opened.clock, 1.0))
    opened.close()


def test_trace_of_a_gateway_is_gone_on_with(house: House, kept: Kept) -> None:
    asked(house, GATEWAY)

    assert {span.place.trace_id for span in kept.spans} == {TRACE}


def test_trace_of_a_stranger_is_not(house: House, kept: Kept) -> None:
    asked(house, STRANGER)

    assert kept.spans
    assert TRACE not in {span.place.trace_id for span in kept.spans}


def test_span_of_a_request_holds_nothing_of_its_query(house: House, kept: Kept) -> None:
    asked(house, STRANGER, "/sign-in/with/elsewhere/callback?code=canary&state=canary")
    asked(house, STRANGER, "/canary/path")

    assert {span.name for span in kept.spans} >= {"GET /sign-in/with/{provider_id}/callback", "GET none"}
    assert "canary" not in repr(kept.spans)


def asked(house: House, peer: tuple[str, int], path: str = "/readyz") -> None:
    client = TestClient(app_of(house, with_worker=False), base_url="http://localhost:8000", client=peer)
    client.get(path, headers={"traceparent": TRACEPARENT}, follow_redirects=False)


@pytest.mark.parametrize("url", ["localhost:4318", "http://user:secret@collector/v1/traces", "http://"])
def test_settings_collector_that_cannot_be_is_refused_without_being_repeated(tmp_path: Path, url: str) -> None:
    with pytest.raises(SettingsInvalid) as refused:
        load({"data_dir": tmp_path, "otlp_url": url})

    assert "secret" not in f"{refused.value.problems}"


def test_settings_header_fields_without_a_value_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsInvalid):
        load({"data_dir": tmp_path, "otlp_headers": "x-key"})
