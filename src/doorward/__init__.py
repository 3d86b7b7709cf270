"""Doorward's public face. Everything but `__version__` is imported when it is used: the base install has no server."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, TypeAlias

__version__ = "0.1.0"
__all__ = ["Application", "__version__", "create_app"]

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
