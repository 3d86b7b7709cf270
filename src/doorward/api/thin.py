"""Hot routes: Starlette's bare request and answer, and all the same a place in the OpenAPI document."""

from collections.abc import Callable, Coroutine
from typing import Final

from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response

from doorward.api.visit import Visit
from doorward.core.kernel.secrets import digest

JSON: Final = "application/json"
_JSON_TYPE: Final = (b"content-type", JSON.encode())
_CACHEABLE: Final = b"public, max-age=300"
_ETAG_CHARACTERS: Final = 32
_NOT_MODIFIED: Final = 304

Endpoint = Callable[[Request], Coroutine[None, None, Response]]


class ThinRoute(APIRoute):
    """A route whose endpoint takes the request and returns the answer; nothing is parsed or solved for it.

    What FastAPI is told of it (models, security) goes into the document alone. The front calls the endpoint directly.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[None, None, Response]]:
        """Return the endpoint as it is."""
        endpoint: Endpoint = self.endpoint
        return endpoint


class _Json(Response):
    """An answer whose header fields are known before: nothing is looked for, lowered or encoded again."""

    def __init__(self, body: bytes, status: int) -> None:
        self.status_code = status
        self.background = None
        self.body = body
        self.raw_headers = [(b"content-length", b"%d" % len(body)), _JSON_TYPE]


def json_answer(body: bytes, status: int = 200) -> Response:
    """Return an answer whose body is JSON already."""
    return _Json(body, status)


class PublicDocument:
    """JSON that everybody may read and keep for five minutes. Its bytes and header fields are made once."""

    def __init__(self, body: bytes) -> None:
        self._etag = f'"{digest(body).hex()[:_ETAG_CHARACTERS]}"'.encode()
        self._body = body
        self._kept = [(b"cache-control", _CACHEABLE), (b"etag", self._etag)]

    def answer(self, visit: Visit) -> Response:
        """Return the document, or that it has not changed (RFC 9110 section 13.1.2)."""
        if self._etag in visit.headers.get(b"if-none-match", b""):
            answer = Response(status_code=_NOT_MODIFIED)
            answer.raw_headers = list(self._kept)
            return answer
        answer = json_answer(self._body)
        answer.raw_headers += self._kept
        return answer
