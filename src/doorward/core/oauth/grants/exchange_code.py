"""Exchanging an authorization code for tokens.

Source: RFC 6749 section 4.1.3; RFC 7636 section 4.6; RFC 9700 sections 2.1.1 and 4.5; RFC 9449 section 10.
"""

from dataclasses import dataclass
from typing import Protocol

from doorward.core.kernel.work import OpensWork
from doorward.core.keys.errors import NoKeySigns
from doorward.core.oauth.codes import Approved, Codes, OpenedCode, approved_of
from doorward.core.oauth.grants.issue import IssueTokens
from doorward.core.oauth.grants.narrow import Part, part_of
from doorward.core.oauth.grants.records import Asked, Issued, refused
from doorward.core.oauth.grants.start_grant import Started, StartGrant, StartGrantWork, end_reused, started_by
from doorward.core.oauth.records import GrantType
from doorward.core.oauth.rules import pkce
from doorward.core.onetime.ports import HasOneTimes
from doorward.core.onetime.records import Purpose


class ExchangeWork(StartGrantWork, HasOneTimes, Protocol):
    """What exchanging a code writes."""


@dataclass(frozen=True, slots=True)
class ExchangeCode:
    """Take a code, start the session that it names, and give its first tokens.

    However many present one code at the same time, one gets tokens. Another client learns nothing and uses nothing up;
    whoever fails the proof of the code uses it up. A second use that is right in everything ends the session of the
    first; one that is not ends nothing, or a code that leaked would be a way to sign people out.
    """

    work: OpensWork[ExchangeWork]
    codes: Codes
    start: StartGrant
    issue: IssueTokens

    def __call__(self, asked: Asked) -> Issued:
        """Return the tokens; a refresh token is among them where the client may use one.

        Raises: OAuthError, Unavailable.
        """
        opened = self.codes.open(asked.parameter("code"))
        if opened is None:
            raise refused()
        is_ready = self.issue.keyring.is_ready()
        with self.work() as work:
            started = self._exchange(work, asked, opened, is_ready=is_ready)
        if started is None:
            raise refused()
        return started.first_tokens(self.issue, asked)

    def _exchange(self, work: ExchangeWork, asked: Asked, opened: OpenedCode, *, is_ready: bool) -> Started | None:
        found = work.onetimes.peek(Purpose.AUTHORIZATION_CODE, opened.digest, now=asked.now)
        if found is None:
            return self._second_use(work, asked, opened)
        approved = approved_of(found)
        if approved.client_id != asked.client.id:
            return None
        is_proven = _is_proven(asked, approved.redirect_uri, approved.challenge, approved.key_thumbprint)
        # Only who proves the code is told, before it is used up, that more is asked for than was granted.
        part = self._part(asked, approved) if is_proven else None
        if part is not None and not is_ready:
            raise NoKeySigns
        if work.onetimes.consume(Purpose.AUTHORIZATION_CODE, opened.digest, now=asked.now) is None:
            return self._second_use(work, asked, opened)
        if part is None:
            return None
        return self.start(
            work,
            asked,
            approved,
            grant_type=GrantType.AUTHORIZATION_CODE,
            code_digest=opened.digest,
            part=part,
        )

    def _part(self, asked: Asked, approved: Approved) -> Part:
        issuer = self.issue.keyring.issuer
        return part_of(asked, resources=approved.resources, granted=approved.details, issuer=issuer)

    @staticmethod
    def _second_use(work: ExchangeWork, asked: Asked, opened: OpenedCode) -> None:
        """End what the first use started, if this one is right in everything."""
        grant = started_by(work, opened.session_id, code_digest=opened.digest, asked=asked)
        if grant is not None and _is_proven(asked, grant.redirect_uri, grant.challenge, grant.key_thumbprint):
            end_reused(work, grant, asked)


def _is_proven(asked: Asked, redirect_uri: str | None, challenge: str | None, thumbprint: str | None) -> bool:
    """Tell whether whoever asks is who asked for the code: same address, same verifier, same key if one was named."""
    if asked.parameters.get("redirect_uri") != redirect_uri:
        return False
    if thumbprint is not None and asked.key_thumbprint != thumbprint:
        return False
    return pkce.matches(challenge, asked.parameters.get("code_verifier"))
