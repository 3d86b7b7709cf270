"""Exchanging a code for an access token, and a refresh token that the browser keeps from the page.

Source: OAuth 2.0 for Browser-Based Applications section 6.3; RFC 6749 section 4.1.3.
"""

from dataclasses import dataclass
from typing import Final

from doorward.core.oauth.browser.admit import AdmitPage
from doorward.core.oauth.browser.end import EndKept
from doorward.core.oauth.browser.records import FromPage
from doorward.core.oauth.grants.exchange_code import ExchangeCode
from doorward.core.oauth.grants.records import Issued
from doorward.core.sessions.records import EndReason

PATH: Final = "/oauth/browser/token"


@dataclass(frozen=True, slots=True)
class ExchangeForPage:
    """Exchange a code for a page.

    The session whose cookie gives way to the new one ends: nobody could use it any more.
    """

    admit: AdmitPage
    exchange: ExchangeCode
    end: EndKept

    def __call__(self, page: FromPage) -> Issued:
        """Return the tokens. The refresh token among them is for the cookie, and for nothing else.

        Raises: OAuthError, UseNonce, Unavailable.
        """
        asked = self.admit.asked(page, path=PATH)
        issued = self.exchange(asked)
        self.end(asked.client, page.refresh_token, reason=EndReason.REPLACED)
        return issued
