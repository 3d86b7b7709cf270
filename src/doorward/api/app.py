"""Putting the doors together: every router, one front."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from fastapi import APIRouter, FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException  # noqa: TID251 (caught here, never raised)
from starlette.types import Receive, Scope, Send

from doorward.api.answers import on_invalid, on_refusal, on_status, on_unforeseen
from doorward.api.docs.document import Document
from doorward.api.docs.routes import docs_router, document_router
from doorward.api.doors import Doors
from doorward.api.gateways import check, come_back
from doorward.api.limits import LIMITED
from doorward.api.middleware.chosen import Chosen
from doorward.api.middleware.front import ErrorPage, Front
from doorward.api.middleware.plan import Plan, plan_of
from doorward.api.oauth import browser, device, par, tokens, userinfo
from doorward.api.oauth import register as client_registration
from doorward.api.oauth.discovery import discovery_router
from doorward.api.operation import health, mailbox, metrics, well_known
from doorward.api.v1 import feed
from doorward.api.v1.admin import accounts as admin_accounts
from doorward.api.v1.admin import audit as admin_audit
from doorward.api.v1.admin import clients as admin_clients
from doorward.api.v1.admin import consents as admin_consents
from doorward.api.v1.admin import jobs as admin_jobs
from doorward.api.v1.admin import keys as admin_keys
from doorward.api.v1.admin import locks as admin_locks
from doorward.api.v1.admin import settings as admin_settings
from doorward.api.v1.mobile import accounts as mobile_accounts
from doorward.api.v1.mobile import files as mobile_files
from doorward.api.v1.mobile import login as mobile_login
from doorward.api.v1.mobile import sessions as mobile_sessions
from doorward.api.v1.public import recover, register
from doorward.api.v1.web import accounts as web_accounts
from doorward.api.v1.web import files as web_files
from doorward.api.v1.web import login as web_login
from doorward.api.v1.web import sessions as web_sessions
from doorward.api.versions import ENDINGS, Ending, in_first, version_of
from doorward.core.kernel.errors import Refusal

ROUTERS = (
    web_login.router,
    web_login.hot,
    web_accounts.hot,
    web_accounts.router,
    web_sessions.router,
    web_files.router,
    mobile_accounts.hot,
    mobile_accounts.router,
    mobile_sessions.router,
    mobile_files.router,
    mobile_login.hot,
    mobile_login.router,
    admin_accounts.router,
    admin_clients.router,
    admin_audit.router,
    admin_jobs.router,
    admin_keys.router,
    admin_locks.router,
    admin_settings.router,
    admin_consents.router,
    feed.router,
    client_registration.router,
    register.router,
    recover.router,
    tokens.hot,
    browser.hot,
    par.hot,
    device.hot,
    userinfo.hot,
    check.hot,
    come_back.hot,
    well_known.router,
    health.hot,
    health.router,
    metrics.router,
)


class Api(FastAPI):
    """The application: FastAPI behind the front, which every request passes first."""

    front: Front

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] == "http":
            await self.front(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)

    async def behind(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request that has passed the front."""
        await super().__call__(scope, receive, send)


def build(
    doors: Doors,
    *,
    pages: Sequence[APIRouter] = (),
    error_page: ErrorPage | None = None,
    routers: Sequence[APIRouter] = ROUTERS,
    endings: Mapping[str, Ending] = ENDINGS,
) -> Api:
    """Return the application. `pages` are the routers of the hosted pages, `error_page` shows a refusal on them.

    `routers` are those of the API, and `endings` say what of it will end.
    """
    app = Api(
        title="Doorward",
        version=doors.version,
        description="Registration, sign-in, sessions and tokens.",
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=_lifespan(doors),
        # The framework's spans would hold whole query strings: what is told of a request, our own watch tells.
        telemetry={
            "tracing": False,
            "metrics": False,
            "logs": False,
            "operation_spans": False,
            "auto_configure": False,
        },
        generate_unique_id_function=_operation_id,
        exception_handlers={
            Refusal: on_refusal,
            RequestValidationError: on_invalid,
            HTTPException: on_status,
            Exception: on_unforeseen,
        },
    )
    for router in (
        *routers,
        *_routers(doors),
        document_router(Document(app, doors, frozenset(endings))),
        docs_router(),
        *pages,
    ):
        _take(app, router)
    app.router.middleware_stack = Chosen(app.router)
    app.front = Front(app.behind, doors, _plan(app, endings), error_page)
    return app


def _take(app: FastAPI, router: APIRouter) -> None:
    """Let the application answer at the routes of a router, which carry their prefix and their class already.

    Including the router would make each of them a second time: a sixth of every start.
    """
    for route in router.routes:
        if isinstance(route, APIRoute):
            route.unique_id = _operation_id(route)
        app.router.routes.append(route)


def _routers(doors: Doors) -> list[APIRouter]:
    routers = [well_known.key_set_router(), discovery_router(doors)]
    return [*routers, mailbox.router] if doors.mailbox is not None else routers


def _plan(app: FastAPI, endings: Mapping[str, Ending]) -> Plan:
    return plan_of((route for route in app.routes if isinstance(route, APIRoute)), LIMITED, endings)


def _operation_id(route: APIRoute) -> str:
    """Return the name by which generated clients call a route. That of the first version says no version."""
    later = [version_of(route.path)] if in_first(route.path) != route.path else []
    return "_".join((*later, *map(str, route.tags[:1]), route.name))


def _lifespan(doors: Doors) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def live(_: FastAPI) -> AsyncIterator[None]:
        yield
        doors.lanes.close()

    return live
