"""What applications call, beside bare Starlette routes that answer the same bytes."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from operator import truediv
from pathlib import Path
from typing import Final

from benchmarks import browser, load
from benchmarks.applications import Applications, Posting, SigningInFor, register
from benchmarks.callers import member
from benchmarks.deployment import Deployment
from benchmarks.filling import fill, login_of
from benchmarks.limits import bare_bytes
from benchmarks.limits.signing import seconds_a_signature
from benchmarks.load import CALLERS, Load
from benchmarks.machine import ALONE
from benchmarks.processes import Server, free_port, serving
from benchmarks.report import Goal, Row, Spread, at_least, at_most
from benchmarks.run import Bench, Run
from benchmarks.wire import Connection, get, post_form
from doorward.core.keys.records import Algorithm

_ACCOUNTS: Final = 20
_JWKS: Final = "/.well-known/jwks.json"
_METADATA: Final = "/.well-known/openid-configuration"
_TOKEN: Final = "/oauth/token"  # noqa: S105 (an address)
_INTROSPECT: Final = "/oauth/introspect"
_STEPS: Final = 3
_MILLI: Final = 1000
_MICRO: Final = 1e6


@dataclass(slots=True)
class _Place:
    """One address of ours, the form that is sent there, and the bare route that answers the same bytes."""

    name: str
    path: str
    goal: Goal
    form: Mapping[str, str] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    signs: bool = False
    body: bytes = b""
    loads: list[Load] = field(default_factory=list)
    limits: list[Load] = field(default_factory=list)

    def request(self, port: int, path: str | None = None) -> bytes:
        """Return the request, to our address or to another."""
        if self.form is None:
            return get(path or self.path, port, self.headers)
        return post_form(path or self.path, port, self.form, self.headers)

    @property
    def bare(self) -> str:
        """The name of the bare route.

        What is signed is signed there, between two requests: the tables of the curve then have left the nearest cache,
        and a signature takes twice as long as one that comes after another.
        """
        return f"{self.name}{bare_bytes.SIGNED}" if self.signs else self.name


def _measure(run: Run) -> Sequence[Row]:
    filled = fill(Deployment.new(run.folder / "provider"), _ACCOUNTS)
    made = register(filled.deployment)
    ways: dict[Algorithm, list[Load]] = {algorithm: [] for algorithm in made.pages}
    with filled.deployment.served(cores=ALONE) as server:
        places = load.run(_places(server, made))
        _write(run.folder / "bytes", places)
        cookies = load.run(_cookies(server))
        port, folder = free_port(), run.folder / "bytes"
        command = [sys.executable, "-m", "benchmarks.limits.bare_bytes", str(port), str(folder)]
        log = run.folder / "bare.log"
        with serving(command, port, ready=bare_bytes.READY, environment={}, cores=ALONE, log=log) as bare:
            for turn in range(run.rounds):
                run.say(f"round {turn + 1} of {run.rounds}: the bare routes, then ours")
                for place in places:
                    place.limits.append(_post(bare, place.request(port, f"/{place.bare}"), run.seconds))
                    place.loads.append(_post(server, place.request(server.port), run.seconds))
        for _ in range(run.rounds):
            for algorithm, client_id in made.pages.items():
                run.say(f"the whole way of a code, with ID tokens by {algorithm}")
                callers = [SigningInFor(server.port, client_id, cookies) for _ in range(CALLERS)]
                ways[algorithm].append(load.run(load.waiting(server, callers, run.seconds)))
    return [*map(_row, places), *(_way(algorithm, loads) for algorithm, loads in ways.items())]


def _post(server: Server, request: bytes, seconds: float) -> Load:
    return load.run(load.waiting(server, [Posting(request)] * CALLERS, seconds))


async def _places(server: Server, made: Applications) -> Sequence[_Place]:
    """Return the places, with what each answers."""
    credentials = {"grant_type": "client_credentials"}
    connection = await Connection.to(server.port)
    issued = await connection.ask(post_form(_TOKEN, server.port, credentials, made.basic))
    token = {"token": member(issued, "access_token")}
    places = [
        _Place("token", _TOKEN, at_least(0.5), credentials, made.basic, signs=True),
        _Place("introspect", _INTROSPECT, at_least(0.5), token, made.basic),
        _Place("jwks", _JWKS, at_least(0.8)),
        _Place("metadata", _METADATA, at_least(0.8)),
    ]
    for place in places:
        answer = await connection.ask(place.request(server.port))
        place.body = answer.body
    connection.close()
    return places


def _write(folder: Path, places: Sequence[_Place]) -> None:
    """Write what each place answers to a file, for the bare route."""
    folder.mkdir()
    for place in places:
        (folder / place.bare).write_bytes(place.body)


async def _cookies(server: Server) -> str:
    connection = await Connection.to(server.port)
    cookies = await browser.sign_in(connection, server.port, login_of(1))
    connection.close()
    return cookies


def _row(place: _Place) -> Row:
    rates, bare = [one.rate for one in place.loads], [one.rate for one in place.limits]
    cpu, bare_cpu = (Spread.of([one.cpu_microseconds for one in each]) for each in (place.loads, place.limits))
    limit = "a bare Starlette route that signs by ES256" if place.signs else "a bare Starlette route"
    alone = f"; a signature after another {seconds_a_signature() * _MICRO:.0f} µs" if place.signs else ""
    return Row(
        "provider",
        f"{'GET' if place.form is None else 'POST'} {place.path} ÷ {limit}",
        Spread.of_each(rates, bare, truediv),
        goal=place.goal,
        limit=f"{Spread.of(bare)} /s",
        ours=f"{Spread.of(rates)} /s",
        note=f"{CALLERS} callers, server on one core; processor time {cpu} µs, the limit {bare_cpu} µs{alone}",
    )


def _way(algorithm: Algorithm, loads: Sequence[Load]) -> Row:
    each = [_STEPS * one.cpu_microseconds / _MILLI for one in loads]
    return Row(
        "provider",
        f"processor time of authorize, token and userinfo, ID token by {algorithm}, ms",
        Spread.of(each),
        goal=at_most(6) if algorithm is Algorithm.ES256 else None,
        limit="",
        ours=f"{Spread.of([one.rate / _STEPS for one in loads])} /s",
        note=f"{CALLERS} browsers with a live session, server on one core",
    )


BENCH: Final = Bench("provider", "What applications call", _measure)
