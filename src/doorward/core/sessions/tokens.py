"""The opaque tokens of a session: refresh tokens and device tokens."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from doorward.core.kernel import secrets
from doorward.core.kernel.ids import AccountId, DeviceId, SessionId, is_id
from doorward.core.kernel.sealing import Sealer
from doorward.core.kernel.secrets import Envelopes
from doorward.core.sessions.records import KnownDevice

_REFRESH: Final = "dwr1"
_DEVICE: Final = "dwd1"
_PAGE: Final = "dwp1"
DEVICE_LIVES_FOR: Final = timedelta(days=180)
MOST_OPENED: Final = 20_000
"""How many tokens are remembered at most."""


@dataclass(frozen=True, slots=True)
class OpenedRefreshToken:
    """A refresh token whose envelope is ours. `secret` opens the sealed successor."""

    session_id: SessionId
    generation: int
    secret: bytes

    def __repr__(self) -> str:
        return f"OpenedRefreshToken(session_id={self.session_id!r})"


@dataclass(frozen=True, slots=True)
class RefreshTokens:
    """Writes and reads refresh tokens, and seals the successor so that only its predecessor's holder can read it."""

    envelopes: Envelopes
    sealer: Sealer

    def close(self, session_id: SessionId, generation: int, secret: bytes) -> str:
        """Return the token for a secret."""
        return self.envelopes.close(_REFRESH, session_id, str(generation), secrets.encode(secret))

    def open(self, presented: str) -> OpenedRefreshToken | None:
        """Return what a presented token claims, or None when it was not made here; asks no store."""
        parts = self.envelopes.open(_REFRESH, presented, parts=3)
        if parts is None or not is_id(parts[0]) or not parts[1].isdecimal():
            return None
        secret = secrets.decode(parts[2])
        if secret is None:
            return None
        return OpenedRefreshToken(SessionId(parts[0]), int(parts[1]), secret)

    def seal_successor(self, opened: OpenedRefreshToken, successor: bytes) -> bytes:
        """Return the successor's secret, sealed under the presented one."""
        return self.sealer.seal(successor, context=self._context(opened), key=self._key(opened))

    def open_successor(self, opened: OpenedRefreshToken, sealed: bytes) -> bytes | None:
        """Return the successor's secret again."""
        return self.sealer.open(sealed, context=self._context(opened), key=self._key(opened))

    @staticmethod
    def _key(opened: OpenedRefreshToken) -> bytes:
        return secrets.mac(opened.secret, b"successor")

    @staticmethod
    def _context(opened: OpenedRefreshToken) -> str:
        return f"successor:{opened.session_id}:{opened.generation}"


@dataclass(frozen=True, slots=True)
class DeviceTokens:
    """Writes and reads the tokens that prove a known device of one account.

    Source: OWASP, Slow Down Online Guessing Attacks with Device Cookies.
    """

    envelopes: Envelopes

    def close(self, account_id: AccountId, device_id: DeviceId, *, expires_at: datetime) -> str:
        """Return the token of a device."""
        return self.envelopes.close(_DEVICE, account_id, device_id, str(int(expires_at.timestamp())))

    def open(self, presented: str | None, account_id: AccountId, *, now: datetime) -> DeviceId | None:
        """Return the device that a presented token proves for this account, or None; asks no store."""
        known = self.proven(presented, now=now)
        return known.device_id if known is not None and known.account_id == account_id else None

    def proven(self, presented: str | None, *, now: datetime) -> KnownDevice | None:
        """Return what a presented token proves for whatever account it was made for, or None; asks no store."""
        opened = self._open(presented)
        return opened[0] if opened is not None and now.timestamp() < opened[1] else None

    def is_ours(self, presented: str | None) -> bool:
        """Tell whether a presented token was made here, for whatever account; a door may let it go first."""
        return self._open(presented) is not None

    def _open(self, presented: str | None) -> tuple[KnownDevice, int] | None:
        parts = None if presented is None else self.envelopes.open(_DEVICE, presented, parts=3)
        if parts is None or not (is_id(parts[0]) and is_id(parts[1]) and parts[2].isdecimal()):
            return None
        return KnownDevice(AccountId(parts[0]), DeviceId(parts[1])), int(parts[2])


@dataclass(frozen=True, slots=True)
class PageTokens:
    """Writes and reads the tokens by which the hosted pages know a session.

    One names a session and a moment, and is good for nothing else: whether the session still lives is asked each time,
    so ending it ends the token. None leads to an access or a refresh token. One that was opened is remembered by its
    letters, with the moment that it names: the second look costs a dictionary.
    """

    envelopes: Envelopes
    _opened: dict[str, tuple[SessionId, int]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def close(self, session_id: SessionId, *, expires_at: datetime) -> str:
        """Return the token of a session."""
        return self.envelopes.close(_PAGE, session_id, str(int(expires_at.timestamp())))

    def open(self, presented: str, *, now: datetime) -> SessionId | None:
        """Return the session that a presented token names, or None when it was not made here or is too old."""
        opened = self._opened.get(presented) or self._open(presented)
        return opened[0] if opened is not None and now.timestamp() < opened[1] else None

    def _open(self, presented: str) -> tuple[SessionId, int] | None:
        parts = self.envelopes.open(_PAGE, presented, parts=2)
        if parts is None or not is_id(parts[0]) or not parts[1].isdecimal():
            return None
        if len(self._opened) >= MOST_OPENED:
            self._opened.clear()
        opened = self._opened[presented] = SessionId(parts[0]), int(parts[1])
        return opened
