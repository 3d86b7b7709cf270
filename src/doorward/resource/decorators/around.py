"""Doing something before and after a call, of whichever kind the function is."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import wraps
from inspect import isasyncgenfunction, iscoroutinefunction, isgeneratorfunction
from typing import Any, Final, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")
_KINDS: Final = "a plain function or one that is awaited"


def around(function: Callable[P, R], enter: Callable[P, AbstractContextManager[object]]) -> Callable[P, R]:
    """Return `function` with `enter(...)` around each call; it is given the same arguments.

    What is awaited is inside too. A generator is refused: its body runs when the call is long over.
    Raises: TypeError.
    """
    require_callable_once(function)
    if iscoroutinefunction(function):

        @wraps(function)
        async def awaited(*args: P.args, **kwargs: P.kwargs) -> Any:  # noqa: ANN401 (whatever the function gives)
            with enter(*args, **kwargs):
                return await function(*args, **kwargs)

        return awaited  # type: ignore[return-value]  # a coroutine function is a callable that returns what R then is

    @wraps(function)
    def called(*args: P.args, **kwargs: P.kwargs) -> R:
        with enter(*args, **kwargs):
            return function(*args, **kwargs)

    return called


def require_callable_once(function: Callable[..., object]) -> None:
    """Return when a function does its work while it is called, or while its result is awaited.

    Raises: TypeError.
    """
    if isgeneratorfunction(function) or isasyncgenfunction(function):
        raise TypeError(f"{function.__qualname__} is a generator: decorate {_KINDS}")


def name_of(function: Callable[..., object]) -> str:
    """Return the whole name of a function."""
    return f"{function.__module__}.{function.__qualname__}"
