"""What people allowed applications, for operators."""

from typing import Annotated

from fastapi import APIRouter, Query

from doorward.api.classes import RouteClass
from doorward.api.needs import NeedsDoors
from doorward.api.v1.admin.account_bodies import ConsentsAnswer
from doorward.api.v1.admin.operator import NeedsOperator
from doorward.core.kernel.errors import Invalid
from doorward.core.kernel.pages import MAX_PAGE_SIZE

router = APIRouter(prefix="/v1/admin/consents", tags=[RouteClass.OPERATOR])

_ID = r"^[0-9a-z]{26}$"
_ONE_OF_TWO = "Name an account or a client, and not both."

After = Annotated[str | None, Query(pattern=_ID)]
Size = Annotated[int, Query(ge=1, le=MAX_PAGE_SIZE)]
OfAccount = Annotated[str | None, Query(pattern=_ID)]
OfClient = Annotated[str | None, Query(max_length=1024, pattern=r"^[\x21-\x7e]+$")]
AccountId = Annotated[str, Query(pattern=_ID)]
ClientId = Annotated[str, Query(max_length=1024, pattern=r"^[\x21-\x7e]+$")]


@router.get("")
async def list_consents(
    _: NeedsOperator,
    doors: NeedsDoors,
    *,
    account_id: OfAccount = None,
    client_id: OfClient = None,
    after: After = None,
    size: Size = 50,
) -> ConsentsAnswer:
    """List what acts for an account, the newest first; or who allowed a client something, from an account on."""
    operators = doors.flows.operators
    if account_id is not None and client_id is None:
        return ConsentsAnswer.of_account(*await doors.lanes.main(operators.consents_of_account, account_id))
    if client_id is not None and account_id is None:
        found = await doors.lanes.main(operators.consents_of_client, client_id, after=after, size=size)
        return ConsentsAnswer.of_client(*found)
    raise Invalid("/client_id", _ONE_OF_TWO)


@router.delete("", status_code=204)
async def revoke_consent(account_id: AccountId, client_id: ClientId, session: NeedsOperator, doors: NeedsDoors) -> None:
    """Take back what an account allowed a client: whatever the client holds for it is worthless at once."""
    revoke, actor_id = doors.flows.operators.revoke_consent, session.profile.id
    await doors.lanes.main(revoke, account_id, client_id, actor_id=actor_id)
