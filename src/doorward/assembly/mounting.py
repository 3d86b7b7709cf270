"""The whole server inside somebody else's application."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

from starlette.applications import Starlette

from doorward.api.app import Api
from doorward.assembly.app import created
from doorward.settings.load import load
from doorward.settings.problems import Problem, SettingsInvalid
from doorward.settings.record import SourceKind


def mount_in(app: object, path: str, overrides: Mapping[str, object]) -> None:
    """Mount the server below `path`, and add its life cycle to that of the application.

    Raises: TypeError. SettingsInvalid. Unavailable.
    """
    if not isinstance(app, Starlette):
        raise TypeError("the server is mounted in a FastAPI or Starlette application")
    if not path.startswith("/") or path.endswith("/"):
        raise ValueError("the path begins with a slash, and does not end with one")
    inner = created({**overrides, "issuer": _issuer_below(path, overrides)})
    app.mount(path, inner)
    _live_together(app, inner)


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


def _live_together(app: Starlette, inner: Api) -> None:
    """Begin the life of `inner` before that of `app`, and end it after."""
    outer = app.router.lifespan_context

    @asynccontextmanager
    async def live(served: Starlette) -> AsyncIterator[Mapping[str, object] | None]:
        async with inner.router.lifespan_context(inner), outer(served) as state:
            yield state

    app.router.lifespan_context = live  # type: ignore[assignment]  # hands on what `outer` yields, be it a state or none
