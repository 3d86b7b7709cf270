"""The audit log, for operators: searched, verified, and taken away."""

from collections.abc import AsyncIterator, Iterator
from datetime import date, datetime
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query
from pydantic import AwareDatetime, Field, StringConstraints
from starlette.responses import StreamingResponse

from doorward.api.classes import RouteClass
from doorward.api.lanes import Lanes
from doorward.api.needs import NeedsDoors
from doorward.api.v1.admin.operator import NeedsFreshOperator, NeedsOperator
from doorward.api.v1.bodies import AnswerBody, Body
from doorward.api.v1.export import NDJSON, stream_log
from doorward.core.audit.export_log import Format, members_of
from doorward.core.audit.records import AuditKind, Entry, Search
from doorward.core.audit.verify_chain import ChainVerdict
from doorward.core.kernel.ids import AccountId
from doorward.core.kernel.pages import MAX_PAGE_SIZE

router = APIRouter(prefix="/v1/admin/audit", tags=[RouteClass.OPERATOR])

_PLAIN: Final = r"^[\x21-\x7e]+$"
Word = Annotated[str | None, Query(max_length=64, pattern=_PLAIN)]
After = Annotated[str | None, Query(max_length=64, pattern=_PLAIN, description="Where the page before said to go on.")]
Size = Annotated[int, Query(ge=1, le=MAX_PAGE_SIZE)]
Sequence = Annotated[int, Query(ge=0, lt=1 << 62, description="The whole log goes on behind this entry.")]
Moment = Annotated[AwareDatetime | None, Query()]


async def search_of(
    *,
    account_id: Word = None,
    actor_id: Word = None,
    address_tag: Word = None,
    kind: AuditKind | None = None,
    since: Moment = None,
    until: Moment = None,
) -> Search:
    """Return what is searched for: entries that are all of it."""
    account = AccountId(account_id) if account_id else None
    actor = AccountId(actor_id) if actor_id else None
    return Search(account, actor, address_tag, kind, since, until)


NeedsSearch = Annotated[Search, Depends(search_of)]


class EntryAnswer(AnswerBody):
    """An entry of the log. `link` covers it and all before it."""

    sequence: int
    at: datetime
    kind: AuditKind
    account_id: str | None
    actor_id: str | None
    session_id: str | None
    address_tag: str | None
    detail: dict[str, str]
    link: str

    @classmethod
    def of(cls, entry: Entry) -> "EntryAnswer":
        """Return the answer for an entry."""
        return cls.model_validate(members_of(entry))


class EntriesAnswer(AnswerBody):
    """One page of entries, the latest first; `next_after` is where the next one begins, null at the end."""

    entries: list[EntryAnswer]
    next_after: str | None


class VerifyBody(Body):
    """An `end` of the log that was kept elsewhere, which its chain must still go through."""

    end: Annotated[str, StringConstraints(max_length=80)] | None = None


class VerdictAnswer(AnswerBody):
    """How far it is: entries that are sound of all that are looked at, and the first that is not; null: none so far.

    `end` is the last sound one. Kept where whoever writes to the store has no access, it shows later that nothing
    before it was made anew.
    """

    sound: int
    total: int
    first_broken: int | None
    end: str
    is_over: bool

    @classmethod
    def of(cls, verdict: ChainVerdict) -> "VerdictAnswer":
        """Return the answer for a verdict."""
        sound, total, broken = verdict.sound, verdict.total, verdict.first_broken
        return cls(sound=sound, total=total, first_broken=broken, end=verdict.end, is_over=verdict.is_over)


class AddressBody(Body):
    """An address, and the day that its pseudonym is wanted of."""

    address: Annotated[str, StringConstraints(min_length=1, max_length=64)] = Field(examples=["192.0.2.7"])
    day: Annotated[date, Field(strict=False, examples=["2026-01-01"])]


class AddressAnswer(AnswerBody):
    """The pseudonym of an address on a day."""

    address_tag: str


@router.get("")
async def search_audit(
    _: NeedsOperator, search: NeedsSearch, doors: NeedsDoors, after: After = None, size: Size = 50
) -> EntriesAnswer:
    """List what happened, the latest first; what is said narrows it to entries that are all of it."""
    page = await doors.lanes.main(doors.flows.overview.search_log, search, after=after, size=size)
    return EntriesAnswer(entries=[EntryAnswer.of(entry) for entry in page.items], next_after=page.next_after)


@router.get("/export", response_class=StreamingResponse)
async def export_audit(
    _: NeedsOperator,
    search: NeedsSearch,
    doors: NeedsDoors,
    form: Annotated[Format, Query(alias="format")] = Format.NDJSON,
    after: Sequence = 0,
) -> StreamingResponse:
    """Write out the log in the order of its chain, or what is searched for, while it is read."""
    return stream_log(doors.lanes, doors.flows.overview.export_log(search, form=form, after=after), form)


@router.post("/verify", response_class=StreamingResponse)
async def verify_audit(body: VerifyBody, _: NeedsOperator, doors: NeedsDoors) -> StreamingResponse:
    """Prove that the log is whole. Each line tells how far it is; the last one says `is_over`, and is the verdict."""
    steps = await doors.lanes.main(doors.flows.verify_chain.steps, end=body.end)
    return StreamingResponse(_lines(doors.lanes, steps), media_type=NDJSON)


@router.post("/address")
async def look_up_address(body: AddressBody, session: NeedsFreshOperator, doors: NeedsDoors) -> AddressAnswer:
    """Tell under which pseudonym an address was seen on a day, while that can be told. It stands in the log itself."""
    look_up, actor_id = doors.flows.overview.look_up_address, session.profile.id
    return AddressAnswer(address_tag=await doors.lanes.main(look_up, body.address, body.day, actor_id=actor_id))


async def _lines(lanes: Lanes, steps: Iterator[ChainVerdict]) -> AsyncIterator[str]:
    while (verdict := await lanes.main(next, steps, None)) is not None:
        yield f"{VerdictAnswer.of(verdict).model_dump_json()}\n"
