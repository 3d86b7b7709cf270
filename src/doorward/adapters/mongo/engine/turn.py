"""The turn: the right to write, which one holder has at a time, among all processes.

It is one document. Who takes it raises its number, in one atomic update. No clocks are compared: who sees the same
number held for `LEASE`, by its own clock, takes it over. A holder writes only under its own number, so one that lost
its turn while it was paused writes nothing.

The commit is one update as well. Where the server has no transactions it puts the journal into the turn's document;
from that moment the units are kept. Then the journal is applied and cleared, and the turn laid down. Whoever takes a
turn and finds a journal applies it first. Where the server has transactions, one of them does all of it.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from threading import Event
from time import monotonic
from typing import Final

from pymongo import ReturnDocument
from pymongo.client_session import ClientSession
from pymongo.read_concern import ReadConcern
from pymongo.read_preferences import ReadPreference

from doorward.adapters.mongo.engine.client import Client, faults
from doorward.adapters.mongo.engine.connection import PATIENCE, Query, away
from doorward.adapters.mongo.engine.journal import Applying, Journal, read, written
from doorward.adapters.mongo.engine.table import Document
from doorward.core.kernel.errors import Unavailable
from doorward.core.kernel.secrets import encode, random_bytes

COLLECTION: Final = "dw_turn"
LEASE: Final = timedelta(seconds=3)
"""How long the turn is left to a holder that shows no sign of life."""

THE_ONE: Final[Document] = {"_id": "writer"}
_FREE: Final[Document] = {"holder": None, "journal": None}
_SHORTEST_PAUSE: Final = 0.002
_LONGEST_PAUSE: Final = 0.032
_COURTESY: Final = 0.1
"""Seconds that a turn which somebody waits for is left to them; they may have given up."""


@dataclass(frozen=True, slots=True)
class Held:
    """A turn that was taken: its number, the number of the last commit before it, and the server's own time."""

    number: int
    committed: int
    taken_at: datetime


class Turn:
    """Takes the turn for one process, commits under it, and lays it down."""

    def __init__(self, client: Client, *, lease: timedelta = LEASE, patience: timedelta = PATIENCE) -> None:
        self._client = client
        self._database = client.database
        self._turns = client.database[COLLECTION]
        self._lease = lease.total_seconds()
        self._patience = patience.total_seconds()
        self._me = encode(random_bytes(16))

    def take(self) -> Held:
        """Return when the turn is ours, and everything that was committed before is in force.

        Raises: Unavailable, when it cannot be had in time. RuntimeError, when the store was never migrated.
        """
        with faults():
            # One that is ours already was left behind: the answer to our last word was lost on the way.
            ours_or_nobodys = {"$in": [None, self._me]}
            taken = self._claim({"holder": ours_or_nobodys, "wanted_by": ours_or_nobodys}) or self._wait()
            return self._forward(taken)

    def commit(self, held: Held, journal: Journal) -> None:
        """Keep what a journal holds, and lay the turn down. When this returns, it is durable and in force.

        Raises: Unavailable, when the turn was lost; then nothing was kept.
        """
        keep = self._commit_at_once if self._client.has_transactions else self._write_down
        try:
            with faults():
                is_kept = keep(held, journal)
        except Unavailable:
            if not self._was_committed(held):
                raise
            return
        if not is_kept:
            raise away()
        if not self._client.has_transactions:
            self._bring_into_force(held, journal)

    def lay_down(self, held: Held) -> None:
        """Let others have the turn; nothing happens when it was lost.

        Raises: Unavailable.
        """
        with faults():
            self._update(held, _FREE)

    def _claim(self, condition: Query) -> Document | None:
        return self._turns.find_one_and_update(
            {**THE_ONE, **condition},
            {
                "$set": {"holder": self._me, "wanted_by": None},
                "$inc": {"number": 1},
                "$currentDate": {"taken_at": True},
            },
            return_document=ReturnDocument.AFTER,
        )

    def _wait(self) -> Document:
        """Return the turn when its holder has laid it down, or has shown no sign of life for a lease.

        Who waits says so, and the others let it go first: else a busy process would take its own turns one by one.
        """
        begun = since = monotonic()
        seen, pause = -1, _SHORTEST_PAUSE
        while monotonic() - begun < self._patience:
            document = self._seen()
            if document["number"] != seen:
                seen, since, pause = document["number"], monotonic(), _SHORTEST_PAUSE
                self._turns.update_one(
                    {**THE_ONE, "number": seen, "wanted_by": None}, {"$set": {"wanted_by": self._me}}
                )
            if monotonic() - since >= self._wait_for(document):
                taken = self._claim({"holder": document["holder"], "number": seen})
                if taken is not None:
                    return taken
            Event().wait(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)
        raise away()

    def _wait_for(self, document: Document) -> float:
        """Return for how many seconds the turn must have stood as it does before we may take it."""
        if document["holder"] not in (None, self._me):
            return self._lease
        return 0 if document.get("wanted_by") in (None, self._me) else _COURTESY

    def _seen(self) -> Document:
        document = self._turns.find_one(THE_ONE)
        if document is None:
            raise RuntimeError("the store was never migrated; run `doorward store migrate`")
        return document

    def _forward(self, taken: Document) -> Held:
        """Bring into force what the holder before has committed and not applied."""
        held = Held(taken["number"], taken["committed"], taken["taken_at"])
        if taken["journal"] is None:
            return held
        Applying(self._database, taken["journal_of"], held.taken_at)(read(taken["journal"]))
        if not self._update(held, {"journal": None, "committed": taken["journal_of"]}):
            raise away()
        return replace(held, committed=taken["journal_of"])

    def _write_down(self, held: Held, journal: Journal) -> bool:
        """Keep a journal, and tell whether the turn was still ours; if not, nothing was kept."""
        return self._update(held, {"journal": written(journal), "journal_of": held.number})

    def _bring_into_force(self, held: Held, journal: Journal) -> None:
        try:
            with faults():
                is_newest = Applying(self._database, held.number, held.taken_at)(journal)
                was_ours = self._update(held, {**_FREE, "committed": held.number})
        except Unavailable:
            self.lay_down(self.take())  # it is kept: taking the turn again applies what is left of it
            return
        if was_ours and not is_newest:
            raise RuntimeError("the store holds writes of later turns than its own: it was put together from two")

    def _commit_at_once(self, held: Held, journal: Journal) -> bool:
        with (
            self._database.client.start_session() as session,
            session.start_transaction(
                read_concern=ReadConcern("snapshot"),
                write_concern=self._database.write_concern,
                read_preference=ReadPreference.PRIMARY,
            ),
        ):
            if not self._update(held, {**_FREE, "committed": held.number}, session=session):
                session.abort_transaction()
                return False
            Applying(self._database, held.number, held.taken_at, session)(journal)
        return True

    def _was_committed(self, held: Held) -> bool:
        """Find out what became of a commit whose answer was lost.

        Taking the turn again keeps it from arriving late, and applies it if it has arrived.
        """
        again = self.take()
        self.lay_down(again)
        return again.committed == held.number

    def _update(self, held: Held, change: Document, *, session: ClientSession | None = None) -> bool:
        """Write to the turn's document if the turn is still ours, and tell whether it was."""
        ours = {**THE_ONE, "number": held.number, "holder": self._me}
        return self._turns.update_one(ours, {"$set": change}, session=session).matched_count == 1
