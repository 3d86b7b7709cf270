"""What a route may ask for. Nothing else reads the application's state or the request's scope."""

from typing import Annotated, Final
from urllib.parse import urlsplit

from fastapi import Depends
from starlette.requests import Request

from doorward.api.doors import Doors
from doorward.api.lanes import Lanes
from doorward.api.visit import Visit
from doorward.core.flows import Flows
from doorward.core.kernel.errors import NotFound
from doorward.core.outbox.ports import Mailbox
from doorward.core.sessions.records import Kind, Snapshot

_THIS_MACHINE: Final = frozenset({"localhost", "127.0.0.1", "::1"})


# All of them are asynchronous, though none waits: the framework runs what is not in a thread, of which it has forty for
# everybody, and such a crossing for each thing that a route asks for costs more than many a route.
async def visit_of(request: Request) -> Visit:
    """Return what was found out about the request."""
    return Visit.of(request.scope)


async def doors_of(request: Request) -> Doors:
    """Return what the doors are made of."""
    return Visit.of(request.scope).doors


async def flows_of(request: Request) -> Flows:
    """Return the flows."""
    return Visit.of(request.scope).doors.flows


async def lanes_of(request: Request) -> Lanes:
    """Return the lanes."""
    return Visit.of(request.scope).doors.lanes


async def mailbox_of(request: Request) -> Mailbox:
    """Return the development mailbox, to whoever asks for it by a name of this machine or of the deployment.

    A page of another site whose name was made to lead here (DNS rebinding) brings that name along.
    Raises: NotFound.
    """
    visit = Visit.of(request.scope)
    own = urlsplit(visit.doors.issuer).hostname
    asked = urlsplit(f"//{visit.header(b'host') or ''}").hostname
    if visit.doors.mailbox is None or asked not in {own, *_THIS_MACHINE}:
        raise NotFound
    return visit.doors.mailbox


NeedsVisit = Annotated[Visit, Depends(visit_of)]
NeedsDoors = Annotated[Doors, Depends(doors_of)]
NeedsFlows = Annotated[Flows, Depends(flows_of)]
NeedsMailbox = Annotated[Mailbox, Depends(mailbox_of)]
NeedsLanes = Annotated[Lanes, Depends(lanes_of)]


async def recognise(doors: Doors, access_token: str, kind: Kind) -> Snapshot:
    """Return who stands behind an access token: inline when the answer is at hand, else from a lane.

    Raises: NotSignedIn, TokenRefused, Unavailable.
    """
    recognise_flow = doors.flows.recognise
    at_hand = recognise_flow.at_once(access_token, kind)
    if at_hand is not None:
        return at_hand
    return await doors.lanes.main(recognise_flow, access_token, kind)
