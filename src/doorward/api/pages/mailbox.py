"""The development mailbox for people."""

import re
from typing import Final

from fastapi import APIRouter
from starlette.responses import HTMLResponse, Response

from doorward.api.classes import RouteClass
from doorward.api.middleware.security_headers import PAGE_POLICY
from doorward.api.needs import NeedsMailbox, NeedsVisit
from doorward.api.pages.render import page
from doorward.api.pages.session import MaybeSession
from doorward.api.visit import Visit
from doorward.core.kernel.errors import NotFound
from doorward.core.outbox.ports import Mailbox
from doorward.core.outbox.records import Mail

router = APIRouter(prefix="/dev/mail", tags=[RouteClass.PAGE], include_in_schema=False)

_WITH_FRAME: Final = f"{PAGE_POLICY}; frame-src 'self'"
_MAIL_POLICY: Final = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; "
    "sandbox allow-popups allow-popups-to-escape-sandbox"
)
_LINK: Final = re.compile(r"https?://\S+\?token=\S+")


@router.get("")
async def list_mails(visit: NeedsVisit, mailbox: NeedsMailbox, session: MaybeSession, to: str = "") -> Response:
    """List the mails, newest first."""
    address = to.strip()
    mails = await visit.doors.lanes.main(mailbox.list, to=address or None)
    return page(visit, "mailbox/list.html", session=session, mails=mails, to=address)


@router.get("/{mail_id}")
async def show_mail(mail_id: str, visit: NeedsVisit, mailbox: NeedsMailbox, session: MaybeSession) -> Response:
    """Show one mail."""
    mail = await _find(visit, mailbox, mail_id)
    visit.page_policy = _WITH_FRAME
    return page(visit, "mailbox/mail.html", session=session, mail=mail, link=_link(mail))


@router.get("/{mail_id}/html")
async def show_mail_as_html(mail_id: str, visit: NeedsVisit, mailbox: NeedsMailbox) -> HTMLResponse:
    """Answer the mail's own HTML, for the frame on its page: without scripts, and in an origin of its own."""
    mail = await _find(visit, mailbox, mail_id)
    visit.page_policy = _MAIL_POLICY
    return HTMLResponse(mail.html)


async def _find(visit: Visit, mailbox: Mailbox, mail_id: str) -> Mail:
    mail = await visit.doors.lanes.main(mailbox.by_id, mail_id)
    if mail is None:
        raise NotFound
    return mail


def _link(mail: Mail) -> str | None:
    """Return the link that acts, which stands in the text as it stands in the HTML."""
    found = _LINK.search(mail.text) if mail.token else None
    return found.group() if found else None
