"""Signing in with another provider: going there, coming back, and the code that finishes what its word does not."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from doorward.api import limits
from doorward.api.classes import RouteClass
from doorward.api.needs import NeedsDoors, NeedsVisit
from doorward.api.pages import away
from doorward.api.pages.account.confirm import ask_to_confirm, go_on
from doorward.api.pages.account.profile import show_profile
from doorward.api.pages.consent.waiting import came_before
from doorward.api.pages.entry.sign_in import show_form
from doorward.api.pages.forms import Errors, missing, typed
from doorward.api.pages.render import go, go_home, page
from doorward.api.pages.session import MaybeSession
from doorward.api.problems import status_of
from doorward.api.v1.device_name import device_name
from doorward.api.v1.web.cookies import cookies_of, held
from doorward.api.v1.web.login import give_session
from doorward.api.visit import Visit
from doorward.core.accounts.errors import UserExists
from doorward.core.federation.errors import SignInBegunElsewhere, SomebodyElse
from doorward.core.federation.records import Answer, AnswerMode, Intent, Outcome
from doorward.core.kernel.errors import Invalid, NotFound, Refusal, Retryable
from doorward.core.kernel.outgoing import NotFetched
from doorward.core.limits.records import limit
from doorward.core.onetime.errors import LinkRefused
from doorward.core.onetime.records import PURPOSES, Purpose
from doorward.core.sessions.records import Snapshot

router = APIRouter(prefix="/sign-in", tags=[RouteClass.PAGE], include_in_schema=False)

_FINISH_LIVES_FOR: Final = PURPOSES[Purpose.FINISH_SIGN_IN].link
_CODE_REFUSED: Final = (
    "This code does not work: it may be mistyped, too old, or used already. Look for the newest mail."
)
_FINISHED: Final = "This sign-in was finished already, or took too long. Nobody was signed in by it now. Begin again."
_HAS_ACCOUNT: Final = (
    "There is an account with this address by now. Sign in to it; on its page you can connect the other service."
)


@router.post("/with/{provider_id}")
async def take_sign_in_with(provider_id: str, visit: NeedsVisit, session: MaybeSession) -> Response:
    """Go to a provider to sign in."""
    try:
        return await away.go_to(visit, provider_id, Intent.SIGN_IN, session=session, request=typed(visit, "request"))
    except NotFetched as failure:
        return await _refuse(visit, session, provider_id, away.no_answer(visit, failure))


@router.get("/with/{provider_id}/callback")
async def show_callback(provider_id: str, request: Request, visit: NeedsVisit, session: MaybeSession) -> Response:
    """Take what a browser brings back by an address, and do what it went there for."""
    await limits.spend(visit, limit("sign_in"), limits.network_key(visit.address))
    pairs = request.query_params.multi_items()
    fields = dict(pairs)
    if len(fields) != len(pairs):
        return await _refuse(visit, session, provider_id, SignInBegunElsewhere())
    return await _come_back(visit, session, provider_id, fields, mode=AnswerMode.QUERY)


@router.post("/with/{provider_id}/callback")
async def take_callback(provider_id: str, visit: NeedsVisit, session: MaybeSession) -> Response:
    """Take what a browser brings back by a form of the provider's page."""
    return await _come_back(visit, session, provider_id, visit.form or {}, mode=AnswerMode.FORM_POST)


@router.get("/finish")
async def show_finish(visit: NeedsVisit, session: MaybeSession) -> Response:
    """Ask for the code from the mail, in the browser that came back from the provider."""
    return await _show_finish(visit, session)


@router.post("/finish")
async def take_finish(visit: NeedsVisit, session: MaybeSession, doors: NeedsDoors) -> Response:
    """Take the code, and sign in to the account that it makes."""
    errors = missing(visit, code="Type the code from the mail.")
    if errors:
        return await _show_finish(visit, session, status=status_of(Invalid), errors=errors)
    token = held(visit.jar, cookies_of(doors.issuer).finish) or ""
    caller, name = visit.caller(None), device_name(visit.program)
    try:
        finish = doors.flows.providers.finish
        outcome = await doors.lanes.main(finish, token, typed(visit, "code"), caller=caller, device_name=name)
    except LinkRefused:
        return await _show_finish(visit, session, status=status_of(LinkRefused), errors={"code": _CODE_REFUSED})
    except UserExists as refusal:
        return await _show(visit, _HAS_ACCOUNT, type(refusal))
    except NotFound as refusal:
        return await _show(visit, _FINISHED, type(refusal))
    answer = _arrived(visit, outcome)
    cookies = cookies_of(doors.issuer)
    cookies.delete(answer, cookies.finish)
    return answer


async def _come_back(
    visit: Visit, session: Snapshot | None, provider_id: str, fields: Mapping[str, str], *, mode: AnswerMode
) -> Response:
    doors, name = visit.doors, device_name(visit.program)
    presented = Answer(fields.get("state", ""), fields.get("code"), fields.get("error"), fields.get("iss"))
    try:
        if doors.flows.providers.begin.provider(provider_id).answer_mode is not mode:
            raise SignInBegunElsewhere
        outcome = await doors.lanes.web(
            doors.flows.providers.come_back,
            provider_id,
            presented,
            browser=away.browser(visit, mode),
            caller=visit.caller(None),
            device_name=name,
        )
    except NotFetched as failure:
        return await _refuse(visit, session, provider_id, away.no_answer(visit, failure))
    except Refusal as refusal:
        if isinstance(refusal, Retryable | NotFound):
            raise
        return await _refuse(visit, session, provider_id, refusal)
    answer = _arrived(visit, outcome)
    away.forget(visit, answer, mode)
    return answer


def _arrived(visit: Visit, outcome: Outcome) -> Response:
    """Return where somebody goes on: with a session, with a link, or to where the code from a mail is asked for."""
    cookies = cookies_of(visit.doors.issuer)
    if outcome.finish_token is not None:
        answer = go(visit, "/sign-in/finish")
        cookies.set(answer, cookies.finish, outcome.finish_token, lives_for=_FINISH_LIVES_FOR)
        return answer
    if outcome.remembered is None:
        return go(visit, "/account", notice="identity_linked")
    if outcome.intent is Intent.CONFIRM:
        answer = go_on(visit, outcome.request or "")
    elif outcome.request:
        answer = go(visit, f"/sign-in?{urlencode({'request': outcome.request})}")
    else:
        answer = go_home(visit)
    give_session(visit, answer, outcome.remembered)
    return answer


async def _refuse(visit: Visit, session: Snapshot | None, provider_id: str, refusal: Refusal) -> Response:
    """Show a refusal where the reader is: where one signs in, where one confirms, or on the page of their account."""
    words = away.in_words(visit, provider_id, refusal)
    if session is None:
        return await _show(visit, words, type(refusal))
    show = ask_to_confirm if isinstance(refusal, SomebodyElse) else show_profile
    return await show(visit, session, status=status_of(type(refusal)), errors={"form": words})


async def _show(visit: Visit, words: str, refusal: type[Refusal]) -> Response:
    """Show where one signs in, for the application that the browser came from, if it waits still."""
    came = await came_before(visit, None)
    return show_form(visit, None, came, status=status_of(refusal), errors={"form": words})


async def _show_finish(
    visit: Visit, session: Snapshot | None, *, status: int = 200, errors: Errors | None = None
) -> Response:
    doors = visit.doors
    token = held(visit.jar, cookies_of(doors.issuer).finish) or ""
    email = await doors.lanes.main(doors.flows.providers.finish.address, token)
    if email is None:
        return await _show(visit, _FINISHED, LinkRefused)
    development = doors.mailbox is not None
    return page(
        visit,
        "entry/finish.html",
        session=session,
        status=status,
        email=email,
        errors=errors or {},
        development=development,
    )
