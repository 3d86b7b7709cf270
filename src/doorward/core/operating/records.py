"""What those who run a deployment look at: the shape of a store."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Schema:
    """The shape of what a store keeps, and the one that this program was written for.

    `revision` is the number of the shape, empty where nothing is kept yet. `serves_since` is the oldest revision that a
    program may have been written for and still work on this store. `needed` is the revision of this program. `copy` is
    set while a copy into this store is unfinished. Revisions compare as texts.
    """

    revision: str
    serves_since: str
    needed: str
    copy: str | None = None
