"""Why nothing is moved, in words for an operator: these refusals never meet an HTTP door."""

from collections.abc import Iterable
from typing import ClassVar


class MoveRefused(Exception):
    """A move is refused, or cannot be finished: what is wrong, why it matters, and what to do. Holds no secret."""

    code: ClassVar[str]

    def __init__(self, what: str, why: str, remedy: str) -> None:
        super().__init__(what)
        self.what = what
        self.why = why
        self.remedy = remedy


class TargetNotEmpty(MoveRefused):
    """The store to move into is in use."""

    code = "STORE_NOT_EMPTY"

    def __init__(self, kind: str, records: int) -> None:
        super().__init__(
            f"The store to fill is not empty: it holds {records} records of the kind {kind}.",
            "What is there already would be mixed with what comes, and nobody could tell them apart again.",
            "Name an empty store. To replace what is there, move that store away or remove it yourself first.",
        )


class PeopleThere(MoveRefused):
    """The store to fill with people who never were holds somebody already."""

    code = "STORE_NOT_EMPTY"

    def __init__(self, kind: str, records: int) -> None:
        super().__init__(
            f"The store holds {records} records of the kind {kind} already.",
            "Made-up people would stand among real ones, and nobody could tell them apart again.",
            "Name an empty store with DOORWARD_STORE_URL or --data-dir.",
        )


class OtherMoveUnfinished(MoveRefused):
    """The store to move into holds half of something else."""

    code = "OTHER_MOVE_UNFINISHED"

    def __init__(self, source: str) -> None:
        super().__init__(
            f"The store to fill holds an unfinished move from {source or 'somewhere that cannot be read'}.",
            "What comes from two places would be mixed.",
            "Finish that one by the command that began it, or name an empty store.",
        )


class SameStore(MoveRefused):
    """Both ends are one store."""

    code = "SAME_STORE"

    def __init__(self) -> None:
        super().__init__(
            "Both URLs lead to the same store.",
            "A store cannot be copied into itself.",
            "Correct one of them.",
        )


class SourceNotReady(MoveRefused):
    """The store to move from is not as this program needs it."""

    code = "STORE_NOT_READY"


class SidesDiffer(MoveRefused):
    """After the copy both sides differ."""

    code = "SIDES_DIFFER"

    def __init__(self, kinds: Iterable[str]) -> None:
        super().__init__(
            f"Both sides differ in: {', '.join(kinds)}.",
            "Something wrote into one of the stores meanwhile. The new store stays closed until they agree.",
            "Stop every server and worker on the old store, then run the same command again: it repeats these kinds.",
        )


class BackupExists(MoveRefused):
    """There is a file in the backup's place."""

    code = "FILE_EXISTS"

    def __init__(self, path: str) -> None:
        super().__init__(f"{path} is there already.", "A backup is never overwritten.", "Name another file.")


class BackupUnknown(MoveRefused):
    """The file is no backup that this program can read."""

    code = "BACKUP_UNKNOWN"


class BackupForeign(MoveRefused):
    """The backup was made under another secret."""

    code = "BACKUP_FOREIGN"

    def __init__(self, path: str) -> None:
        super().__init__(
            f"{path} was made under another secret.",
            "Without that secret nobody can tell whether it is genuine, nor open the keys that are sealed in it.",
            "Set DOORWARD_SECRET to the secret of the deployment that made it, or name it in DOORWARD_SECRET_PREVIOUS.",
        )


class BackupDamaged(MoveRefused):
    """The backup is not as it was written."""

    code = "BACKUP_DAMAGED"

    def __init__(self, path: str) -> None:
        super().__init__(
            f"{path} is damaged: something is missing, or was changed.",
            "A backup of which one bit differs could hold anything, an operator's account of somebody else's too.",
            "Fetch it again from where it is kept, or take another one.",
        )
