"""What a gateway asks before each request, beside a bare Starlette route that answers the same bytes."""

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from operator import truediv
from typing import Final

from benchmarks import browser, load
from benchmarks.applications import RESOURCE, Applications, register
from benchmarks.callers import member
from benchmarks.deployment import Deployment
from benchmarks.filling import fill, login_of
from benchmarks.limits import bare_bytes
from benchmarks.load import CALLERS, Load
from benchmarks.machine import ALONE
from benchmarks.processes import Server, free_port, serving
from benchmarks.report import Row, Spread, at_most
from benchmarks.run import Bench, Run
from benchmarks.wire import Connection, post_form

_ACCOUNTS: Final = 20
_PATH: Final = "/forward-auth"
_BARE: Final = "answer"
_MOST_MICROSECONDS: Final = 130


@dataclass(frozen=True, slots=True)
class _Caller:
    """Somebody before the gateway, by what the gateway sends of their request."""

    name: str
    headers: Mapping[str, str]
    loads: list[Load] = field(default_factory=list)
    limits: list[Load] = field(default_factory=list)


def _measure(run: Run) -> Sequence[Row]:
    deployment = Deployment.new(run.folder / "gateways", also=_guarding)
    filled, folder, port = fill(deployment, _ACCOUNTS), run.folder / "gateway-bytes", free_port()
    made = register(deployment)
    folder.mkdir()
    (folder / _BARE).write_bytes(b"")
    command = [sys.executable, "-m", "benchmarks.limits.bare_bytes", str(port), str(folder)]
    bare = serving(command, port, ready=bare_bytes.READY, environment={}, cores=ALONE, log=run.folder / "bare.log")
    with filled.deployment.served(cores=ALONE) as server, bare as bare_server:
        callers = load.run(_callers(server, made))
        for turn in range(run.rounds):
            run.say(f"round {turn + 1} of {run.rounds}: the bare route, then ours")
            for caller in callers:
                caller.limits.append(load.reading(bare_server, f"/{_BARE}", caller.headers, run.seconds))
                caller.loads.append(load.reading(server, _PATH, caller.headers, run.seconds))
    return [_row(caller) for caller in callers]


def _guarding(issuer: str) -> Mapping[str, str]:
    """Return the settings of a server that guards its own host, for browsers and for tokens."""
    hosts = json.dumps([{"origin": issuer, "audience": RESOURCE, "scopes": ["reports:read"]}])
    return {"protected_hosts": hosts, "trusted_proxies": "127.0.0.1/32"}


async def _callers(server: Server, made: Applications) -> Sequence[_Caller]:
    connection = await Connection.to(server.port)
    cookies = await browser.sign_in(connection, server.port, login_of(1))
    form = {"grant_type": "client_credentials", "scope": "reports:read"}
    issued = await connection.ask(post_form("/oauth/token", server.port, form, made.basic))
    connection.close()
    asked = {
        "X-Forwarded-Method": "GET",
        "X-Forwarded-Proto": "http",
        "X-Forwarded-Host": f"localhost:{server.port}",
        "X-Forwarded-Uri": "/app/list?month=5",
        "X-Forwarded-For": "127.0.0.1",
    }
    return [
        _Caller("a session cookie", {**asked, "Cookie": cookies}),
        _Caller("a bearer token", {**asked, "Authorization": f"Bearer {member(issued, 'access_token')}"}),
    ]


def _row(caller: _Caller) -> Row:
    rates, bare = [one.rate for one in caller.loads], [one.rate for one in caller.limits]
    bare_cpu = Spread.of([one.cpu_microseconds for one in caller.limits])
    share = Spread.of_each(rates, bare, truediv)
    return Row(
        "gateways",
        f"processor time of GET {_PATH} with {caller.name}, µs",
        Spread.of([one.cpu_microseconds for one in caller.loads]),
        goal=at_most(_MOST_MICROSECONDS),
        limit=f"{Spread.of(bare)} /s",
        ours=f"{Spread.of(rates)} /s",
        note=f"{CALLERS} callers, server on one core; the bare Starlette route {bare_cpu} µs; {share} of its rate",
    )


BENCH: Final = Bench("gateways", "What gateways ask", _measure)
"""How a gateway's question is answered from memory."""
