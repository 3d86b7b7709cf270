"""Where somebody wanted to go before they were sent to sign in, and the proof that it is the same browser.

Nothing is kept here: whoever asks without a cookie could fill any store. The address travels in `state`, sealed
together with a mark that only this browser holds, and so is never taken from anybody else.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final
from urllib.parse import urlencode

from doorward.core.kernel.secrets import digest, mac, same
from doorward.core.keys.jose import b64url_decode, b64url_encode
from doorward.core.oauth.gateways.records import ProtectedHost, callback_of, origin_of
from doorward.core.oauth.records import INTERACTION_LIVES_FOR
from doorward.core.oauth.rules import scopes

_SEAL_BYTES: Final = 16
_PARTS: Final = 3


@dataclass(frozen=True, slots=True)
class CameBack:
    """A browser that came back: to which host, where it wanted to go there, and the verifier of its code."""

    host: ProtectedHost
    target: str
    verifier: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Returns:
    """Sends browsers to the authorization endpoint, and knows them when they come back to a guarded host.

    Source: RFC 9700 sections 2.1 and 4.7.1 (`state` and PKCE, bound to the browser); RFC 9207.
    """

    key: bytes = field(repr=False)
    issuer: str
    hosts: Mapping[str, ProtectedHost]

    def begin(self, host: ProtectedHost, target: str, *, mark: str, now: datetime) -> str:
        """Return the address that leads to the sign-in page where it must, and then back to `target` on the host."""
        state = self._state(target, mark, int((now + INTERACTION_LIVES_FOR).timestamp()))
        challenge = b64url_encode(digest(self._verifier(state, mark).encode()))
        parameters = {
            "client_id": host.client_id,
            "redirect_uri": callback_of(host, self.issuer),
            "response_type": "code",
            "scope": scopes.OPENID,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
            "state": state,
        }
        return f"{self.issuer}/oauth/authorize?{urlencode(parameters)}"

    def come_back(self, state: str, issuer: str, *, mark: str, now: datetime) -> CameBack | None:
        """Return where a browser goes on; None: this browser did not begin it, it is too old, or not from here."""
        parts = state.split(".")
        if issuer != self.issuer or len(parts) != _PARTS or not parts[0].isdecimal():
            return None
        if not same(_raw(parts[2]), self._seal(parts[0], parts[1], mark).encode()):
            return None
        if now >= datetime.fromtimestamp(int(parts[0]), UTC):
            return None
        target = b64url_decode(parts[1]).decode()
        host = self.hosts.get(origin_of(target))
        return None if host is None else CameBack(host, target, self._verifier(state, mark))

    def _state(self, target: str, mark: str, expires: int) -> str:
        spelled = b64url_encode(target.encode())
        return f"{expires}.{spelled}.{self._seal(str(expires), spelled, mark)}"

    def _seal(self, expires: str, spelled: str, mark: str) -> str:
        return b64url_encode(mac(self.key, b"return", _raw(expires), _raw(spelled), _raw(mark))[:_SEAL_BYTES])

    def _verifier(self, state: str, mark: str) -> str:
        return b64url_encode(mac(self.key, b"verifier", state.encode(), _raw(mark)))


def _raw(presented: str) -> bytes:
    return presented.encode("utf-8", "surrogatepass")
