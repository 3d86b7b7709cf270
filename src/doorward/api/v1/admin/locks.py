"""Who is locked out, and the one table of limits, for operators."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query

from doorward.api.classes import RouteClass
from doorward.api.needs import NeedsDoors
from doorward.api.v1.admin.operator import NeedsOperator
from doorward.api.v1.bodies import AnswerBody
from doorward.core.kernel.pages import MAX_PAGE_SIZE
from doorward.core.limits.records import LIMITS, Limit, Per, Tier
from doorward.core.operating.overview.locks import LockKind, LockSeen

router = APIRouter(prefix="/v1/admin", tags=[RouteClass.OPERATOR])

After = Annotated[str | None, Query(max_length=128, pattern=r"^[\x21-\x7e]+$")]
Size = Annotated[int, Query(ge=1, le=MAX_PAGE_SIZE)]


class KeptOutAnswer(AnswerBody):
    """An account whose password is not checked.

    Until `until`, for whoever has no device that it knows; null: for nobody, until it is reset. `username` is null once
    the account is erased.
    """

    account_id: str
    username: str | None
    until: datetime | None
    consecutive_failures: int

    @classmethod
    def of(cls, lock: LockSeen) -> "KeptOutAnswer":
        """Return the answer for a lock."""
        return cls(
            account_id=lock.account_id,
            username=lock.account.username if lock.account else None,
            until=lock.until,
            consecutive_failures=lock.consecutive,
        )


class LocksAnswer(AnswerBody):
    """One page of locks; `next_after` is where the next one begins, null at the end."""

    locks: list[KeptOutAnswer]
    next_after: str | None


class LimitAnswer(AnswerBody):
    """At most `amount` requests in any window for everything that shares a budget, times the scale."""

    name: str
    amount: int
    window_seconds: float
    per: Per
    tier: str

    @classmethod
    def of(cls, row: Limit) -> "LimitAnswer":
        """Return the answer for a limit."""
        window, tier = row.window.total_seconds(), tier_name(row.tier)
        return cls(name=row.name, amount=row.amount, window_seconds=window, per=row.per, tier=tier)


class LimitsAnswer(AnswerBody):
    """The table of limits. What the gateway enforces is not scaled."""

    limits: list[LimitAnswer]
    scale: int


@router.get("/limits")
async def list_limits(_: NeedsOperator, doors: NeedsDoors) -> LimitsAnswer:
    """List every limit, of both tiers."""
    scale = doors.inside.instance().limits_scale
    return LimitsAnswer(limits=[LimitAnswer.of(row) for row in LIMITS], scale=scale)


@router.get("/locks")
async def list_locks(
    _: NeedsOperator,
    doors: NeedsDoors,
    kind: LockKind = LockKind.SUSPENDED,
    after: After = None,
    size: Size = 50,
) -> LocksAnswer:
    """List who cannot sign in by a password now: for some hours, or until it is reset."""
    page = await doors.lanes.main(doors.flows.overview.list_locks, kind, after=after, size=size)
    return LocksAnswer(locks=[KeptOutAnswer.of(lock) for lock in page.items], next_after=page.next_after)


def tier_name(tier: Tier) -> str:
    """Return what a tier is called: who enforces it."""
    return tier.name.lower()
