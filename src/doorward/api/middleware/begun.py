"""Coroutines that are begun before any task is made for them: most of ours are over by the time they would wait."""

import asyncio
from collections.abc import Coroutine, Iterator
from typing import Generic, TypeVar

ResultT = TypeVar("ResultT")


class Begun(Coroutine[object, object, ResultT], Generic[ResultT]):
    """The rest of a coroutine that was begun with `send(None)`, and what that gave back: what it waits for.

    Whatever runs the rest, a task or an `await`, is handed that first, as if it had begun the coroutine itself.
    """

    __slots__ = ("_coroutine", "_is_handed_on", "_waits_for")

    def __init__(self, coroutine: Coroutine[object, object, ResultT], waits_for: object) -> None:
        self._coroutine = coroutine
        self._waits_for: object = waits_for
        self._is_handed_on = False

    def send(self, value: object) -> object:
        """Go on to what is waited for next."""
        if self._is_handed_on:
            return self._coroutine.send(value)
        waits_for, self._waits_for = self._waits_for, None
        self._is_handed_on = True
        return waits_for

    def throw(self, *error: object) -> object:
        """Let what is waited for have failed, or been cancelled."""
        self._is_handed_on = True
        return self._coroutine.throw(*error)  # type: ignore[call-overload]  # as it is thrown here

    def close(self) -> None:
        """End it where it waits."""
        self._coroutine.close()

    def __await__(self) -> "Begun[ResultT]":  # type: ignore[override]  # a generator by what it does
        return self

    def __iter__(self) -> Iterator[object]:
        return self

    def __next__(self) -> object:
        return self.send(None)


async def in_a_task() -> None:
    """Return within a task: whoever runs the request makes one as soon as it waits for something.

    Time limits, task groups, and the framework's own routes and streams need one. Lanes and futures do not.
    """
    if asyncio.current_task() is None:
        await asyncio.sleep(0)
