"""Hot routes: Starlette's bare request and answer, and all the same a place in the OpenAPI document."""

from collections.abc import Callable, Coroutine
from typing import Final

from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response

JSON: Final = "application/json"
_JSON_TYPE: Final = (b"content-type", JSON.encode())

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
