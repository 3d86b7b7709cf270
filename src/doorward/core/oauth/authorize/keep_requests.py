"""Requests that are kept while somebody signs in or consents, and those that clients push.

Source: RFC 9126 sections 2.2 and 4.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from pydantic import TypeAdapter

from doorward.core.kernel import secrets
from doorward.core.oauth.authorize.errors import RequestUnknown
from doorward.core.oauth.authorize.records import Kept, Values
from doorward.core.oauth.records import INTERACTION_LIVES_FOR, REQUEST_LIVES_FOR
from doorward.core.onetime.mint import Mint
from doorward.core.onetime.ports import HasOneTimes
from doorward.core.onetime.records import OneTime, Purpose

URN: Final = "urn:ietf:params:oauth:request_uri:"
PURPOSES: Final = (Purpose.PUSHED_REQUEST, Purpose.SIGN_IN_REQUEST)

_PARAMETERS: Final = "parameters"
_BROWSER: Final = "browser"
_PUSHED: Final = "pushed"
_VALUES: Final = TypeAdapter(dict[str, tuple[str, ...]])


@dataclass(frozen=True, slots=True)
class KeptRequests:
    """Keeps requests, finds them by their tokens, and finishes each at most once."""

    mint: Mint

    def push(self, work: HasOneTimes, client_id: str, values: Values, *, now: datetime) -> Kept:
        """Keep a request that belongs to no browser yet."""
        return self._keep(
            work, Purpose.PUSHED_REQUEST, client_id, {_PARAMETERS: _VALUES.dump_json(dict(values)).decode()}, now=now
        )

    def wait(
        self, work: HasOneTimes, client_id: str, values: Values, *, browser: bytes, pushed: bytes | None, now: datetime
    ) -> Kept:
        """Keep a request that waits for the person at this browser."""
        payload = {_PARAMETERS: _VALUES.dump_json(dict(values)).decode(), _BROWSER: browser.hex()}
        if pushed is not None:
            payload[_PUSHED] = pushed.hex()
        return self._keep(work, Purpose.SIGN_IN_REQUEST, client_id, payload, now=now)

    def find(self, work: HasOneTimes, token: str, *, now: datetime) -> Kept | None:
        """Return the request of a presented token; one that was not made here is refused without a read."""
        opened = self.mint.open(token)
        if opened is None or opened[0] not in PURPOSES:
            return None
        artefact = work.onetimes.peek(*opened, now=now)
        return None if artefact is None else _kept(token, artefact)

    def finish(self, work: HasOneTimes, kept: Kept, *, now: datetime) -> None:
        """Use a request up; nobody finishes it again, whichever browser it was opened in.

        Raises: RequestUnknown, when somebody was faster.
        """
        if work.onetimes.consume(kept.purpose, kept.digest, now=now) is None:
            raise RequestUnknown
        if kept.pushed is None:
            return
        work.onetimes.consume(Purpose.PUSHED_REQUEST, kept.pushed, now=now)
        until = now + INTERACTION_LIVES_FOR + REQUEST_LIVES_FOR
        if not work.onetimes.spend(Purpose.PUSHED_REQUEST, kept.pushed, until=until, now=now):
            raise RequestUnknown

    def _keep(
        self, work: HasOneTimes, purpose: Purpose, client_id: str, payload: dict[str, str], *, now: datetime
    ) -> Kept:
        minted = self.mint.make(purpose, client_id, now=now, payload=payload)
        work.onetimes.add(minted.artefact)
        return _kept(minted.token, minted.artefact)


def token_of(request_uri: str) -> str | None:
    """Return the token in a request URI of ours, or None: no other is ever looked at, let alone fetched.

    Source: RFC 9101 section 10.4.1; RFC 9126 section 2.2.
    """
    return request_uri.removeprefix(URN) if request_uri.startswith(URN) else None


def browser_digest(held: str) -> bytes:
    """Return the digest of what a browser holds, by which its requests are known."""
    return secrets.digest(held.encode("utf-8", "surrogatepass"))


def _kept(token: str, artefact: OneTime) -> Kept:
    browser, pushed = artefact.payload.get(_BROWSER), artefact.payload.get(_PUSHED)
    is_pushed = artefact.purpose is Purpose.PUSHED_REQUEST
    return Kept(
        token=token,
        purpose=artefact.purpose,
        digest=artefact.digest,
        created_at=artefact.created_at,
        values=_VALUES.validate_json(artefact.payload[_PARAMETERS]),
        client_id=artefact.subject,
        browser=None if browser is None else bytes.fromhex(browser),
        pushed=artefact.digest if is_pushed else None if pushed is None else bytes.fromhex(pushed),
    )
