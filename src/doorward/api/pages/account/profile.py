"""One's own account: name, address and password."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from fastapi import APIRouter
from starlette.responses import Response

from doorward.api.classes import RouteClass
from doorward.api.middleware.security_headers import PAGE_POLICY
from doorward.api.needs import NeedsDoors, NeedsVisit
from doorward.api.pages.forms import Errors, errors_of, known, missing, typed
from doorward.api.pages.render import go, page
from doorward.api.pages.session import NeedsFreshSession, NeedsSession
from doorward.api.problems import status_of
from doorward.api.visit import Visit
from doorward.core.accounts import names
from doorward.core.accounts.errors import UserExists
from doorward.core.accounts.records import GRACE
from doorward.core.federation.records import Identity, Provider
from doorward.core.kernel.errors import Invalid
from doorward.core.sessions.records import Snapshot
from doorward.core.sessions.rules import is_fresh

router = APIRouter(prefix="/account", tags=[RouteClass.PAGE], include_in_schema=False)

_PICTURES: Final = "img-src 'self' data:"
_NOTICES: Final = (
    "username_changed",
    "email_change_sent",
    "password_changed",
    "confirmed",
    "identity_linked",
    "identity_unlinked",
    "picture_changed",
    "picture_removed",
)


@dataclass(frozen=True, slots=True)
class WayRow:
    """An identity as the page lists it."""

    issuer: str
    subject: str
    provider: str
    label: str
    linked_at: datetime

    @classmethod
    def of(cls, identity: Identity, providers: Mapping[str, Provider]) -> "WayRow":
        """Return the row of an identity; a provider that is no longer configured is called by its id."""
        provider = providers.get(identity.provider_id)
        name = provider.name if provider else identity.provider_id
        return cls(identity.issuer, identity.subject, name, identity.label, identity.linked_at)


@router.get("")
async def show_account(visit: NeedsVisit, session: NeedsSession, notice: str | None = None) -> Response:
    """Show the account."""
    return await show_profile(visit, session, notice=known(notice, _NOTICES))


@router.post("/username")
async def take_username(visit: NeedsVisit, session: NeedsSession, doors: NeedsDoors) -> Response:
    """Change the username."""
    try:
        await doors.lanes.main(
            doors.flows.change_profile,
            session.profile.id,
            username=typed(visit, "username"),
            session_id=session.session_id,
        )
    except (Invalid, UserExists) as refusal:
        errors = {"username": refusal.reason if isinstance(refusal, Invalid) else refusal.detail}
        return await show_profile(visit, session, status=status_of(type(refusal)), errors=errors)
    return go(visit, "/account", notice="username_changed")


@router.post("/email")
async def take_email(visit: NeedsVisit, session: NeedsFreshSession, doors: NeedsDoors) -> Response:
    """Ask for another address, which counts once its link was used."""
    email, own = typed(visit, "email"), session.session_id
    try:
        _require_other(email, than=session.profile.email)
        await doors.lanes.main(doors.flows.change_profile, session.profile.id, email=email, session_id=own)
    except Invalid as refusal:
        return await show_profile(visit, session, status=status_of(Invalid), errors=errors_of(refusal))
    return go(visit, "/account", notice="email_change_sent")


@router.post("/password")
async def take_password(visit: NeedsVisit, session: NeedsSession, doors: NeedsDoors) -> Response:
    """Change the password. The other sessions end."""
    current, new = typed(visit, "current_password"), typed(visit, "new_password")
    errors = missing(visit, current_password="Type your current password.")  # noqa: S106 (a sentence)
    try:
        if not errors:
            await doors.lanes.hash_first(doors.flows.change_password, session, current, new_password=new)
    except Invalid as refusal:
        errors = errors_of(refusal)
    if errors:
        return await show_profile(visit, session, status=status_of(Invalid), errors=errors)
    return go(visit, "/account", notice="password_changed")


def _require_other(email: str, *, than: str) -> None:
    if names.email(email).key == names.email(than).key:
        raise Invalid("/email", "This is your address already.")


async def show_profile(
    visit: Visit, session: Snapshot, *, status: int = 200, notice: str | None = None, errors: Errors | None = None
) -> Response:
    """Return the page of the account; the form that was sent shows what was typed into it."""
    doors, profile = visit.doors, session.profile
    ways = await doors.lanes.main(doors.flows.providers.ways_in, profile.id)
    providers = doors.flows.providers.begin.providers
    connected = {identity.provider_id for identity in ways.identities}
    values = {"username": profile.username, "email": profile.email}
    picture = await _picture_of(visit, session)
    return page(
        visit,
        "account/profile.html",
        session=session,
        status=status,
        values={name: (visit.form or values).get(name, value) for name, value in values.items()},
        errors=errors or {},
        notice=notice,
        has_pictures=doors.files is not None and doors.flows.files.put_avatar.pictures is not None,
        picture=picture,
        is_fresh=is_fresh(session.authenticated_at, doors.clock.now()),
        ways=[WayRow.of(identity, providers) for identity in ways.identities],
        is_last_way=ways.is_last,
        has_password=ways.has_password,
        providers=[each for each in providers.values() if each.id not in connected],
        grace_days=GRACE.days,
        password_minimum=doors.flows.change_password.choose.minimum,
    )


async def _picture_of(visit: Visit, session: Snapshot) -> str | None:
    """Return where the picture of the account is, and let the page show what comes from there."""
    doors = visit.doors
    if doors.files is None:
        return None
    file = await doors.lanes.main(doors.flows.files.show_avatar, session.profile.id)
    if file is None:
        return None
    visit.page_policy = PAGE_POLICY.replace(_PICTURES, f"{_PICTURES} {doors.files.origin}")
    return doors.flows.files.links.to(file, now=doors.clock.now())
