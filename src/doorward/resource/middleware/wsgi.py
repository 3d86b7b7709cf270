"""Protecting a WSGI application: whatever gets through brought a good access token along.

Source: PEP 3333.
"""

import sys
from collections.abc import Callable, Collection, Iterable, Iterator
from contextvars import copy_context
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final
from urllib.parse import quote
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from doorward.core.keys.records import AccessToken
from doorward.resource.errors import AccessRefused
from doorward.resource.metadata import resource_metadata
from doorward.resource.middleware.answers import Answer, document, refusal
from doorward.resource.needs import Needs
from doorward.resource.request import Presented, acting
from doorward.resource.verifier import Verifier

ENVIRON_KEY: Final = "doorward.access_token"
_PATH_LETTERS: Final = "/!$&'()*+,;=:@~"


def presented_in(environ: WSGIEnvironment) -> Presented:
    """Return what a request brings along. A server joins repeated fields by commas, which no token holds."""
    path = f"{environ.get('SCRIPT_NAME', '')}{environ.get('PATH_INFO', '')}"
    return Presented(
        authorization=_field(environ, "HTTP_AUTHORIZATION"),
        proofs=_field(environ, "HTTP_DPOP"),
        method=str(environ["REQUEST_METHOD"]),
        path=quote(path.encode("latin-1"), safe=_PATH_LETTERS),
        query=str(environ.get("QUERY_STRING", "")),
    )


@dataclass(frozen=True, slots=True)
class ProtectedWSGI:
    """An application whose every path needs a token that is enough, but for those in `open_paths`.

    The token stands in the environment under `doorward.access_token`, and is what `current_token` returns, also while
    the body is being made. The metadata of the resource is answered here.
    """

    app: WSGIApplication
    verifier: Verifier
    needs: Needs = field(default_factory=Needs)
    open_paths: Collection[str] = ()
    scopes: Collection[str] = ()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request, or let the application."""
        path = environ.get("PATH_INFO", "")
        if path in self.open_paths:
            return self.app(environ, start_response)
        if f"{environ.get('SCRIPT_NAME', '')}{path}" == self.verifier.metadata_path:
            return _start(document(resource_metadata(self.verifier, scopes=self.scopes)), start_response)
        try:
            token = self.verifier.check(presented_in(environ))
            self.needs.check(token, self.verifier.clock.now())
            environ[ENVIRON_KEY] = token
            return self._answered(environ, start_response, token)
        except AccessRefused as refused:
            return _start(refusal(refused, self.verifier), start_response)

    def _answered(self, environ: WSGIEnvironment, start_response: StartResponse, token: AccessToken) -> Iterable[bytes]:
        with acting(token):
            context = copy_context()
        return _Body(context.run(self.app, environ, start_response), context.run)


@dataclass(frozen=True, slots=True)
class _Body:
    """The body of an answer, made in the context of its request."""

    pieces: Iterable[bytes]
    run: Callable[..., bytes]

    def __iter__(self) -> Iterator[bytes]:
        iterator = iter(self.pieces)
        end = object()
        while (piece := self.run(next, iterator, end)) is not end:
            yield piece

    def close(self) -> None:
        close = getattr(self.pieces, "close", None)
        if close is not None:
            self.run(close)


def _field(environ: WSGIEnvironment, name: str) -> list[str]:
    return [str(environ[name])] if name in environ else []


def _start(answer: Answer, start_response: StartResponse) -> Iterable[bytes]:
    # The application may have begun an answer before it refused: what is not sent yet is taken back.
    refused = sys.exc_info()
    status = f"{answer.status} {HTTPStatus(answer.status).phrase}"
    if refused[0] is None:
        start_response(status, answer.headers)
    else:
        start_response(status, answer.headers, refused)
    return [answer.body]
