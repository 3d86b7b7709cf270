"""The audit log: what happened, narrowed to what one looks for."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Query
from starlette.responses import Response, StreamingResponse

from doorward.api.classes import RouteClass
from doorward.api.needs import NeedsDoors, NeedsVisit
from doorward.api.pages.console.frame import After, Step, show
from doorward.api.pages.console.operator import NeedsFreshOperator, NeedsOperator
from doorward.api.pages.console.overview.words import ALARMING, WORDS, said
from doorward.api.pages.forms import Errors, errors_of, typed
from doorward.api.pages.render import go
from doorward.api.problems import status_of
from doorward.api.v1.export import stream_log
from doorward.api.visit import Visit
from doorward.core.audit.export_log import Format
from doorward.core.audit.records import AuditKind, Entry, Search
from doorward.core.kernel.errors import Invalid, NotFound
from doorward.core.kernel.ids import AccountId, is_id
from doorward.core.sessions.records import Snapshot

router = APIRouter(prefix="/console/audit", tags=[RouteClass.PAGE], include_in_schema=False)

_PATH: Final = "/console/audit"
_SIZE: Final = 50
_DAY: Final = timedelta(days=1)
_TAG_SHOWN: Final = 6

Text = Annotated[str, Query(max_length=320)]
Tag = Annotated[str, Query(max_length=320, pattern=r"^[^\x00]*$")]


@dataclass(frozen=True, slots=True)
class Asked:
    """What the form of the search says, as it was typed: accounts by name, address or id, and whole days in UTC."""

    account: str = ""
    actor: str = ""
    kind: str = ""
    tag: str = ""
    since: str = ""
    until: str = ""

    def query(self, **more: str) -> str:
        """Return it as a query, without what was left empty."""
        named = {name: getattr(self, name) for name in self.__slots__}
        return urlencode({name: value for name, value in {**named, **more}.items() if value})


@dataclass(frozen=True, slots=True)
class Row:
    """An entry as the page lists it."""

    sequence: int
    at: datetime
    said: str
    kind: str
    is_alarming: bool
    account_id: str | None
    account: str | None
    actor_id: str | None
    actor: str | None
    tag: str


@router.get("")
async def show_log(
    visit: NeedsVisit,
    session: NeedsOperator,
    *,
    account: Text = "",
    actor: Text = "",
    kind: Text = "",
    tag: Tag = "",
    since: Text = "",
    until: Text = "",
    after: After = None,
) -> Response:
    """Show what happened, the latest first."""
    asked = Asked(*(text.strip() for text in (account, actor, kind, tag, since, until)))
    search, errors = await _search(visit, asked)
    if errors:
        return await _show(visit, session, asked, (), status=status_of(Invalid), errors=errors)
    try:
        page = await visit.doors.lanes.main(visit.doors.flows.overview.search_log, search, after=after, size=_SIZE)
    except Invalid as refusal:
        return await _show(visit, session, asked, (), status=status_of(Invalid), errors={"form": refusal.reason})
    steps: list[Step] = [
        ("Latest", f"{_PATH}?{asked.query()}" if after else None, "first"),
        ("Earlier", f"{_PATH}?{asked.query(after=page.next_after)}" if page.next_after else None, "next"),
    ]
    return await _show(visit, session, asked, page.items, steps=steps)


@router.get("/export", response_class=StreamingResponse)
async def export_log(
    visit: NeedsVisit,
    _: NeedsOperator,
    *,
    account: Text = "",
    actor: Text = "",
    kind: Text = "",
    tag: Tag = "",
    since: Text = "",
    until: Text = "",
    form: Annotated[Format, Query(alias="format")] = Format.NDJSON,
) -> StreamingResponse:
    """Answer the log, or what the search finds in it, as a file that is written while it is read.

    Raises: Invalid.
    """
    search, errors = await _search(visit, Asked(account, actor, kind, tag, since, until))
    for field, reason in errors.items():
        raise Invalid(f"/{field}", reason)
    doors = visit.doors
    return stream_log(doors.lanes, doors.flows.overview.export_log(search, form=form), form)


@router.get("/address")
async def show_address(visit: NeedsVisit, session: NeedsFreshOperator) -> Response:
    """Ask for an address and a day."""
    return _ask_address(visit, session)


@router.post("/address")
async def take_address(visit: NeedsVisit, session: NeedsFreshOperator, doors: NeedsDoors) -> Response:
    """Find the pseudonym that an address had on a day, and show what was done from it. It stands in the log itself."""
    look_up, errors = doors.flows.overview.look_up_address, {}
    day = _day(typed(visit, "day"))
    if day is None:
        return _ask_address(visit, session, errors={"day": "Choose a day."})
    try:
        tag = await doors.lanes.main(look_up, typed(visit, "address").strip(), day, actor_id=session.profile.id)
    except Invalid as refusal:
        errors = errors_of(refusal)
    except NotFound:
        errors = {"day": "Nobody came on that day, or its key has been destroyed: then nobody can tell any more."}
    if errors:
        return _ask_address(visit, session, errors=errors)
    return go(visit, f"{_PATH}?{Asked(tag=tag).query()}")


@router.get("/{sequence}")
async def show_entry(sequence: int, visit: NeedsVisit, session: NeedsOperator) -> Response:
    """Show one entry.

    Raises: NotFound.
    """
    doors = visit.doors
    if not 0 < sequence < 1 << 62:
        raise NotFound
    entry = await doors.lanes.main(doors.flows.overview.search_log.one, sequence)
    if entry is None:
        raise NotFound
    (row,) = await _rows(visit, (entry,))
    return show(
        visit,
        "overview/event.html",
        session=session,
        here="audit",
        row=row,
        entry=entry,
        same_address=Asked(tag=entry.event.address_tag or "").query(),
        same_account=Asked(account=entry.event.account_id or "").query(),
        has_next=await doors.lanes.main(doors.flows.overview.search_log.one, sequence + 1) is not None,
    )


async def _search(visit: Visit, asked: Asked) -> tuple[Search, Errors]:
    """Return what is to be searched for, and what is wrong with how it was said."""
    errors: Errors = {}
    ids: dict[str, AccountId | None] = {}
    for name in ("account", "actor"):
        wanted = getattr(asked, name)
        ids[name] = await _account(visit, wanted) if wanted else None
        if wanted and ids[name] is None:
            errors[name] = "Nobody has this name, address or id."
    kind = AuditKind(asked.kind) if asked.kind in set(AuditKind) else None
    if asked.kind and kind is None:
        errors["kind"] = "There are no such events."
    days = {name: _day(getattr(asked, name)) for name in ("since", "until")}
    errors |= {name: "Write the day as 2026-01-31." for name, day in days.items() if getattr(asked, name) and not day}
    search = Search(
        account_id=ids["account"],
        actor_id=ids["actor"],
        address_tag=asked.tag or None,
        kind=kind,
        since=_midnight(days["since"]),
        until=_midnight(days["until"], later=_DAY),
    )
    return search, errors


async def _account(visit: Visit, wanted: str) -> AccountId | None:
    """Return whom a name, an address or an id means; an id counts even when its account is erased."""
    try:
        return (await visit.doors.lanes.main(visit.doors.flows.show_account, wanted)).account.id
    except NotFound:
        return AccountId(wanted) if is_id(wanted) else None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _midnight(day: date | None, *, later: timedelta = timedelta(0)) -> datetime | None:
    if day is None or day == date.max:
        return None
    return datetime(day.year, day.month, day.day, tzinfo=UTC) + later


async def _rows(visit: Visit, entries: tuple[Entry, ...]) -> list[Row]:
    """Return entries as they are listed, with the names of those whom they are about."""
    doors = visit.doors
    ids = {each for entry in entries for each in (entry.event.account_id, entry.event.actor_id)}
    names = await doors.lanes.main(doors.flows.overview.name_accounts, ids)
    return [_row(entry, names) for entry in entries]


def _row(entry: Entry, names: Mapping[str, str]) -> Row:
    event = entry.event
    return Row(
        sequence=entry.sequence,
        at=entry.at,
        said=said(event.kind),
        kind=event.kind.value,
        is_alarming=event.kind in ALARMING,
        account_id=event.account_id,
        account=names.get(event.account_id or ""),
        actor_id=event.actor_id,
        actor=names.get(event.actor_id or ""),
        tag=(event.address_tag or "")[:_TAG_SHOWN],
    )


async def _show(
    visit: Visit,
    session: Snapshot,
    asked: Asked,
    entries: tuple[Entry, ...],
    *,
    status: int = 200,
    steps: list[Step] | None = None,
    errors: Errors | None = None,
) -> Response:
    return show(
        visit,
        "overview/audit.html",
        session=session,
        here="audit",
        status=status,
        asked=asked,
        rows=await _rows(visit, entries),
        kinds=[("", "Everything"), *((kind.value, f"{said(kind)} ({kind.value})") for kind in WORDS)],
        steps=steps or [],
        errors=errors or {},
    )


def _ask_address(visit: Visit, session: Snapshot, *, errors: Errors | None = None) -> Response:
    return show(
        visit,
        "overview/address.html",
        session=session,
        here="audit",
        status=status_of(Invalid) if errors else 200,
        errors=errors or {},
        values={"address": typed(visit, "address"), "day": typed(visit, "day")},
        today=visit.doors.clock.now().date().isoformat(),
    )
