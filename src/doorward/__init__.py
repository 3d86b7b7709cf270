"""Doorward's public face. Everything but `__version__` is imported when it is used: the base install has no server."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, TypeAlias

__version__ = "0.1.0"
__all__ = ["Application", "__version__", "create_app", "mount"]

_Message: TypeAlias = MutableMapping[str, Any]
Application: TypeAlias = Callable[
    [_Message, Callable[[], Awaitable[_Message]], Callable[[_Message], Awaitable[None]]], Awaitable[None]
]
"""An ASGI application."""


def create_app(**settings: object) -> Application:
    """Return the whole server as an ASGI application, ready to answer: `uvicorn --factory doorward:create_app`.

    `settings` go before those of the environment and of doorward.toml, under the same names. The application's life
    cycle runs the worker, and closes the store at its end; logging stays as whoever calls has set it up.
    Raises: SettingsInvalid, with everything that is wrong. Unavailable, when the store is away. ModuleNotFoundError,
    without the extra `server`.
    """
    from doorward.assembly.app import created  # noqa: PLC0415 (the base install has no server)

    return created(settings)


def mount(app: Application, path: str = "/auth", **settings: object) -> None:
    """Mount the whole server inside a FastAPI application, below `path`, and let both live and end together.

    The issuer ends with the same path, because links, tokens and pages name it: `issuer="https://example.org/auth"`.
    In development it may be left out. The store is opened when the application comes to life, or at the first request:
    importing an application's module touches none. Everything else is as in `create_app`.
    Raises: TypeError, when `app` is no FastAPI or Starlette application. SettingsInvalid. ModuleNotFoundError.
    """
    from doorward.assembly.mounting import mount_in  # noqa: PLC0415 (the base install has no server)

    mount_in(app, path, settings)
