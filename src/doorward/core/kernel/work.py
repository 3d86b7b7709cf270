"""The unit of work: what is written inside one is kept whole, or not at all."""

from abc import abstractmethod
from contextlib import AbstractContextManager
from typing import Protocol, TypeVar

WorkT_co = TypeVar("WorkT_co", covariant=True)


class OpensWork(Protocol[WorkT_co]):
    """Opens a unit of work on the store.

    Leaving the block commits: when it returns, the change is durable. An exception inside undoes everything that the
    block wrote. Raises `Unavailable` on opening, inside or on leaving when the store is away; then nothing was kept.
    """

    @abstractmethod
    def __call__(self) -> AbstractContextManager[WorkT_co]:
        """Open one unit of work; it must not be opened inside another one."""


class OpensView(Protocol[WorkT_co]):
    """Opens a view of the store, for reading only: cheaper than a unit of work, and it never waits for a writer.

    Every read sees what was committed before it; two reads of one view may see different moments.
    """

    @abstractmethod
    def __call__(self) -> AbstractContextManager[WorkT_co]:
        """Open one view."""
