"""Signing out of an application that runs in a browser, and of nothing else.

Source: RFC 7009; OAuth 2.0 for Browser-Based Applications section 6.3.
"""

from dataclasses import dataclass

from doorward.core.oauth.browser.admit import AdmitPage
from doorward.core.oauth.browser.end import EndKept
from doorward.core.oauth.browser.records import FromPage
from doorward.core.sessions.records import EndReason


@dataclass(frozen=True, slots=True)
class SignOutPage:
    """End the session that a browser keeps for a client. The person stays signed in here."""

    admit: AdmitPage
    end: EndKept

    def __call__(self, page: FromPage) -> None:
        """Return when the end is durable. A cookie that is missing or leads nowhere changes nothing.

        Raises: OAuthError, Unavailable.
        """
        self.end(self.admit.client(page), page.refresh_token, reason=EndReason.SIGNED_OUT)
