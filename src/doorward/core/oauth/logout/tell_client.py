"""Telling one application of one end.

Source: OpenID Connect Back-Channel Logout 1.0 sections 2.4, 2.5 and 2.7.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from doorward.core.kernel.clock import Clock
from doorward.core.kernel.ids import AccountId, JobId, SessionId, new_id
from doorward.core.kernel.outgoing import Failure, NotFetched, Web
from doorward.core.keys.keyring import Keyring
from doorward.core.oauth.clients.find import FindClient
from doorward.core.oauth.subjects import Subjects
from doorward.core.oauth.tokens.id_token import LOGOUT_TOKEN_TYPE, logout_token
from doorward.core.outbox.errors import DeliveryFailed, DeliveryRefused

_TAKEN: Final = frozenset({200, 204})
_FOR_EVER: Final = frozenset({Failure.URL, Failure.ADDRESS})
"""What no later attempt will mend: the address is none that this server speaks to."""


@dataclass(frozen=True, slots=True)
class TellClient:
    """Send a client the token that tells it of an end. Each attempt makes one of its own, as it lives for minutes."""

    find: FindClient
    keyring: Keyring
    subjects: Subjects
    web: Web
    clock: Clock

    def __call__(self, _job_id: JobId, payload: Mapping[str, str | None]) -> None:
        """Return when the client has taken it; also when it is gone, or does not want to know any more.

        Raises: DeliveryFailed, Unavailable.
        """
        named, session_id, account_id = (payload.get(name) for name in ("client_id", "session_id", "account_id"))
        client = self.find(named) if named else None
        if client is None or client.backchannel_logout_uri is None or not session_id:
            return
        subject = payload.get("subject") or (self.subjects.of(client, AccountId(account_id)) if account_id else None)
        if not subject:
            return
        now = self.clock.now()
        claims = logout_token(
            issuer=self.keyring.issuer,
            subject=subject,
            client_id=client.id,
            session_id=SessionId(session_id),
            token_id=new_id(now),
            now=now,
        )
        token = self.keyring.sign_claims(LOGOUT_TOKEN_TYPE, claims, client.id_token_algorithm)
        self._send(client.backchannel_logout_uri, token)

    def _send(self, uri: str, token: str) -> None:
        try:
            answered = self.web.post(uri, {"logout_token": token})
        except NotFetched as failure:
            kind = DeliveryRefused if failure.failure in _FOR_EVER else DeliveryFailed
            raise kind(f"the client was not reached: {failure}") from failure
        if answered.status not in _TAKEN:
            raise DeliveryFailed(f"the client answered {answered.status}")
