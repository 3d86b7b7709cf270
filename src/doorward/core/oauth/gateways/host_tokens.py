"""The tokens by which one guarded host knows a session."""

from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Final

from doorward.core.kernel.ids import SessionId, is_id
from doorward.core.kernel.secrets import Envelopes, digest, encode
from doorward.core.sessions.tokens import MOST_OPENED

_KIND: Final = "dwh1"
_PARTS: Final = 3
_ORIGIN_BYTES: Final = 16


@dataclass(frozen=True, slots=True)
class _Opened:
    session_id: SessionId
    until: int
    tag: str


@dataclass(frozen=True, slots=True)
class HostTokens:
    """Writes and reads tokens that name a session, a moment and one host.

    The application behind the gateway sees the cookies of its host, so the token is good for nothing but to be let in
    there again. Whether the session lives is asked each time: ending it ends all of them. One that was opened is
    remembered by its letters, like a token of the pages.
    """

    envelopes: Envelopes
    _opened: dict[str, _Opened] = field(default_factory=dict, init=False, repr=False, compare=False)

    def close(self, session_id: SessionId, *, origin: str, expires_at: datetime) -> str:
        """Return the token of a session for a host."""
        return self.envelopes.close(_KIND, session_id, str(int(expires_at.timestamp())), _tag(origin))

    def open(self, presented: str, *, origin: str, now: datetime) -> SessionId | None:
        """Return the session that a token names; None: it was not made here, is too old, or is for another host."""
        opened = self._opened.get(presented) or self._open(presented)
        if opened is None or opened.tag != _tag(origin):
            return None
        return opened.session_id if now.timestamp() < opened.until else None

    def _open(self, presented: str) -> _Opened | None:
        parts = self.envelopes.open(_KIND, presented, parts=_PARTS)
        if parts is None or not is_id(parts[0]) or not parts[1].isdecimal():
            return None
        if len(self._opened) >= MOST_OPENED:
            self._opened.clear()
        opened = self._opened[presented] = _Opened(SessionId(parts[0]), int(parts[1]), parts[2])
        return opened


@lru_cache(maxsize=64)
def _tag(origin: str) -> str:
    return encode(digest(origin.encode())[:_ORIGIN_BYTES])
