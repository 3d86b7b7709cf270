"""What of uvicorn is built upon that it promises nobody."""

import hashlib
import inspect
from collections.abc import Callable

import pytest
from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle
from uvicorn.server import Server, ServerState

RELIED_ON: list[tuple[Callable[..., object], str]] = [
    (HttpToolsProtocol.__init__, "4f0899941034"),
    (HttpToolsProtocol.connection_made, "6efb565ff3d3"),
    (HttpToolsProtocol.connection_lost, "c91a4c9bf2e2"),
    (HttpToolsProtocol.data_received, "010a7ae59a5d"),
    (HttpToolsProtocol.send_400_response, "ae5a4a3782b6"),
    (HttpToolsProtocol.on_message_begin, "96d377fdc7c2"),
    (HttpToolsProtocol.on_url, "37be44e962b0"),
    (HttpToolsProtocol.on_header, "65d62c044f61"),
    (HttpToolsProtocol.on_headers_complete, "1ea8589acfad"),
    (HttpToolsProtocol.on_body, "dba9c32aeba3"),
    (HttpToolsProtocol.on_message_complete, "1fbad42dc31f"),
    (HttpToolsProtocol.on_response_complete, "64e254f28e38"),
    (HttpToolsProtocol._start_asgi_task, "9c08c2571ae9"),
    (HttpToolsProtocol._unset_keepalive_if_required, "00a6a4e47214"),
    (HttpToolsProtocol.timeout_keep_alive_handler, "8b53bf5f2e20"),
    (HttpToolsProtocol.shutdown, "d7351fa33f00"),
    (RequestResponseCycle.__init__, "4d2f220910c3"),
    (RequestResponseCycle.run_asgi, "0f33f2449a44"),
    (RequestResponseCycle.send_500_response, "37c64da40eed"),
    (RequestResponseCycle.send, "abdd8601b326"),
    (RequestResponseCycle.receive, "8124ae006be7"),
    (FlowControl, "126debcdaa89"),
    (ServerState, "f2260fbf1015"),
    (Server.shutdown, "9b33c5056299"),
    (Server._wait_tasks_to_complete, "17209be1e991"),
]


@pytest.mark.parametrize(("what", "digest"), RELIED_ON, ids=[what.__qualname__ for what, _ in RELIED_ON])
def test_uvicorn_is_the_one_that_our_protocol_was_written_for(what: Callable[..., object], digest: str) -> None:
    now = hashlib.sha256(inspect.getsource(what).encode()).hexdigest()[:12]

    assert now == digest, (
        f"uvicorn has changed {what.__qualname__}: read what, carry it over to doorward/cli/serving/protocol.py and "
        f"doorward/cli/serving/exchange.py (decision 43), and write {now} here"
    )
