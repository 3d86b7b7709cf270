"""Continuing a session, whether it travels in cookies or in a body."""

from doorward.api.visit import Visit
from doorward.core.sessions.records import Kind, Remembered
from doorward.core.sessions.refresh import Asked


async def refreshed(visit: Visit, presented: str, kind: Kind, *, device_token: str | None) -> Remembered:
    """Return the next tokens: together with whoever else asks at this moment, or by a closer look where it takes one.

    Raises: RefreshRefused, Unavailable.
    """
    refresh, lanes = visit.doors.flows.refresh, visit.doors.lanes
    asked = Asked(presented, kind, visit.caller(device_token))
    remembered = await lanes.together(refresh.together, asked)
    if remembered is None:
        remembered = await lanes.main(refresh.look_closer, asked)
    return remembered
