"""`@validated`: arguments are what their annotations say, or the call is refused."""

from collections.abc import Callable, Sequence
from functools import wraps
from inspect import iscoroutinefunction, signature
from typing import Any, Final

from pydantic import ConfigDict, ValidationError, validate_call

from doorward.core.kernel.errors import Invalid
from doorward.resource.decorators.around import P, R, require_callable_once

# The message of an error is for whoever called, and an argument may be a secret.
_CONFIG: Final = ConfigDict(hide_input_in_errors=True, arbitrary_types_allowed=True)
_Bound = tuple[tuple[Any, ...], dict[str, Any]]


def validated(function: Callable[P, R]) -> Callable[P, R]:
    """Check the arguments of each call against the function's annotations, by Pydantic, and convert what it converts.

    A call that does not fit is refused by Invalid, which names the argument and never shows its value. What the
    function itself raises stays what it is.
    """
    require_callable_once(function)
    bound = _binding(function)
    if iscoroutinefunction(function):

        @wraps(function)
        async def awaited(*args: P.args, **kwargs: P.kwargs) -> Any:  # noqa: ANN401 (whatever the function gives)
            positional, named = bound(*args, **kwargs)
            return await function(*positional, **named)

        return awaited  # type: ignore[return-value]  # a coroutine function is a callable that returns what R then is

    @wraps(function)
    def called(*args: P.args, **kwargs: P.kwargs) -> R:
        positional, named = bound(*args, **kwargs)
        return function(*positional, **named)

    return called


def _binding(function: Callable[P, R]) -> Callable[P, _Bound]:
    """Return what turns the arguments of a call into those that the function is called with."""
    names = list(signature(function).parameters)

    @validate_call(config=_CONFIG)
    @wraps(function)
    def checked(*args: Any, **kwargs: Any) -> _Bound:  # noqa: ANN401 (whatever the function takes)
        return args, kwargs

    def bound(*args: P.args, **kwargs: P.kwargs) -> _Bound:
        try:
            return checked(*args, **kwargs)
        except ValidationError as error:
            raise _invalid(error, names) from None

    return bound


def _invalid(error: ValidationError, names: Sequence[str]) -> Invalid:
    """Return the refusal of the first argument that does not fit; one that was given by its place is named too."""
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    argument, *inside = first["loc"]
    name = names[argument] if isinstance(argument, int) and argument < len(names) else argument
    return Invalid("".join(f"/{place}" for place in (name, *inside)), first["msg"])
