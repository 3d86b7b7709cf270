"""What a person sees of a request that waits for them, and what they answer."""

from dataclasses import dataclass
from typing import Final

from doorward.core.kernel.clock import Clock
from doorward.core.kernel.work import OpensWork
from doorward.core.oauth.authorize.authorize import Authorize
from doorward.core.oauth.authorize.issue_code import IssueCode, IssueWork
from doorward.core.oauth.authorize.records import Asked, Outcome, Reply, Visitor
from doorward.core.oauth.authorize.rules.next_step import Need
from doorward.core.oauth.errors import OAuthCode

_REFUSED: Final = "The person did not allow it."


@dataclass(frozen=True, slots=True)
class Waiting:
    """A request that waits, and what is missing; None: nothing, but that the browser goes on."""

    asked: Asked
    need: Need | None


@dataclass(frozen=True, slots=True)
class SeeRequest:
    """Look at a request that waits for the person at this browser, and leave it as it is."""

    authorize: Authorize

    def __call__(self, token: str, visitor: Visitor) -> Waiting:
        """Return it.

        Raises: RequestUnknown, when it was finished, is too old, or waits in another browser.
        """
        read = self.authorize.read.kept(token, browser=visitor.browser)
        return Waiting(read.asked, self.authorize.need(read, visitor.session))


@dataclass(frozen=True, slots=True)
class AnswerRequest:
    """Take what a person answers: yes or no, once."""

    work: OpensWork[IssueWork]
    authorize: Authorize
    issue: IssueCode
    clock: Clock

    def allow(self, token: str, visitor: Visitor) -> Outcome:
        """Return the answer with a code; or where the person must go, when it takes more than their consent.

        Raises: RequestUnknown, when it was finished, is too old, or waits in another browser.
        """
        read = self.authorize.read.kept(token, browser=visitor.browser)
        need = self.authorize.need(read, visitor.session, is_answered=True)
        if need is None and visitor.session is not None:
            with self.work() as work:
                now = self.clock.now()
                code = self.issue(work, read.asked, visitor.session, kept=read.kept, is_allowed_now=True, now=now)
            if code is not None:
                return self.authorize.replies.code(read.asked.to, code)
        return self.authorize.interaction(read, need or Need.SIGN_IN, visitor)

    def refuse(self, token: str, visitor: Visitor) -> Reply:
        """Return the answer to the application that somebody said no.

        Raises: RequestUnknown.
        """
        read = self.authorize.read.kept(token, browser=visitor.browser)
        return self.authorize.end(read, OAuthCode.ACCESS_DENIED, _REFUSED)
