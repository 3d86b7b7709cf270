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
    """A document, when it was fetched and when it was last asked for, in seconds of the steady clock."""

    members: Mapping[str, JsonValue] | None = None
    fetched_at: float = 0.0
    tried_at: float | None = None
    failure: NotFetched | None = None
    lock: Lock = field(default_factory=Lock)


class CachedDocuments(Documents):
    """Remembers the documents that were asked for last, at most sixty-four; whoever asks meanwhile waits for them."""

    def __init__(self, web: Web, clock: Clock) -> None:
        self._web = web
        self._clock = clock
        self._held: OrderedDict[str, _Held] = OrderedDict()
        self._lock = Lock()

    def get(self, url: str) -> Mapping[str, JsonValue]:
        return self._find(url, LIVES_FOR)

    def renew(self, url: str) -> Mapping[str, JsonValue]:
        return self._find(url, RENEWED_AFTER)

    def _find(self, url: str, bound: timedelta) -> Mapping[str, JsonValue]:
        held = self._place(url)
        with held.lock:
            now = self._clock.steady()
            if held.members is None or now - held.fetched_at >= bound.total_seconds():
                self._fetch(url, held, now)
            if held.members is not None and now - held.fetched_at < STALE_FOR.total_seconds():
                return held.members
            raise held.failure or NotFetched(Failure.CONNECTION, "there is no document")

    def _place(self, url: str) -> _Held:
        with self._lock:
            held = self._held.setdefault(url, _Held())
            self._held.move_to_end(url)
            while len(self._held) > MAX_DOCUMENTS:
                self._held.popitem(last=False)
            return held

    def _fetch(self, url: str, held: _Held, now: float) -> None:
        if held.tried_at is not None and now - held.tried_at < RETRIED_AFTER.total_seconds():
            return
        held.tried_at = now
        try:
            held.members = _read(self._web, url)
        except NotFetched as failure:
            held.failure = failure
        else:
            held.fetched_at = now


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
