"""Protecting routes of a FastAPI application, by dependencies that show in its OpenAPI document."""

from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any, Final

from fastapi import APIRouter, FastAPI, Security, WebSocket
from fastapi.openapi.models import HTTPBearer
from fastapi.security.base import SecurityBase
from starlette.requests import HTTPConnection
from starlette.responses import Response

from doorward.core.keys.records import AccessToken
from doorward.resource.errors import AccessRefused
from doorward.resource.metadata import resource_metadata
from doorward.resource.middleware.answers import Answer, document, refusal
from doorward.resource.middleware.asgi import checked, send_answer
from doorward.resource.needs import Needs
from doorward.resource.request import acting
from doorward.resource.verifier import Verifier

_STATE: Final = "doorward_verifier"


@dataclass(frozen=True)
class _Required(SecurityBase):
    """A dependency: the token of the request, if it is enough. In the OpenAPI document it is a security scheme."""

    needs: Needs
    model = HTTPBearer(bearerFormat="at+jwt", description="An access token (RFC 9068), or one bound by DPoP.")
    scheme_name = "AccessToken"

    async def __call__(self, connection: HTTPConnection) -> AsyncIterator[AccessToken]:
        """Give the token, which is the current one until the request is answered.

        Raises: AccessRefused.
        """
        verifier = verifier_of(connection)
        token = await checked(connection.scope, verifier)
        self.needs.check(token, verifier.clock.now())
        with acting(token):
            yield token


def Require(  # noqa: N802 (it stands where FastAPI's own Depends and Security stand)
    *,
    scope: str | Collection[str] = (),
    role: str | None = None,
    fresh: timedelta | None = None,
    acr: str | Collection[str] = (),
) -> Any:  # noqa: ANN401 (FastAPI's own type of a dependency)
    """Return a dependency that lets a request through when its token is enough, and gives the token.

    `scope` are scopes that the token must all have, `role` one that its subject must have, `fresh` how long ago the
    sign-in may be, `acr` which authentication contexts will do.
    """
    needs = Needs.of(scope, role, fresh, acr)
    return Security(_Required(needs), scopes=list(needs.scope))


CurrentUser = Annotated[AccessToken, Require()]
"""The token of the request, of whatever scope: `user.subject` is who it stands for."""


def protect(
    app: FastAPI,
    verifier: Verifier,
    *,
    scopes: Collection[str] = (),
    name: str | None = None,
    documentation: str | None = None,
) -> None:
    """Let the routes of an application ask `verifier`: those that have `CurrentUser` or `Require` among what they need.

    Refusals become challenges, and the metadata of the resource is published when its audience is an address.
    """
    setattr(app.state, _STATE, verifier)
    app.add_exception_handler(AccessRefused, _refused)
    if verifier.metadata_path is not None:
        app.include_router(protected_resource_metadata(verifier, scopes=scopes, name=name, documentation=documentation))


def protected_resource_metadata(
    verifier: Verifier, *, scopes: Collection[str] = (), name: str | None = None, documentation: str | None = None
) -> APIRouter:
    """Return the route of the metadata of a resource (RFC 9728 section 3).

    Raises: ValueError, when the audience is no address.
    """
    answer = document(resource_metadata(verifier, scopes=scopes, name=name, documentation=documentation))
    router = APIRouter()

    @router.get(verifier.metadata_path or "", tags=["metadata"])
    async def show_resource_metadata() -> Response:
        """Show who issues tokens for this resource, and how they are presented."""
        return _response(answer)

    return router


def verifier_of(connection: HTTPConnection) -> Verifier:
    """Return the verifier that an application was given.

    Raises: RuntimeError, when it was given none.
    """
    verifier = getattr(connection.app.state, _STATE, None)
    if not isinstance(verifier, Verifier):
        raise RuntimeError("Call doorward.resource.fastapi.protect(app, verifier) before routes ask for tokens.")  # noqa: TRY004 (nobody passed a wrong type)
    return verifier


async def _refused(connection: HTTPConnection, refused: Exception) -> Response:
    """Return the challenge. To a handshake nobody would send what is returned, so it is sent here."""
    if not isinstance(refused, AccessRefused):
        raise refused
    answer = refusal(refused, verifier_of(connection))
    if isinstance(connection, WebSocket):
        await send_answer(answer, connection.scope, connection.send)
    return _response(answer)


def _response(answer: Answer) -> Response:
    response = Response(answer.body, answer.status)
    response.raw_headers = [(key.encode(), value.encode("latin-1")) for key, value in answer.headers]
    return response
