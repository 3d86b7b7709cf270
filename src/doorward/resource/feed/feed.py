"""Listening: one connection to each issuer, taken up again where it broke."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from socket import SHUT_RDWR, socket
from threading import Event, Thread
from types import TracebackType
from typing import Final, Self

import httpx2

from doorward.core.kernel.clock import Clock
from doorward.core.keys import jose
from doorward.core.keys.errors import TokenRefused
from doorward.core.keys.records import AccessToken
from doorward.core.keys.revocations import Statement, read_statement
from doorward.core.keys.tokens import LEEWAY, MAX_ACCESS_TOKEN_LIFE
from doorward.resource.clock import SystemClock
from doorward.resource.errors import VerifierUnavailable
from doorward.resource.feed.told import SILENT_AFTER, Gap, Told
from doorward.resource.fetch import Connection, Issuer, KeyDocument
from doorward.resource.keys import KeySet
from doorward.resource.signatures import PublicSignatures
from doorward.resource.verifier import Revocations

_PATIENCE: Final = httpx2.Timeout(5.0, read=12.0)
_LATE: Final = LEEWAY + timedelta(seconds=15)
_FIRST_PAUSE_SECONDS: Final = 0.2
_LONGEST_PAUSE_SECONDS: Final = 5.0
_LONGEST_LINE: Final = jose.MAX_TOKEN_CHARACTERS + 64
_OK: Final = 200


class Broken(Exception):
    """The stream cannot be gone on with; the message says why."""


_TROUBLE: Final = (
    Broken,
    TokenRefused,
    VerifierUnavailable,
    httpx2.HTTPError,
    # What `authorize` may come to.
    OSError,
    LookupError,
    RuntimeError,
    ValueError,
)


@dataclass(slots=True)
class RevocationFeed(Revocations):
    """Hears of ended sessions, disabled accounts and clients of one issuer, and refuses their tokens.

    `authorize` returns an access token for `{issuer}/v1/feed` with the scope `revocations.read`; it is asked at each
    connection, from the thread that listens; `ServiceCredentials` is one. Hand the feed to a verifier as `revocations`,
    `start` it when the application begins, and `close` it at its end, or use it as a context manager. `gap` says what
    is believed while nothing is heard; before the first word that holds too.
    """

    issuer: Issuer
    authorize: Callable[[], str]
    gap: Gap = Gap.ONLY_YOUNG
    silent_after: timedelta = SILENT_AFTER
    clock: Clock = field(default_factory=SystemClock)
    on_trouble: Callable[[str], object] = lambda _: None
    _told: Told = field(init=False)
    _key_set: KeySet = field(init=False)
    _connection: Connection = field(default_factory=Connection, init=False)
    _signatures: PublicSignatures = field(default_factory=PublicSignatures, init=False)
    _place: int | None = field(default=None, init=False)
    _is_closed: Event = field(default_factory=Event, init=False)
    _thread: Thread | None = field(default=None, init=False)
    _line: socket | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        keeps_for = MAX_ACCESS_TOKEN_LIFE + 2 * LEEWAY
        self._told = Told(self.clock, self.gap, self.silent_after, keeps_for)
        self._key_set = KeySet(self.issuer.algorithms, KeyDocument(self.issuer, self._connection), self.clock)

    def is_revoked(self, token: AccessToken) -> bool:
        """Tell whether a token is worthless by what was told, or doubtful because nothing is. It asks nobody.

        Raises: VerifierUnavailable, while nothing is heard, under `Gap.NOTHING`. RuntimeError, when the feed was never
        started, and a token is doubtful for that alone.
        """
        if token.issuer != self.issuer.url or not self._told.is_revoked(token):
            return False
        if self._thread is None and self._place is None and self.is_silent:
            raise RuntimeError("Start the feed where the application begins, and close it where it ends: `with feed:`")
        return True

    @property
    def is_silent(self) -> bool:
        """Whether nothing was heard for longer than it may."""
        return self._told.is_silent

    def start(self) -> None:
        """Begin to listen."""
        self._is_closed.clear()
        self._thread = Thread(target=self._listen, name="doorward-feed", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Listen no more."""
        self._is_closed.set()
        if self._line is not None:
            with suppress(OSError):
                self._line.shutdown(SHUT_RDWR)  # what waits for the next word is woken
        if self._thread is not None:
            self._thread.join()
        self._connection.close()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.close()

    def _listen(self) -> None:
        pause = _FIRST_PAUSE_SECONDS
        while not self._is_closed.is_set():
            before = self._place
            try:
                self._hear_out()
            except _TROUBLE as trouble:
                self.on_trouble(f"{type(trouble).__name__}: {trouble}")
            pause = _FIRST_PAUSE_SECONDS if self._place != before else min(2 * pause, _LONGEST_PAUSE_SECONDS)
            self._is_closed.wait(pause)

    def _hear_out(self) -> None:
        """Listen until the stream ends or breaks."""
        headers = {"authorization": f"Bearer {self.authorize()}", "accept": "text/event-stream"}
        if self._place is not None:
            headers["last-event-id"] = f"{self._place}"
        address = f"{self.issuer.url}/v1/feed/revocations"
        with self._connection().stream("GET", address, headers=headers, timeout=_PATIENCE) as answer:
            if answer.status_code != _OK:
                raise Broken(f"the feed answers {answer.status_code}")
            self._line = answer.extensions["network_stream"].get_extra_info("socket")
            for line in self._lines(answer):
                if line.startswith("data: "):
                    self._take(line.removeprefix("data: "))

    def _lines(self, answer: httpx2.Response) -> Iterator[str]:
        rest = ""
        for piece in answer.iter_text():
            *lines, rest = (rest + piece).split("\n")
            if len(rest) > _LONGEST_LINE:
                raise Broken("a line without end")
            yield from lines
            if self._is_closed.is_set():
                return

    def _take(self, presented: str) -> None:
        """Take a statement, if it is one of the issuer's and nothing lies between it and the one before.

        What it says of tokens is taken before its place is: a word that was heard is never lost.
        """
        statement = self._read(presented)
        if abs(self.clock.now() - statement.told_at) > _LATE:
            raise Broken("a statement of another time")
        self._told.take(statement.items)
        if self._place is not None and statement.since != self._place:
            self._place = None  # begin again, as far back as tokens live
            raise Broken("something was left out")
        self._place = statement.until
        if statement.until > statement.since or not statement.items:
            self._told.heard()

    def _read(self, presented: str) -> Statement:
        parsed = jose.parse(presented, algorithms=self.issuer.algorithms)
        if parsed.key_id is None:
            raise TokenRefused
        if self._key_set.must_fetch(parsed.key_id):
            self._key_set.fetch()
        key = self._key_set.find(parsed.key_id)
        if key is None or key.algorithm is not parsed.algorithm:
            raise TokenRefused
        if not self._signatures.verify(key.algorithm, key.public_jwk, parsed.signed, signature=parsed.signature):
            raise TokenRefused
        return read_statement(parsed, self.issuer.url)
