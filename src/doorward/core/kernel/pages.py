"""Pages of a long list."""

from dataclasses import dataclass
from typing import Final, Generic, TypeVar

ItemT = TypeVar("ItemT")

MAX_PAGE_SIZE: Final = 200


@dataclass(frozen=True, slots=True)
class Page(Generic[ItemT]):
    """Some items in order, and where to go on: `next_after` is the last item's id, or None at the end."""

    items: tuple[ItemT, ...]
    next_after: str | None
