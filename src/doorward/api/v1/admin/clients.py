"""The registered clients, for operators. What gives a secret away needs a sign-in of the last five minutes."""

from typing import Annotated

from fastapi import APIRouter, Query

from doorward.api.classes import RouteClass
from doorward.api.needs import NeedsDoors
from doorward.api.v1.admin.client_bodies import (
    ClientAnswer,
    ClientBody,
    ClientChangeBody,
    ClientsAnswer,
    RegisteredAnswer,
    RotationBody,
)
from doorward.api.v1.admin.operator import NeedsFreshOperator, NeedsOperator
from doorward.core.kernel.pages import MAX_PAGE_SIZE

router = APIRouter(prefix="/v1/admin/clients", tags=[RouteClass.OPERATOR])

After = Annotated[str | None, Query(max_length=1024, pattern=r"^[\x21-\x7e]+$")]
Size = Annotated[int, Query(ge=1, le=MAX_PAGE_SIZE)]


@router.get("")
async def list_clients(_: NeedsOperator, doors: NeedsDoors, after: After = None, size: Size = 50) -> ClientsAnswer:
    """List clients in the order of their ids, from the one after `after` on."""
    page = await doors.lanes.main(doors.flows.clients.list, after=after, size=size)
    return ClientsAnswer(clients=[ClientAnswer.of(client) for client in page.items], next_after=page.next_after)


@router.post("", status_code=201)
async def add_client(body: ClientBody, session: NeedsFreshOperator, doors: NeedsDoors) -> RegisteredAnswer:
    """Register a client. Its secret is in this answer, and in none that follows."""
    actor_id = session.profile.id
    registered = await doors.lanes.main(doors.flows.clients.add, body.wanted(), actor_id=actor_id)
    return RegisteredAnswer.of_registered(registered)


@router.get("/{client_id}")
async def show_client(client_id: str, _: NeedsOperator, doors: NeedsDoors) -> ClientAnswer:
    """Show a client."""
    return ClientAnswer.of(await doors.lanes.main(doors.flows.clients.show, client_id))


@router.patch("/{client_id}")
async def change_client(
    client_id: str, body: ClientChangeBody, session: NeedsFreshOperator, doors: NeedsDoors
) -> RegisteredAnswer:
    """Change a client. One that proves itself by a secret from now on finds it in this answer."""
    change, actor_id = doors.flows.clients.change, session.profile.id
    registered = await doors.lanes.main(change, client_id, body.edit(), actor_id=actor_id)
    return RegisteredAnswer.of_registered(registered)


@router.post("/{client_id}/secret", status_code=201)
async def rotate_secret(
    client_id: str, body: RotationBody, session: NeedsFreshOperator, doors: NeedsDoors
) -> RegisteredAnswer:
    """Make a new secret, while the one before goes on for a while. It is in this answer, and in none that follows."""
    rotate, actor_id = doors.flows.clients.rotate_secret, session.profile.id
    registered = await doors.lanes.main(rotate, client_id, overlap=body.overlap, actor_id=actor_id)
    return RegisteredAnswer.of_registered(registered)


@router.post("/{client_id}/disable")
async def disable_client(client_id: str, session: NeedsOperator, doors: NeedsDoors) -> ClientAnswer:
    """Disable a client: it gets nothing any more, and every session that it was granted ends."""
    set_enabled, actor_id = doors.flows.clients.set_enabled, session.profile.id
    return ClientAnswer.of(await doors.lanes.main(set_enabled, client_id, enabled=False, actor_id=actor_id))


@router.post("/{client_id}/enable")
async def enable_client(client_id: str, session: NeedsFreshOperator, doors: NeedsDoors) -> ClientAnswer:
    """Enable a disabled client again. The sessions that ended do not come back."""
    set_enabled, actor_id = doors.flows.clients.set_enabled, session.profile.id
    return ClientAnswer.of(await doors.lanes.main(set_enabled, client_id, enabled=True, actor_id=actor_id))


@router.delete("/{client_id}", status_code=204)
async def remove_client(client_id: str, session: NeedsFreshOperator, doors: NeedsDoors) -> None:
    """Remove a client with everything that it was granted and that people allowed it."""
    await doors.lanes.main(doors.flows.clients.remove, client_id, actor_id=session.profile.id)
