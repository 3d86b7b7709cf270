"""A client for what comes before the load: it makes accounts, signs in, and goes through plays by hand."""

import json
import socket
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from http.client import HTTPMessage, HTTPResponse
from http.cookies import SimpleCookie
from typing import Final

from benchmarks.peers.playing.play import Step, Variables
from benchmarks.peers.playing.rendering import request_of
from benchmarks.processes import HOST
from benchmarks.run import CannotMeasure

_PATIENCE_SECONDS: Final = 30.0
_SHOWN_CHARACTERS: Final = 500
_NONE: Final[Variables] = {}


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer, whole."""

    status: int
    headers: HTTPMessage
    body: bytes

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode(errors="replace")

    @property
    def location(self) -> str:
        """Where it sends the caller."""
        return self.headers.get("location", "")

    def member(self, name: str) -> str:
        """Return a member of a JSON body.

        Raises: CannotMeasure, when there is none of this name that is text.
        """
        members = json.loads(self.body) if self.body else {}
        value = members.get(name) if isinstance(members, dict) else None
        if not isinstance(value, str):
            raise CannotMeasure(f"there is no {name} in {self}")
        return value

    def __str__(self) -> str:
        return f"{self.status} {self.location} {self.text[:_SHOWN_CHARACTERS]}".rstrip()


@dataclass(slots=True)
class Client:
    """A caller with cookies, for a server on this machine; each request has a connection of its own."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)

    def ask(self, step: Step, variables: Variables = _NONE) -> Reply:
        """Send a step's request with the cookies in hand, keep those of the answer, and return it, whatever its status.

        A cookie that the step names itself is not added to.
        """
        headers = {**step.headers, **({} if "Cookie" in step.headers or not self.cookies else {"Cookie": self.header})}
        sent = Step(step.method, step.path, headers, step.form, step.json)
        reply = exchange(self.port, request_of(sent, variables, host=f"localhost:{self.port}"))
        self._keep(reply.headers.get_all("set-cookie", []))
        return reply

    def get(self, path: str, headers: Mapping[str, str] | None = None, *, expect: int = HTTPStatus.OK) -> Reply:
        """Return the answer to a GET.

        Raises: CannotMeasure, when its status is another.
        """
        return self._expected(Step("GET", path, headers or {}), expect)

    def post(
        self,
        path: str,
        *,
        json: Mapping[str, object] | None = None,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        expect: int = HTTPStatus.OK,
    ) -> Reply:
        """Return the answer to a POST.

        Raises: CannotMeasure, when its status is another.
        """
        return self._expected(Step("POST", path, headers or {}, form, json), expect)

    @property
    def header(self) -> str:
        """The cookies as a Cookie header holds them."""
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    def _expected(self, step: Step, status: int) -> Reply:
        reply = self.ask(step)
        if reply.status != status:
            raise CannotMeasure(f"{step.method} {step.path} was answered with {reply}, and not with {status}")
        return reply

    def _keep(self, fields: Iterable[str]) -> None:
        for field_ in fields:
            for name, morsel in SimpleCookie(field_).items():
                self.cookies.pop(name, None)
                if morsel.value and morsel["max-age"] != "0":
                    self.cookies[name] = morsel.value


def exchange(port: int, request: bytes) -> Reply:
    """Return the answer to a request as it goes over the wire.

    Raises: OSError, where there is none.
    """
    with socket.create_connection((HOST, port), timeout=_PATIENCE_SECONDS) as connection:
        connection.sendall(request)
        answer = HTTPResponse(connection, method=request.partition(b" ")[0].decode())
        answer.begin()
        return Reply(answer.status, answer.headers, answer.read())
