"""The signing keys in the console."""

from typing import Final

from fastapi import APIRouter
from starlette.responses import Response

from doorward.api.classes import RouteClass
from doorward.api.needs import NeedsDoors, NeedsVisit
from doorward.api.pages.console.frame import Question, ask, show
from doorward.api.pages.console.operator import NeedsFreshOperator, NeedsOperator
from doorward.api.pages.forms import known
from doorward.api.pages.render import go
from doorward.core.keys.records import KeyState
from doorward.core.keys.rules import PUBLISHED_BEFORE_USE, VERIFIES_AFTER

router = APIRouter(prefix="/console/keys", tags=[RouteClass.PAGE], include_in_schema=False)

_PATH: Final = "/console/keys"
_KNOWN_HOURS: Final = int(VERIFIES_AFTER.total_seconds() // 3600)
_HOURS: Final = int(PUBLISHED_BEFORE_USE.total_seconds() // 3600)
_STATES: Final = {
    KeyState.NEXT: ("Next", "mind", "published, so that everybody knows it when it begins to sign"),
    KeyState.ACTIVE: ("Active", "good", "signs what is issued now"),
    KeyState.RETIRING: ("Retiring", "", "signs nothing any more; what it has signed can still be verified"),
    KeyState.RETIRED: ("Retired", "", "over, and removed with the next look of the worker"),
}

QUESTION: Final = Question(
    title="Make new signing keys now?",
    subject="One new key for each algorithm",
    consequences=(
        f"They are published at once, and sign in {_HOURS} hours, when every verifier has fetched them.",
        f"The present keys sign until then, and count for {_KNOWN_HOURS} hours more. Nobody is signed out.",
        "This is not what to do when a key was stolen: the guide to rotating keys and secrets says what is.",
    ),
    button="Make new keys",
    action=f"{_PATH}/rotate",
    back=_PATH,
    is_grave=False,
)


@router.get("")
async def show_keys(
    visit: NeedsVisit, session: NeedsOperator, doors: NeedsDoors, notice: str | None = None
) -> Response:
    """Show the keys, and what comes next."""
    found = await doors.lanes.main(doors.flows.overview.list_keys)
    return show(
        visit,
        "overview/keys.html",
        session=session,
        here="keys",
        keys=[(seen.key, *_STATES[seen.state]) for seen in found.keys],
        rotations=found.rotations,
        hours=_HOURS,
        notice=known(notice, ("rotated",)),
    )


@router.get("/rotate")
async def ask_to_rotate(visit: NeedsVisit, session: NeedsFreshOperator) -> Response:
    """Say what rotating does."""
    return ask(visit, QUESTION, session=session, here="keys")


@router.post("/rotate")
async def take_rotate(visit: NeedsVisit, session: NeedsFreshOperator, doors: NeedsDoors) -> Response:
    """Make new keys."""
    await doors.lanes.main(doors.flows.rotate_keys, force=True, actor_id=session.profile.id)
    return go(visit, _PATH, notice="rotated")
