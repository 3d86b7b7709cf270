"""The tokens by which one guarded host knows a session."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from doorward.core.kernel.ids import SessionId, is_id
from doorward.core.kernel.secrets import Envelopes, digest, encode

_KIND: Final = "dwh1"
_PARTS: Final = 3
_ORIGIN_BYTES: Final = 16


@dataclass(frozen=True, slots=True)
class HostTokens:
    """Writes and reads tokens that name a session, a moment and one host.

    The application behind the gateway sees the cookies of its host, so the token is good for nothing but to be let in
    there again. Whether the session lives is asked each time: ending it ends all of them.
    """

    envelopes: Envelopes

    def close(self, session_id: SessionId, *, origin: str, expires_at: datetime) -> str:
        """Return the token of a session for a host."""
        return self.envelopes.close(_KIND, session_id, str(int(expires_at.timestamp())), _tag(origin))

    def open(self, presented: str, *, origin: str, now: datetime) -> SessionId | None:
        """Return the session that a token names; None: it was not made here, is too old, or is for another host."""
        parts = self.envelopes.open(_KIND, presented, parts=_PARTS)
        if parts is None or not is_id(parts[0]) or not parts[1].isdecimal() or parts[2] != _tag(origin):
            return None
        return SessionId(parts[0]) if now.timestamp() < int(parts[1]) else None


def _tag(origin: str) -> str:
    return encode(digest(origin.encode())[:_ORIGIN_BYTES])
