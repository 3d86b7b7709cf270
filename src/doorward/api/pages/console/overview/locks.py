"""Limits and locks in the console: who is kept out now, and how often what may be asked."""

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.responses import Response

from doorward.api.classes import RouteClass
from doorward.api.needs import NeedsDoors, NeedsVisit
from doorward.api.pages.console.frame import After, Step, show
from doorward.api.pages.console.operator import NeedsOperator
from doorward.api.pages.console.overview import charts
from doorward.core.limits.records import LIMITS, Limit, Tier
from doorward.core.login.rules import CEILING, FAILURES, SUSPENDED_FOR
from doorward.core.operating.overview.locks import LockKind
from doorward.core.operating.overview.slices import slices

router = APIRouter(prefix="/console/locks", tags=[RouteClass.PAGE], include_in_schema=False)

_PATH: Final = "/console/locks"
_SIZE: Final = 50
_TIERS: Final = {Tier.GATEWAY: "The gateway", Tier.APPLICATION: "Doorward"}


@dataclass(frozen=True, slots=True)
class LimitRow:
    """A limit as the page lists it: the gateway's are as the table has them, the others scaled."""

    name: str
    tier: str
    amount: int
    window: str
    per: str

    @classmethod
    def of(cls, limit: Limit, scale: int) -> "LimitRow":
        """Return the row of a limit."""
        amount = limit.amount * (1 if limit.tier is Tier.GATEWAY else scale)
        return cls(limit.name, _TIERS[limit.tier], amount, _window(int(limit.window.total_seconds())), limit.per.value)


@router.get("")
async def show_locks(
    visit: NeedsVisit,
    session: NeedsOperator,
    doors: NeedsDoors,
    *,
    kind: LockKind = LockKind.SUSPENDED,
    after: After = None,
) -> Response:
    """Show who cannot sign in by a password now, and the table of limits."""
    page = await doors.lanes.main(doors.flows.overview.list_locks, kind, after=after, size=_SIZE)
    scale = doors.inside.instance().limits_scale
    steps: list[Step] = [
        ("First", _at(kind) if after else None, "first"),
        ("More", _at(kind, page.next_after) if page.next_after else None, "next"),
    ]
    return show(
        visit,
        "overview/locks.html",
        session=session,
        here="locks",
        kind=kind.value,
        locks=page.items,
        steps=steps,
        limits=[LimitRow.of(limit, scale) for limit in LIMITS],
        scale=scale,
        charts=charts.of_refusals(slices(doors.inside.history(), charts.PARTS)),
        failures=FAILURES,
        hours=int(SUSPENDED_FOR.total_seconds() // 3600),
        ceiling=CEILING,
    )


def _at(kind: LockKind, after: str | None = None) -> str:
    return f"{_PATH}?{urlencode({'kind': kind.value} | ({'after': after} if after else {}))}"


def _window(seconds: int) -> str:
    lengths = ((3600, "hour"), (60, "minute"), (1, "second"))
    number, word = next((seconds // length, word) for length, word in lengths if seconds % length == 0)
    return word if number == 1 else f"{number} {word}s"
