"""Exchanging a refresh token for the next tokens.

Source: RFC 6749 section 6; RFC 9700 section 4.14.2; RFC 8707 section 2.2; RFC 9396 section 6; RFC 9449
section 5.
"""

from dataclasses import dataclass, replace
from typing import Protocol

from doorward.core.kernel.work import OpensView
from doorward.core.oauth.clients.find import FindClient
from doorward.core.oauth.grants.issue import Grounds, IssueTokens, Wanted
from doorward.core.oauth.grants.narrow import part_of
from doorward.core.oauth.grants.records import Asked, Issued, refused
from doorward.core.oauth.may_issue import Standing, StandingWork, may_issue
from doorward.core.oauth.ports import HasGrants
from doorward.core.oauth.records import Grant, GrantType
from doorward.core.oauth.rules import scopes
from doorward.core.sessions.errors import RefreshRefused
from doorward.core.sessions.records import Caller, Kind
from doorward.core.sessions.refresh import Refresh
from doorward.core.sessions.tokens import OpenedRefreshToken


class RefreshView(StandingWork, HasGrants, Protocol):
    """What is read before a session of a client goes on."""


@dataclass(frozen=True, slots=True)
class Found:
    """A refresh token that may be exchanged, on what grounds, and for what; its own place is the wish's last part."""

    opened: OpenedRefreshToken
    grounds: Grounds
    wanted: Wanted

    def __repr__(self) -> str:
        return f"Found(session_id={self.opened.session_id!r})"


@dataclass(frozen=True, slots=True)
class RefreshGrant:
    """Continue the session of a client: its refresh token is used up, and the next one takes its place.

    The rotation is the one of our own sessions, with the same overlap and the same detection of reuse. Whoever is not
    the client that the token was issued to, or does not hold its key, changes nothing. Scope, resource and
    details may narrow the access token of one answer; the next refresh token is good for as much as the first.
    """

    view: OpensView[RefreshView]
    find: FindClient
    sessions: Refresh
    issue: IssueTokens

    def __call__(self, asked: Asked) -> Issued:
        """Return the next tokens.

        Raises: OAuthError. When the token was used before outside the overlap, its session has ended by then.
        """
        return self.go_on(asked, self.look(asked, asked.parameter("refresh_token")), caller=Caller())

    def look(self, asked: Asked, presented: str) -> Found:
        """Return what a refresh token would be exchanged for. Nothing is used up.

        Raises: OAuthError.
        """
        opened = self.sessions.tokens.open(presented)
        if opened is None:
            raise refused()
        standing, grant = self._standing(asked, opened)
        wanted = Wanted(
            scopes=scopes.narrow(asked.parameters.get("scope"), granted=scopes.split(standing.session.scope)),
            part=part_of(asked, resources=grant.resources, granted=grant.details, issuer=self.issue.keyring.issuer),
            key_thumbprint=asked.key_thumbprint,
            refresh_token=presented,
        )
        return Found(opened, Grounds(standing.client, standing.session, grant, standing.profile), wanted)

    def go_on(self, asked: Asked, found: Found, *, caller: Caller) -> Issued:
        """Use the token up, and return the next ones.

        Raises: as for a call.
        """
        try:
            continued = self.sessions.continued(found.opened, Kind.CLIENT, caller=caller, now=asked.now)
        except RefreshRefused:
            raise refused() from None
        grounds = replace(found.grounds, session=continued.session, profile=continued.profile)
        return self.issue(grounds, replace(found.wanted, refresh_token=continued.refresh_token), now=asked.now)

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
