"""The authorization endpoint: taking a request, and answering it or finding out who is needed first."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from doorward.core.kernel.clock import Clock
from doorward.core.kernel.work import OpensView, OpensWork
from doorward.core.oauth.authorize.issue_code import IssueCode, IssueWork
from doorward.core.oauth.authorize.keep_requests import KeptRequests
from doorward.core.oauth.authorize.read_request import ReadRequest
from doorward.core.oauth.authorize.records import (
    Fault,
    Interaction,
    Kept,
    Outcome,
    Place,
    Prompt,
    Read,
    Reply,
    Values,
    Visitor,
)
from doorward.core.oauth.authorize.reply import Replies
from doorward.core.oauth.authorize.rules import consent
from doorward.core.oauth.authorize.rules.next_step import BY_SIGNING_IN, HOPELESS, SILENT, Need, Standing, need_of
from doorward.core.oauth.errors import OAuthCode
from doorward.core.oauth.ports import HasConsents
from doorward.core.oauth.subjects import Subjects
from doorward.core.onetime.records import Purpose
from doorward.core.sessions.records import Snapshot

_WORDS: Final = {
    OAuthCode.LOGIN_REQUIRED: "Nobody is signed in who may go on without being asked.",
    OAuthCode.ACCOUNT_SELECTION_REQUIRED: "Somebody else is signed in than the one who is meant.",
    OAuthCode.CONSENT_REQUIRED: "The person must be asked for consent.",
    OAuthCode.INTERACTION_REQUIRED: "The person must confirm it each time.",
    OAuthCode.UNMET_AUTHENTICATION: "The person did not sign in in a way that is asked for as essential.",
}


@dataclass(frozen=True, slots=True)
class Authorize:
    """Answer an authorization request, or tell where a person is needed first.

    A request that needs a person is kept meanwhile, for this browser alone. It may come back as often as it likes, and
    is finished once: by a code, or by the person's refusal.
    Source: RFC 6749 section 4.1; OpenID Connect Core 1.0 section 3.1.2; RFC 9126 section 4.
    """

    work: OpensWork[IssueWork]
    view: OpensView[HasConsents]
    read: ReadRequest
    issue: IssueCode
    requests: KeptRequests
    replies: Replies
    subjects: Subjects
    clock: Clock

    def __call__(self, presented: Values, visitor: Visitor) -> Outcome:
        """Return the answer, or where the person is needed.

        Raises: ClientUnknown, RedirectRefused, RequestUnreadable, RequestUnknown: nothing goes to the application.
        """
        read = self.read(presented, browser=visitor.browser)
        if isinstance(read, Fault):
            return self._refused(read)
        need = self.need(read, visitor.session)
        if need is None and visitor.session is not None:
            code = self._issue(read, visitor.session)
            if code is not None:
                return self.replies.code(read.asked.to, code)
        return self.interaction(read, need or Need.SIGN_IN, visitor)

    def need(self, read: Read, session: Snapshot | None, *, is_answered: bool = False) -> Need | None:
        """Return what is missing; `is_answered`: the person has just agreed on the page of consent."""
        asked, now = read.asked, self.clock.now()
        prompts = asked.prompts - {Prompt.CONSENT} if asked.client.is_first_party else asked.prompts
        if session is None:
            return need_of(prompts, asked.max_age, Standing(now))
        profile, client = session.profile, asked.client
        with self.view() as view:
            allowed = view.consents.of(profile.id, client.id)
        hint = asked.login_hint.casefold()
        standing = Standing(
            now,
            authenticated_at=session.authenticated_at,
            signed_in_at=session.created_at,
            began_at=_began_at(read.kept),
            is_answered=is_answered,
            is_whom_hinted=asked.hinted in (None, self.subjects.of(client, profile.id)),
            is_somebody_else=bool(hint) and hint not in (profile.username.casefold(), profile.email.casefold()),
            is_met=asked.is_met_by(session.authentication.acr),
            must_be_met=asked.is_acr_essential,
            is_allowed=consent.is_covered(client, asked.permissions, allowed),
            is_never_silent=consent.is_never_silent(client, asked.to.redirect_uri, asked.details),
        )
        return need_of(prompts, asked.max_age, standing)

    def begin(self, presented: Values) -> Outcome:
        """Keep a request that another site posted, of which no cookie of ours came along, until the browser comes back.

        Source: OpenID Connect Core 1.0 section 3.1.2.1.
        Raises: the same.
        """
        read = self.read(presented, browser=b"")
        if isinstance(read, Fault):
            return self._refused(read)
        if read.kept is not None:
            return Interaction(Place.AUTHORIZE, read.asked.client.id, read.kept.token)
        with self.work() as work:
            kept = self.requests.push(work, read.asked.client.id, read.asked.values, now=self.clock.now())
        return Interaction(Place.AUTHORIZE, read.asked.client.id, kept.token)

    def interaction(self, read: Read, need: Need, visitor: Visitor) -> Outcome:
        """Return where the person is needed, or the answer to an application for which nobody may be asked."""
        if Prompt.NONE in read.asked.prompts or need in HOPELESS:
            error = SILENT[need]
            return self.end(read, error, _WORDS[error])
        kept = read.kept
        if kept is None or kept.purpose is not Purpose.SIGN_IN_REQUEST:
            kept = self._wait(read, visitor.browser)
        place = Place.SIGN_IN if need in BY_SIGNING_IN else Place.CONSENT
        return Interaction(place, read.asked.client.id, kept.token)

    def end(self, read: Read, error: OAuthCode, description: str) -> Reply:
        """Return the answer to an application that gets nothing; the request is finished.

        Raises: RequestUnknown, when it was finished before.
        """
        if read.kept is not None:
            with self.work() as work:
                self.requests.finish(work, read.kept, now=self.clock.now())
        return self.replies.error(read.asked.to, error, description)

    def _refused(self, fault: Fault) -> Reply:
        return self.replies.error(fault.address, fault.error.error, fault.error.description)

    def _issue(self, read: Read, session: Snapshot) -> str | None:
        with self.work() as work:
            return self.issue(work, read.asked, session, kept=read.kept, is_allowed_now=False, now=self.clock.now())

    def _wait(self, read: Read, browser: bytes) -> Kept:
        asked, pushed = read.asked, read.kept.pushed if read.kept is not None else None
        with self.work() as work:
            now = self.clock.now()
            return self.requests.wait(work, asked.client.id, asked.values, browser=browser, pushed=pushed, now=now)


def _began_at(kept: Kept | None) -> datetime | None:
    """Return when a request began to wait in a browser; what was pushed waits in none."""
    return kept.created_at if kept is not None and kept.purpose is Purpose.SIGN_IN_REQUEST else None
