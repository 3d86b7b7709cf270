"""The whole server inside somebody else's application."""

from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from threading import Lock
from typing import Final
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from doorward.api.answers import on_refusal_beside
from doorward.api.app import Api
from doorward.api.oauth.discovery import between_host_and
from doorward.assembly.app import created
from doorward.assembly.house import require_usable
from doorward.core.kernel.errors import Refusal
from doorward.settings.load import load
from doorward.settings.problems import Problem, SettingsInvalid
from doorward.settings.record import SourceKind

_SEE_OTHER: Final = 303


class Mounted:
    """The server at the path where it is mounted.

    It is opened when the application comes to life, or at the first request where nothing gives it a life: who only
    imports the application, as tests and tools do, touches no store. `given` are the settings that stand in the code.
    """

    def __init__(self, path: str, given: Mapping[str, object], opens: Callable[[], Api]) -> None:
        self.path: Final = path
        self.given: Final = given
        self._opens = opens
        self._opened: Api | None = None
        self._lock = Lock()

    @property
    def server(self) -> Api:
        """The server, opened if it was not yet.

        Raises: SettingsInvalid. Unavailable.
        """
        with self._lock:
            self._opened = self._opened or self._opens()
            return self._opened

    @contextmanager
    def replaced_by(self, server: Api) -> Iterator[None]:
        """Let another server answer, live and end here, for as long as the block runs."""
        before, self._opened = self._opened, server
        try:
            yield
        finally:
            self._opened = before

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        await self.server(scope, receive, send)


def mount_in(app: object, path: str, overrides: Mapping[str, object]) -> None:
    """Mount the server below `path`, and add its life cycle to that of the application.

    Raises: TypeError. ValueError. SettingsInvalid.
    """
    place = require_place(app, path)
    issuer = _issuer_below(path, overrides)
    require_usable(load({**overrides, "issuer": issuer}))
    mount(place, Mounted(path, overrides, lambda: created({**overrides, "issuer": issuer})))


def require_place(app: object, path: str) -> Starlette:
    """Return the application if the server can be mounted in it at this path.

    Raises: TypeError, when it is no FastAPI or Starlette application. ValueError, when the path is none.
    """
    if not isinstance(app, Starlette):
        raise TypeError("the server is mounted in a FastAPI or Starlette application")
    if not path.startswith("/") or path.endswith("/"):
        raise ValueError("the path begins with a slash, and does not end with one")
    return app


def mount(app: Starlette, mounted: Mounted) -> None:
    """Mount the server at its path, let both live and end together, and answer what it refuses to routes beside it.

    The documents that applications look for between host and path are answered too: they lie outside the mount. So does
    the path itself without a slash, which the framework would answer by 307 to whatever host a request claims.
    """
    app.mount(mounted.path, mounted)
    app.router.routes.append(Route(mounted.path, _to_start_page, methods=["GET"], include_in_schema=False))
    app.router.routes.extend(Route(place, mounted, include_in_schema=False) for place in between_host_and(mounted.path))
    app.add_exception_handler(Refusal, on_refusal_beside)
    _live_together(app, mounted)


async def _to_start_page(request: Request) -> Response:
    return RedirectResponse(f"{request.scope['path']}/", status_code=_SEE_OTHER)


def mounted_in(app: Starlette) -> Mounted | None:
    """Return the server that is mounted in an application, if there is one."""
    found = (getattr(route, "app", None) for route in app.routes)
    return next((inner for inner in found if isinstance(inner, Mounted)), None)


def _issuer_below(path: str, overrides: Mapping[str, object]) -> str:
    loaded = load(overrides)
    issuer = loaded.settings.server.issuer
    if loaded.sources["issuer"].kind is SourceKind.DEFAULT and not loaded.settings.server.is_production:
        return f"{issuer}{path}"
    if urlsplit(issuer).path != path:
        what = f"The issuer {issuer} does not end with {path}, where the server is mounted."
        why = "Links in mails, pages and tokens would lead past it."
        remedy = f"Set DOORWARD_ISSUER to a URL that ends with {path}, or mount the server where it says."
        raise SettingsInvalid([Problem(what, why, remedy)])
    return issuer


def _live_together(app: Starlette, mounted: Mounted) -> None:
    """Begin the life of the server before that of `app`, and end it after."""
    outer = app.router.lifespan_context

    @asynccontextmanager
    async def live(served: Starlette) -> AsyncIterator[Mapping[str, object] | None]:
        inner = mounted.server
        async with inner.router.lifespan_context(inner), outer(served) as state:
            yield state

    app.router.lifespan_context = live  # type: ignore[assignment]  # hands on what `outer` yields, be it a state or none
