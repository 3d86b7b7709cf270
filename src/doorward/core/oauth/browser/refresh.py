"""Exchanging the refresh token in the cookie for the next access token.

Source: RFC 6749 section 6; RFC 9700 section 4.14.2; OAuth 2.0 for Browser-Based Applications section 6.3.2.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from doorward.core.kernel import secrets
from doorward.core.oauth.browser.admit import AdmitPage
from doorward.core.oauth.browser.records import FromPage
from doorward.core.oauth.errors import OAuthCode, OAuthError
from doorward.core.oauth.grants.records import Issued
from doorward.core.oauth.grants.refresh import Found, RefreshGrant
from doorward.core.sessions.records import Caller
from doorward.core.sessions.rules import is_just_made

PATH: Final = "/oauth/browser/refresh"


@dataclass(frozen=True, slots=True)
class RefreshForPage:
    """Continue the session that a browser keeps for a client, for whichever of its tabs asks.

    All tabs hold one cookie, and may ask at the same moment and be answered in any order. So a token that was made a
    moment ago is not rotated yet: it stays the cookie, while tabs that sent the one before still come to it.
    """

    admit: AdmitPage
    refresh: RefreshGrant

    def __call__(self, page: FromPage) -> Issued:
        """Return the tokens. The refresh token among them is for the cookie, and for nothing else.

        Raises: OAuthError, UseNonce, Unavailable. When the token was used before outside the overlap, its session has
        ended by then.
        """
        asked = self.admit.asked(page, path=PATH)
        if page.refresh_token is None:
            raise OAuthError(OAuthCode.INVALID_GRANT, "The browser keeps no refresh token of this client.")
        found = self.refresh.look(asked, page.refresh_token)
        if self._is_just_made(found, asked.now):
            return self.refresh.issue(found.grounds, found.wanted, now=asked.now)
        return self.refresh.go_on(asked, found, caller=Caller(device_token=page.device_token))

    def _is_just_made(self, found: Found, now: datetime) -> bool:
        session = found.grounds.session
        away = self.refresh.sessions.outages.within(session.superseded_at or now, now)
        return is_just_made(session, secrets.digest(found.opened.secret), now, away=away)
