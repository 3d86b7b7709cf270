"""Sending a browser to another provider, and knowing it when it comes back."""

from collections.abc import Mapping
from typing import Final

from starlette.responses import Response

from doorward.api.pages.render import page
from doorward.api.v1.web.cookies import Cookie, cookies_of, held
from doorward.api.visit import Visit
from doorward.core.federation import errors
from doorward.core.federation.records import AnswerMode, Intent
from doorward.core.kernel.errors import Refusal, Unavailable
from doorward.core.kernel.outgoing import NotFetched
from doorward.core.onetime.records import PURPOSES, Purpose
from doorward.core.sessions.records import Snapshot

_LIVES_FOR: Final = PURPOSES[Purpose.SIGN_IN_WITH].link


class ProviderSilent(Unavailable):
    """A provider does not answer."""

    detail = "The other service does not answer right now. Try again in a moment, or choose another way."


_WORDS: Final[Mapping[type[Refusal], str]] = {
    errors.ProviderDeclined: "{0} did not sign you in: you cancelled there, or it refused. Nothing has changed here. "
    "Try again, or choose another way.",
    errors.ProviderNotBelieved: "{0} answered something that we cannot accept, so nobody was signed in by it, and "
    "your account is as it was. Try again, or choose another way.",
    errors.AddressMissing: "{0} did not tell us your e-mail address, which every account needs. Try again and allow "
    "it there, or create an account here.",
    errors.SomebodyElse: "You signed in at {0} as somebody else than your account here is connected to. Nothing was "
    "changed. Choose the right account there.",
    errors.IdentityTaken: "What you chose at {0} is connected to another account here, so it was not connected to "
    "this one. Sign in to that account and disconnect it, or choose another one at {0}.",
    ProviderSilent: "{0} does not answer right now. Nothing has changed here. Try again in a moment, or choose "
    "another way.",
}
"""What the reader is told of a refusal, with the provider's name."""


async def go_to(
    visit: Visit, provider_id: str, intent: Intent, *, session: Snapshot | None, request: str = ""
) -> Response:
    """Return the page that leads to a provider.

    It is a page of its own and no redirect: a form of ours leads to our own pages only, whatever stands on them.
    Source: W3C Content Security Policy Level 3 section 6.4.1 (form-action holds for redirects too).
    Raises: NoSuchProvider; NotFetched; Unavailable.
    """
    doors, cookies = visit.doors, cookies_of(visit.doors.issuer)
    begin = doors.flows.providers.begin
    provider = begin.provider(provider_id)
    begun = await doors.lanes.web(
        begin,
        provider_id,
        intent,
        browser=browser(visit, provider.answer_mode),
        session=session,
        request=request or None,
        device_token=held(visit.jar, cookies.device),
    )
    answer = page(
        visit,
        "entry/leaving.html",
        session=session,
        provider=provider.name,
        url=begun.url,
        intent=intent.value,
        request=request,
    )
    cookies.set(answer, _cookie(visit, begun.answer_mode), begun.browser, lives_for=_LIVES_FOR)
    return answer


def browser(visit: Visit, mode: AnswerMode) -> str | None:
    """Return the secret that this browser holds."""
    return held(visit.jar, _cookie(visit, mode))


def forget(visit: Visit, answer: Response, mode: AnswerMode) -> None:
    """Let the browser forget a secret that other sites' forms bring along; the other one serves other tabs still."""
    if mode is AnswerMode.FORM_POST:
        cookies_of(visit.doors.issuer).delete(answer, _cookie(visit, mode))


def no_answer(visit: Visit, failure: NotFetched) -> ProviderSilent:
    """Note why a provider was not reached, and return what the reader is told."""
    code, reason = ProviderSilent.code, failure.failure.value
    visit.doors.watch.refused(code, reason=reason, route=visit.route, request_id=visit.request_id)
    return ProviderSilent(failure.retry_after)


def in_words(visit: Visit, provider_id: str, refusal: Refusal) -> str:
    """Return what the reader is told when a provider led to a refusal."""
    provider, words = visit.doors.flows.providers.begin.providers.get(provider_id), _WORDS.get(type(refusal))
    return refusal.detail if provider is None or words is None else words.format(provider.name)


def _cookie(visit: Visit, mode: AnswerMode) -> Cookie:
    cookies = cookies_of(visit.doors.issuer)
    return cookies.away_by_form if mode is AnswerMode.FORM_POST else cookies.away
