"""What callers do most, each as callers of one server that do nothing else."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Final

from benchmarks import browser
from benchmarks.applications import Applications, Posting
from benchmarks.callers import SigningIn, member, refresh_request
from benchmarks.load import CALLERS, Caller
from benchmarks.processes import Server
from benchmarks.wire import Answer, Connection, get, post_form

_STRIDE: Final = 7_368_787
_TOKEN: Final = "/oauth/token"  # noqa: S105 (an address)
_CREDENTIALS: Final = {"grant_type": "client_credentials"}


@dataclass(frozen=True, slots=True)
class People:
    """Who is in a store, counted from 0 on: by their usernames, and by a refresh token of an app of each."""

    accounts: int
    login_of: Callable[[int], str]
    refresh_token_of: Callable[[int], str]


@dataclass(frozen=True, slots=True)
class Operation:
    """Something that callers do, and how many requests of it are measured at one time."""

    name: str
    requests: int
    callers: Sequence[Caller]


@dataclass(slots=True)
class _Roaming:
    """Refreshes one session after another, all over the store, and keeps each one's token for when it comes again."""

    port: int
    tokens: Callable[[int], str]
    numbers: Iterator[int]
    _kept: dict[int, str] = field(default_factory=dict)
    _at: int = 0

    def request(self) -> bytes:
        self._at = next(self.numbers)
        return refresh_request(self.port, self._kept.get(self._at) or self.tokens(self._at))

    def take(self, answer: Answer) -> None:
        self._kept[self._at] = member(answer, "refresh_token")


async def operations(server: Server, people: People, made: Applications) -> Sequence[Operation]:
    """Return the operations; those that take a session have one for each caller, of people all over the store.

    Whoever signs in or refreshes visits all accounts, in an order that has nothing to do with theirs, and no two
    callers meet at one.
    """
    connection, port = await Connection.to(server.port), server.port
    some = range(0, people.accounts, max(people.accounts // CALLERS, 1))[:CALLERS]
    cookies = [await browser.sign_in(connection, port, people.login_of(number)) for number in some]
    bearers = [await _bearer(connection, port, people.refresh_token_of(number)) for number in some]
    issued = member(await connection.ask(post_form(_TOKEN, port, _CREDENTIALS, made.basic)), "access_token")
    connection.close()

    def same(request: bytes) -> Sequence[Caller]:
        return [Posting(request)] * CALLERS

    def each(path: str, headers: Sequence[Mapping[str, str]]) -> Sequence[Caller]:
        return [Posting(get(path, port, header)) for header in headers]

    by_cookie = [{"Cookie": cookie} for cookie in cookies]
    visits = [[_visits(people, first, frozenset(some)) for first in range(CALLERS)] for _ in range(2)]
    refreshing = [_Roaming(port, people.refresh_token_of, numbers) for numbers in visits[0]]
    signing_in = [SigningIn(port, map(people.login_of, numbers)) for numbers in visits[1]]
    return (
        Operation("is it alive", 600, same(get("/healthz", port))),
        Operation("key set", 480, same(get("/.well-known/jwks.json", port))),
        Operation("session check by cookie", 400, each("/v1/web/me", by_cookie)),
        Operation("session check by bearer token", 400, each("/v1/mobile/me", bearers)),
        Operation("forward-auth by cookie", 400, each("/forward-auth", [{**_asked(port), **one} for one in by_cookie])),
        Operation("introspection", 320, same(post_form("/oauth/introspect", port, {"token": issued}, made.basic))),
        Operation("client credentials", 192, same(post_form(_TOKEN, port, _CREDENTIALS, made.basic))),
        Operation("refresh", 128, refreshing),
        Operation("login, its hash a cheap one", 64, signing_in),
    )


def guarding(issuer: str) -> Mapping[str, str]:
    """Return the settings of a server that answers gateways for its own host."""
    return {"protected_hosts": f'[{{"origin": "{issuer}"}}]', "trusted_proxies": "127.0.0.1/32"}


async def _bearer(connection: Connection, port: int, refresh_token: str) -> Mapping[str, str]:
    answer = await connection.ask(refresh_request(port, refresh_token))
    return {"Authorization": f"Bearer {member(answer, 'access_token')}"}


def _asked(port: int) -> Mapping[str, str]:
    return {
        "X-Forwarded-Method": "GET",
        "X-Forwarded-Proto": "http",
        "X-Forwarded-Host": f"localhost:{port}",
        "X-Forwarded-Uri": "/app/list?month=5",
        "X-Forwarded-For": "127.0.0.1",
    }


def _visits(people: People, first: int, without: frozenset[int]) -> Iterator[int]:
    """Yield the accounts that one caller visits, again and again, but for those whose first token was given away."""
    share = people.accounts // CALLERS
    for step in count(1):
        number = step * _STRIDE % share * CALLERS + first
        if number not in without:
            yield number
