"""Exchanging a refresh token for the next tokens.

Source: RFC 6749 section 6; RFC 9700 section 4.14.2; RFC 8707 section 2.2; RFC 9449 section 5.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from doorward.core.kernel.work import OpensView
from doorward.core.oauth.clients.find import FindClient
from doorward.core.oauth.grants.issue import Grounds, IssueTokens, Wanted
from doorward.core.oauth.grants.records import Asked, Issued, refused
from doorward.core.oauth.may_issue import Standing, StandingWork, may_issue
from doorward.core.oauth.ports import HasGrants
from doorward.core.oauth.records import Grant, GrantType
from doorward.core.oauth.rules import scopes
from doorward.core.oauth.tokens.kinds import userinfo_audience
from doorward.core.sessions.errors import RefreshRefused
from doorward.core.sessions.records import Caller, Kind
from doorward.core.sessions.refresh import Continued, Refresh
from doorward.core.sessions.tokens import OpenedRefreshToken


class RefreshView(StandingWork, HasGrants, Protocol):
    """What is read before a session of a client goes on."""


@dataclass(frozen=True, slots=True)
class RefreshGrant:
    """Continue the session of a client: its refresh token is used up, and the next one takes its place.

    The rotation is the one of our own sessions, with the same overlap and the same detection of reuse. Whoever is not
    the client that the token was issued to, or does not hold its key, changes nothing. Scope and resource may narrow
    the access token of one answer; the next refresh token is good for as much as the first.
    """

    view: OpensView[RefreshView]
    find: FindClient
    sessions: Refresh
    issue: IssueTokens

    def __call__(self, asked: Asked) -> Issued:
        """Return the next tokens.

        Raises: OAuthError. When the token was used before outside the overlap, its session has ended by then.
        """
        opened = self.sessions.tokens.open(asked.parameter("refresh_token"))
        if opened is None:
            raise refused()
        standing, grant = self._standing(asked, opened)
        granted = scopes.split(standing.session.scope)
        wanted = scopes.narrow(asked.parameters.get("scope"), granted=granted)
        audience = scopes.audience(
            asked.parameters.get("resource"),
            granted=grant.resources,
            default=userinfo_audience(self.issue.keyring.issuer),
        )
        continued = self._continue(opened, now=asked.now)
        grounds = Grounds(standing.client, continued.session, grant, continued.profile)
        return self.issue(
            grounds, Wanted(wanted, audience, asked.key_thumbprint, continued.refresh_token), now=asked.now
        )

    def _standing(self, asked: Asked, opened: OpenedRefreshToken) -> tuple[Standing, Grant]:
        with self.view() as view:
            grant = view.grants.of_session(opened.session_id)
            if grant is None or grant.client_id != asked.client.id:
                raise refused()
            if grant.key_thumbprint is not None and grant.key_thumbprint != asked.key_thumbprint:
                raise refused()
            client = self.find.within(view, grant.client_id)
            standing = may_issue(view, client, GrantType.REFRESH_TOKEN, session_id=opened.session_id, now=asked.now)
        if standing is None:
            raise refused()
        return standing, grant

    def _continue(self, opened: OpenedRefreshToken, *, now: datetime) -> Continued:
        try:
            return self.sessions.continued(opened, Kind.CLIENT, caller=Caller(), now=now)
        except RefreshRefused:
            raise refused() from None
