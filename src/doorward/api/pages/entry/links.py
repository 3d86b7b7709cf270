"""Links from mails: whether one would still work when its page is opened, which uses nothing up."""

from collections.abc import Collection

from doorward.api.pages.forms import Errors
from doorward.api.problems import status_of
from doorward.api.visit import Visit
from doorward.core.onetime.errors import LinkRefused
from doorward.core.onetime.records import Purpose

DEAD: Errors = {"form": LinkRefused.detail}
"""What the page of a link says when the link does not work any more."""

DEAD_STATUS = status_of(LinkRefused)


async def is_dead(visit: Visit, token: str, purposes: Collection[Purpose]) -> bool:
    """Tell whether the link of a page would not work; a page that was opened without any link is no dead one."""
    if not token:
        return False
    return not await visit.doors.lanes.main(visit.doors.flows.see_link, token, purposes)
