"""Which browser a request of an application waits in.

A cookie of its own marks the browser: the mark stays the same from before somebody signs in until after, and for every
tab. Of it the store holds a digest, so a link to somebody else's request leads nowhere.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from starlette.responses import Response

from doorward.api.v1.web.cookies import cookies_of, held
from doorward.api.visit import Visit
from doorward.core.kernel.secrets import SECRET_BYTES, encode, random_bytes
from doorward.core.oauth.authorize.keep_requests import browser_digest
from doorward.core.oauth.authorize.records import Visitor
from doorward.core.sessions.records import Snapshot

MARK_LIVES_FOR: Final = timedelta(hours=12)
RETURN_LIVES_FOR: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Marked:
    """Who stands here, and the mark of their browser; `is_fresh`: the browser does not hold it yet."""

    visitor: Visitor
    mark: str
    is_fresh: bool

    def __repr__(self) -> str:
        return f"Marked(is_fresh={self.is_fresh!r})"


def visitor_of(visit: Visit, session: Snapshot | None) -> Marked:
    """Return who stands here; a browser without a mark gets one, which is kept with `mark`."""
    presented = held(visit.jar, cookies_of(visit.doors.issuer).mark)
    mark = presented or encode(random_bytes(SECRET_BYTES))
    return Marked(Visitor(session, browser_digest(mark)), mark, is_fresh=presented is None)


def mark(visit: Visit, answer: Response, marked: Marked) -> None:
    """Let the browser keep its mark, anew each time so that it lives as long as what waits."""
    cookies = cookies_of(visit.doors.issuer)
    cookies.set(answer, cookies.mark, marked.mark, lives_for=MARK_LIVES_FOR)


def remember_return(visit: Visit, answer: Response, token: str) -> None:
    """Let the browser keep which request it came for, while its owner goes to the mailbox and back."""
    cookies = cookies_of(visit.doors.issuer)
    cookies.set(answer, cookies.returns, token, lives_for=RETURN_LIVES_FOR)


def recall_return(visit: Visit) -> str:
    """Return the request that this browser came for, or an empty string."""
    return held(visit.jar, cookies_of(visit.doors.issuer).returns) or ""


def forget_return(visit: Visit, answer: Response) -> None:
    """Let the browser forget what it came for."""
    cookies = cookies_of(visit.doors.issuer)
    if cookies.returns.name in visit.jar:
        cookies.delete(answer, cookies.returns)
