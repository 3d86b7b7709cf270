"""JSON documents of other servers, remembered for a while."""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Lock
from typing import Final

from doorward.core.kernel.clock import Clock
from doorward.core.kernel.json_value import JsonValue
from doorward.core.kernel.outgoing import Documents, Failure, NotFetched, Web, read_object

LIVES_FOR: Final = timedelta(minutes=10)
"""How long a document is believed without asking again; so long may a key that was withdrawn still count."""

STALE_FOR: Final = timedelta(hours=24)
"""How long it may do when its server is away."""

RENEWED_AFTER: Final = timedelta(seconds=30)
"""How often a document is fetched at most because it lacked something."""

RETRIED_AFTER: Final = timedelta(seconds=5)
"""How soon a server that did not answer is asked again."""

MAX_DOCUMENTS: Final = 64
MAX_DOCUMENT_BYTES: Final = 1 << 17
TYPES: Final = ("application/json", "application/jwk-set+json")
_OK: Final = 200


@dataclass(slots=True)
class _Held:
    """A document, when it was fetched and when that last failed, in seconds of the steady clock."""

    members: Mapping[str, JsonValue] | None = None
    fetched_at: float = 0.0
    failed_at: float | None = None
    failure: NotFetched | None = None
    lock: Lock = field(default_factory=Lock)


class CachedDocuments(Documents):
    """Remembers the documents that were asked for last, at most sixty-four.

    One caller fetches, and who asks meanwhile waits for what that brings, be it a failure; but nobody else
    waits where an older one will do. What was never fetched has no claim to a place.
    """

    def __init__(self, web: Web, clock: Clock) -> None:
        self._web = web
        self._clock = clock
        self._held: OrderedDict[str, _Held] = OrderedDict()
        self._lock = Lock()

    def get(self, url: str) -> Mapping[str, JsonValue]:
        return self._find(url, LIVES_FOR, waits=False)

    def renew(self, url: str) -> Mapping[str, JsonValue]:
        return self._find(url, RENEWED_AFTER, waits=True)

    def _find(self, url: str, bound: timedelta, *, waits: bool) -> Mapping[str, JsonValue]:
        held = self._place(url)
        older = None if waits else self._kept(held, STALE_FOR)
        if older is None:
            held.lock.acquire()
        elif not held.lock.acquire(blocking=False):
            return older
        try:
            fresh = self._kept(held, bound)
            if fresh is None and not self._has_just_failed(held):
                self._fetch(url, held)
        finally:
            held.lock.release()
        found = fresh or self._kept(held, STALE_FOR)
        if found is None:
            raise held.failure or NotFetched(Failure.CONNECTION, "there is no document")
        return found

    def _kept(self, held: _Held, bound: timedelta) -> Mapping[str, JsonValue] | None:
        """Return the document as it was fetched within a bound."""
        is_within = self._clock.steady() - held.fetched_at < bound.total_seconds()
        return held.members if is_within else None

    def _has_just_failed(self, held: _Held) -> bool:
        return held.failed_at is not None and self._clock.steady() - held.failed_at < RETRIED_AFTER.total_seconds()

    def _place(self, url: str) -> _Held:
        with self._lock:
            held = self._held.setdefault(url, _Held())
            self._held.move_to_end(url)
            while len(self._held) > MAX_DOCUMENTS:
                others = (place for place, each in self._held.items() if each.members is None and place != url)
                del self._held[next(others, next(iter(self._held)))]
            return held

    def _fetch(self, url: str, held: _Held) -> None:
        asked_at = self._clock.steady()
        try:
            held.members = _read(self._web, url)
        except NotFetched as failure:
            # From when it failed: who waited for the whole of the patience is not to wait for it again.
            held.failure, held.failed_at = failure, self._clock.steady()
        else:
            held.fetched_at = asked_at


def _read(web: Web, url: str) -> Mapping[str, JsonValue]:
    answer = web.get(url, accepts=TYPES)
    if answer.status != _OK:
        raise NotFetched(Failure.STATUS, f"a document is answered with {answer.status}")
    if len(answer.body) > MAX_DOCUMENT_BYTES:
        raise NotFetched(Failure.SIZE, f"a document has more than {MAX_DOCUMENT_BYTES} bytes")
    try:
        return read_object(answer.body)
    except ValueError as error:
        raise NotFetched(Failure.CONTENT, f"a document cannot be read: {error}") from None
