"""`@requires`: a function that only whoever may is let into."""

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Final

from doorward.core.kernel.clock import Clock
from doorward.resource.clock import SystemClock
from doorward.resource.decorators.around import P, R, around
from doorward.resource.needs import Needs
from doorward.resource.request import current_token

_CLOCK: Final = SystemClock()


def requires(
    *,
    scope: str | Collection[str] = (),
    role: str | None = None,
    fresh: timedelta | None = None,
    acr: str | Collection[str] = (),
    clock: Clock = _CLOCK,
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Let calls through while the current token is enough; without any, none gets through.

    The token is the one that a middleware, or `CurrentUser`, found in the request that is being answered. A call is
    refused by AccessRefused, which they turn into the right answer.
    """
    needs = Needs.of(scope, role, fresh, acr)

    @contextmanager
    def entered(*_args: object, **_kwargs: object) -> Iterator[None]:
        needs.check(current_token(), clock.now())
        yield

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        return around(function, entered)

    return decorate
