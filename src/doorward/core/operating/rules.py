"""Whether a program may work on a store."""

from enum import Enum, auto

from doorward.core.operating.records import Schema


class Fitness(Enum):
    """What a store is to a program."""

    FITS = auto()
    OLDER = auto()
    TOO_NEW = auto()
    UNFINISHED = auto()


def judge(schema: Schema) -> Fitness:
    """Return what a store with this schema is to this program.

    A newer schema fits as long as it says that it serves programs of this one's age. An older one, or none, can be
    brought up. What was copied half is nobody's to work on.
    """
    if schema.revision > schema.needed and schema.serves_since > schema.needed:
        return Fitness.TOO_NEW
    if schema.copy is not None:
        return Fitness.UNFINISHED
    return Fitness.FITS if schema.revision >= schema.needed else Fitness.OLDER
