"""Hot routes: Starlette's bare request and answer, and all the same a place in the OpenAPI document."""

from collections.abc import Callable, Coroutine
from typing import Final

from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response

JSON: Final = "application/json"

Endpoint = Callable[[Request], Coroutine[None, None, Response]]


class ThinRoute(APIRoute):
    """A route whose endpoint takes the request and returns the answer; nothing is parsed or solved for it.

    What FastAPI is told of it (models, security) goes into the document alone. The front calls the endpoint directly.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[None, None, Response]]:
        """Return the endpoint as it is."""
        endpoint: Endpoint = self.endpoint
        return endpoint


def json_answer(body: bytes, status: int = 200) -> Response:
    """Return an answer whose body is JSON already."""
    return Response(body, status, media_type=JSON)
