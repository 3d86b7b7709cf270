"""The development mailbox for programs: mails that were kept instead of sent."""

from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel

from doorward.api.classes import RouteClass
from doorward.api.needs import NeedsDoors, NeedsMailbox
from doorward.core.outbox.records import Mail

router = APIRouter(prefix="/dev", tags=[RouteClass.PUBLIC])


class KeptMail(BaseModel):
    """A mail that was kept, with the one-time token and code that it carries."""

    id: str
    to: str
    subject: str
    text: str
    html: str
    token: str | None
    code: str | None
    sent_at: datetime

    @classmethod
    def of(cls, mail: Mail) -> "KeptMail":
        """Return the answer for a mail."""
        return cls(
            id=mail.id,
            to=mail.to,
            subject=mail.subject,
            text=mail.text,
            html=mail.html,
            token=mail.token,
            code=mail.code,
            sent_at=mail.sent_at,
        )


@router.get("/mail.json")
async def list_mails(doors: NeedsDoors, mailbox: NeedsMailbox, to: str | None = None) -> list[KeptMail]:
    """List the mails, newest first; those to one address with `to`."""
    mails = await doors.lanes.main(mailbox.list, to=to)
    return [KeptMail.of(mail) for mail in mails]
