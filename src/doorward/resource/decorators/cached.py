"""`@cached`: what was found out a moment ago is not found out again."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import wraps
from inspect import iscoroutinefunction
from threading import Lock
from typing import Any, Final

from doorward.core.kernel.clock import Clock
from doorward.resource.clock import SystemClock
from doorward.resource.decorators.around import P, R, require_callable_once
from doorward.resource.errors import TokenMissing
from doorward.resource.request import current_token

MAX_ENTRIES: Final = 1000
_CLOCK: Final = SystemClock()
_ABSENT: Final = object()


def cached(
    *,
    lasts: timedelta,
    is_shared_by_everybody: bool = False,
    max_entries: int = MAX_ENTRIES,
    clock: Clock = _CLOCK,
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Answer a call from memory when the same one was answered within `lasts`. Failures are not remembered.

    The same call has equal arguments of the same types, and the same caller: subject, client, scope and roles of the
    current token. What may be shown to anybody is `is_shared_by_everybody`. Two calls at the same time may both be
    made. The oldest entries go when there are more than `max_entries`.
    """

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        require_callable_once(function)
        memory = _Memory(lasts, max_entries, clock)
        whose = _nobody if is_shared_by_everybody else _caller

        if iscoroutinefunction(function):

            @wraps(function)
            async def awaited(*args: P.args, **kwargs: P.kwargs) -> Any:  # noqa: ANN401 (whatever the function gives)
                key = _key(whose(), args, kwargs)
                found = memory.find(key)
                return found if found is not _ABSENT else memory.keep(key, await function(*args, **kwargs))

            return awaited  # type: ignore[return-value]  # a coroutine function is a callable that returns what R then is

        @wraps(function)
        def called(*args: P.args, **kwargs: P.kwargs) -> Any:  # noqa: ANN401 (same)
            key = _key(whose(), args, kwargs)
            found = memory.find(key)
            return found if found is not _ABSENT else memory.keep(key, function(*args, **kwargs))

        return called

    return decorate


@dataclass(slots=True)
class _Memory:
    lasts: timedelta
    most: int
    clock: Clock
    _kept: dict[Hashable, tuple[float, object]] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def find(self, key: Hashable) -> object:
        """Return what was kept, or `_ABSENT`."""
        with self._lock:
            until, value = self._kept.get(key, (0.0, _ABSENT))
            return value if self.clock.steady() < until else _ABSENT

    def keep(self, key: Hashable, value: object) -> object:
        """Keep a value, and return it."""
        with self._lock:
            self._kept.pop(key, None)
            while self._kept and len(self._kept) >= self.most:
                del self._kept[next(iter(self._kept))]
            if self.most > 0:
                self._kept[key] = (self.clock.steady() + self.lasts.total_seconds(), value)
        return value


def _key(whose: Hashable, args: tuple[object, ...], kwargs: dict[str, object]) -> Hashable:
    """Return what tells calls apart; 1, 1.0 and True are equal, and not the same."""
    positional = tuple((type(value), value) for value in args)
    named = tuple((name, type(value), value) for name, value in sorted(kwargs.items()))
    return whose, positional, named


def _nobody() -> Hashable:
    return None


def _caller() -> Hashable:
    try:
        token = current_token()
    except TokenMissing:
        return None
    what = token.scope, token.roles, token.details, token.acr, token.amr
    return token.issuer, token.subject, token.client_id, token.actor, *what
