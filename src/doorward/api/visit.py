"""One request on its way through the doors: what was found out about it, and what its answer must carry."""

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from starlette.responses import Response
from starlette.types import Scope

from doorward.api.classes import RouteClass
from doorward.api.doors import Doors
from doorward.api.problems import Problem
from doorward.core.kernel.secrets import random_bytes
from doorward.core.sessions.records import Caller

VISIT: Final = "doorward.visit"
"""Where the visit stands in an ASGI scope."""

NONCE_BYTES: Final = 18
LONGEST_PROGRAM: Final = 256
_NO_ROUTE: Final = "none"


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a route before a request is looked at."""

    path: str
    kind: RouteClass
    methods: frozenset[str]


@dataclass(slots=True)
class Visit:
    """One request.

    `jar` holds our own cookies, on routes of a class that reads any; `body` the whole body of an unsafe request, once
    it has passed the front; `form` a form's fields.

    `is_unguarded`: it changes something, and no token against forgery was asked for because nobody seemed to be signed
    in; so nobody may be found to be, after all.

    `is_from_proxy`: a trusted proxy has sent it. `is_verdict`: the answer is for the gateway that asked, and nobody's
    browser ever sees it.

    `page_policy` is the Content-Security-Policy of a page that needs another than the common one, with `{nonce}` where
    the nonce goes; `form_targets` are origins that this page's forms may lead to besides our own. `place` is
    where whoever must sign in first is led back to, as a path.
    """

    doors: Doors
    request_id: str
    address: str | None
    headers: Mapping[bytes, bytes]
    facts: Facts | None
    is_from_proxy: bool = False
    jar: Mapping[str, str] = field(default_factory=dict)
    body: bytes = field(default=b"", repr=False)
    form: Mapping[str, str] | None = field(default=None, repr=False)
    added_headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    is_unguarded: bool = False
    is_verdict: bool = False
    page_policy: str | None = None
    form_targets: tuple[str, ...] = ()
    place: str | None = None
    error_page: "Callable[[Visit, Problem], Response] | None" = None
    _nonce: str | None = None

    @classmethod
    def of(cls, scope: Scope) -> "Visit":
        """Return the visit that a scope belongs to."""
        visit = scope[VISIT]
        if not isinstance(visit, cls):
            raise TypeError("the scope did not come through the front")
        return visit

    def header(self, name: bytes) -> str | None:
        """Return a header field, whose name is given in lower case."""
        value = self.headers.get(name)
        return None if value is None else value.decode("latin-1")

    @property
    def nonce(self) -> str:
        """The nonce of this answer's scripts and styles: fresh for every answer, 144 bits."""
        if self._nonce is None:
            self._nonce = base64.b64encode(random_bytes(NONCE_BYTES)).decode()
        return self._nonce

    @property
    def has_nonce(self) -> bool:
        """Tell whether a page asked for the nonce."""
        return self._nonce is not None

    @property
    def route(self) -> str:
        """The path as declared, for logs and metrics; `none` where there is no such route."""
        return self.facts.path if self.facts else _NO_ROUTE

    @property
    def program(self) -> str:
        """The program that the caller claims to be."""
        return (self.header(b"user-agent") or "")[:LONGEST_PROGRAM]

    def caller(self, device_token: str | None) -> Caller:
        """Return what is known of the caller, none of it proven."""
        return Caller(self.address, self.program, device_token)

    @property
    def wants_page(self) -> bool:
        """Tell whether a refusal should be a page that people read: on pages, and where a browser looks for one."""
        if self.facts is not None:
            return self.facts.kind is RouteClass.PAGE
        return b"text/html" in self.headers.get(b"accept", b"")
