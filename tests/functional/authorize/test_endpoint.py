"""The authorization endpoint over HTTP: what an application gets, and what leads nowhere."""

import re
from datetime import timedelta
from typing import Final
from urllib.parse import urlencode, urlsplit

import pytest

from doorward.api.limits import network_key
from doorward.core.audit.records import AuditKind
from doorward.core.kernel.secrets import digest
from doorward.core.limits.records import limit
from doorward.core.oauth.authorize.checks import KNOWN
from doorward.core.oauth.records import ClientAuthentication, GrantType
from tests.authorizing import CHALLENGE, RIGHT, asking
from tests.builders import CALLBACK, CLIENT, ISSUER
from tests.functional.authorize.guest import (
    AUTHORIZE,
    Guest,
    account_id,
    approved,
    artefact_of,
    change,
    codes,
    happened,
    pushed,
    waiting,
)
from tests.functional.site import SPA, Site
from tests.redirects import open_redirects

MARK: Final = "zqx-marks-what-comes-back"
SHAPES_A_BROWSER: Final = 1000
WRONG: Final[tuple[dict[str, str | None], ...]] = (
    {},
    {"response_type": "token"},
    {"scope": "x"},
    {"prompt": "none"},
    {"code_challenge": None},
)
NONSENSE: Final = ("\x00", "[]", "true", "$ne", "\u202e", "%00", "x" * 2500, "\r\nlocation: x", "<script>")


@pytest.mark.requirement("D-05", "S-03", "T-04", "S-10")
def test_authorize_of_somebody_who_allowed_it_before_answers_with_a_code_at_once(regular: Guest) -> None:
    told = regular.ask().told

    assert set(told) == {"code", "state", "iss"}
    assert told["state"] == "a state"
    assert told["iss"] == ISSUER


@pytest.mark.requirement("O-13")
def test_authorize_without_state_gives_none_back(regular: Guest) -> None:
    assert "state" not in regular.ask(state=None).told
    assert "state" not in regular.ask(state="").told


@pytest.mark.parametrize("state", ["a+b c&d=e%#?", "x" * 2048, "  ", "\"quoted\\'", "~" * 3])
def test_authorize_gives_the_state_back_as_it_came(regular: Guest, state: str) -> None:
    assert regular.ask(state=state).told["state"] == state


@pytest.mark.requirement("P-03", "O-19")
def test_authorize_code_is_kept_by_its_digest_with_everything_it_is_bound_to(provider: Site, regular: Guest) -> None:
    told = regular.ask(scope="openid profile").told

    kept = approved(provider, told["code"])
    assert kept.client_id == CLIENT
    assert kept.account_id == account_id(provider)
    assert kept.redirect_uri == CALLBACK
    assert kept.challenge == CHALLENGE
    assert kept.scope == "openid profile"
    assert kept.nonce == "a nonce"
    assert kept.authenticated_at == provider.clock.now()
    assert not kept.is_offline
    artefact = artefact_of(provider, told["code"])
    assert artefact.expires_at - provider.clock.now() == timedelta(seconds=60)
    assert told["code"].encode() not in provider.file.read_bytes()
    assert CHALLENGE not in regular.led_to


def test_authorize_code_of_each_answer_is_another(provider: Site, regular: Guest) -> None:
    told = [regular.ask().told["code"] for _ in range(50)]

    assert len({digest(code.encode()) for code in told}) == 50
    assert len({approved(provider, code).session_id for code in told}) == 50


def test_authorize_records_that_a_code_was_issued(provider: Site, regular: Guest) -> None:
    before = happened(provider, AuditKind.CODE_ISSUED)

    regular.ask()

    assert happened(provider, AuditKind.CODE_ISSUED) == before + 1


@pytest.mark.requirement("O-06")
def test_authorize_keeps_the_query_of_the_registered_address(provider: Site, regular: Guest) -> None:
    change(provider, redirect_uris=(f"{CALLBACK}?tenant=7",))

    regular.ask(redirect_uri=f"{CALLBACK}?tenant=7")

    assert regular.led_to.startswith(f"{CALLBACK}?tenant=7&code=")


@pytest.mark.requirement("S-01")
def test_authorize_loopback_address_may_have_any_port(provider: Site, member: Guest) -> None:
    change(provider, redirect_uris=("http://127.0.0.1/signed-in",))

    member.ask(redirect_uri="http://127.0.0.1:49152/signed-in").follow().consent()

    assert member.led_to.startswith("http://127.0.0.1:49152/signed-in?code=")


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"response_type": None}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_mode": "fragment"}, "invalid_request"),
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"scope": "unknown"}, "invalid_scope"),
        ({"resource": "https://unknown.example"}, "invalid_target"),
        ({"prompt": "none login"}, "invalid_request"),
        ({"max_age": "soon"}, "invalid_request"),
        ({"claims": "x"}, "invalid_request"),
        ({"id_token_hint": "x.y.z"}, "invalid_request"),
        ({"dpop_jkt": "x"}, "invalid_request"),
        ({"authorization_details": '[{"type":"payment"}]'}, "invalid_authorization_details"),
        ({"request_uri": "https://evil.example/request.jwt"}, "request_uri_not_supported"),
        ({"request": "x.y.z"}, "invalid_request_object"),
    ],
    ids=str,
)
@pytest.mark.requirement("O-05", "O-13", "D-05", "A-07")
def test_authorize_refusal_is_answered_to_the_application_and_changes_nothing(
    provider: Site, regular: Guest, changed: dict[str, str | None], error: str
) -> None:
    issued, kept = codes(provider), waiting(provider)

    told = regular.ask(**changed).told

    assert told["error"] == error
    assert re.fullmatch(r"[\x20-\x21\x23-\x5b\x5d-\x7e]+", told["error_description"])
    assert told["state"] == "a state"
    assert told["iss"] == ISSUER
    assert set(told) == {"error", "error_description", "state", "iss"}
    assert (codes(provider), waiting(provider)) == (issued, kept)


@pytest.mark.requirement("O-08", "S-02")
@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"client_id": None}, "CLIENT_UNKNOWN"),
        ({"client_id": "nobody"}, "CLIENT_UNKNOWN"),
        ({"client_id": "REPORTS"}, "CLIENT_UNKNOWN"),
        ({"client_id": "\x00"}, "CLIENT_UNKNOWN"),
        ({"redirect_uri": None}, "REDIRECT_URI_REFUSED"),
        ({"redirect_uri": "https://evil.example"}, "REDIRECT_URI_REFUSED"),
        ({"redirect_uri": "javascript:alert(1)"}, "REDIRECT_URI_REFUSED"),
    ],
    ids=str,
)
def test_authorize_without_a_good_address_is_shown_and_never_led_anywhere(
    stranger: Guest, changed: dict[str, str | None], code: str
) -> None:
    for wrong in WRONG:
        assert stranger.ask(**{**wrong, **changed}).error == code


@pytest.mark.requirement("O-08")
def test_authorize_for_a_client_that_is_switched_off_is_shown(provider: Site, regular: Guest) -> None:
    change(provider, disabled_at=provider.clock.now())

    assert regular.ask().error == "CLIENT_UNKNOWN"


def test_authorize_for_a_client_without_the_grant_is_refused(provider: Site, regular: Guest) -> None:
    change(provider, grants=(GrantType.CLIENT_CREDENTIALS,))

    assert regular.ask().told["error"] == "unauthorized_client"


def test_authorize_for_a_client_that_must_push_is_refused(provider: Site, regular: Guest) -> None:
    change(provider, requires_pushed_request=True)

    assert regular.ask().told["error"] == "invalid_request"
    assert regular.send(asking()).told["error"] == "invalid_request"


@pytest.mark.requirement("P-08")
@pytest.mark.parametrize("method", list(ClientAuthentication))
def test_authorize_asks_every_client_for_a_challenge(
    provider: Site, regular: Guest, method: ClientAuthentication
) -> None:
    change(provider, authentication=method)

    assert regular.ask(code_challenge=None, code_challenge_method=None).told["error"] == "invalid_request"


@pytest.mark.requirement("O-07", "O-08", "S-01", "S-02")
def test_authorize_never_leads_to_an_address_of_an_attacker(provider: Site) -> None:
    shapes = open_redirects()

    assert len(shapes) >= 240
    for number, shape in enumerate(shapes):
        if number % SHAPES_A_BROWSER == 0:
            guest = Guest(provider, f"198.51.100.{number // SHAPES_A_BROWSER}")
        query = urlencode({**asking(), "redirect_uri": shape}, errors="surrogatepass")
        if len(query) > 8000:
            continue
        answer = guest.arrive(f"{AUTHORIZE}?{query}").answer
        assert answer.status_code == 400, shape
        assert "location" not in answer.headers, shape
        assert shape.lower() in ("", "?", "/") or shape not in guest.paper.texts["main"]


def test_authorize_page_of_refusal_repeats_nothing(stranger: Guest) -> None:
    for name in (*KNOWN, "request", "request_uri", "unknown"):
        fields = asking(**{"redirect_uri": f"https://{MARK}.example", name: MARK})

        stranger.arrive(f"{AUTHORIZE}?{urlencode(fields)}")

        assert stranger.status == 400
        assert MARK not in stranger.answer.text
        assert all(MARK not in value for value in stranger.answer.headers.values())


def sent(guest: Guest, how: str, pairs: list[tuple[str, str]]) -> Guest:
    """Send parameters: behind a link, in a form, or the last of them in a form and the others behind its address."""
    if how == "query":
        return guest.arrive(f"{AUTHORIZE}?{urlencode(pairs)}")
    inside, outside = (pairs, []) if how == "body" else (pairs[-1:], pairs[:-1])
    guest.answer = guest.client.post(
        f"{AUTHORIZE}?{urlencode(outside)}",
        content=urlencode(inside),
        headers={"sec-fetch-site": "cross-site", "content-type": "application/x-www-form-urlencoded"},
        follow_redirects=False,
    )
    return guest


@pytest.mark.requirement("O-04")
@pytest.mark.parametrize("how", ["query", "body", "both"])
def test_authorize_parameter_that_comes_twice_is_refused(regular: Guest, how: str) -> None:
    for name in (*RIGHT, "prompt", "max_age", "claims", "login_hint", "request", "request_uri", "unknown"):
        value = RIGHT.get(name, "1")
        pairs = [*((each, text) for each, text in asking().items() if each != name), (name, value), (name, value)]

        sent(regular, how, pairs)

        if name in ("client_id", "redirect_uri"):
            assert regular.error in ("REQUEST_MALFORMED", "REDIRECT_URI_REFUSED")
        else:
            assert regular.told["error"] == "invalid_request"
            assert ("state" in regular.told) is (name != "state")


@pytest.mark.requirement("O-04")
@pytest.mark.parametrize("how", ["query", "body", "both"])
def test_authorize_parameter_that_is_empty_counts_as_absent(regular: Guest, how: str) -> None:
    for name in ("prompt", "max_age", "claims", "login_hint", "unknown", "request", "request_uri"):
        sent(regular, how, [*asking().items(), (name, "")]).follow_own()

        assert "code" in regular.told


@pytest.mark.parametrize("how", ["query", "body"])
def test_authorize_parameter_of_the_wrong_kind_never_breaks_it(regular: Guest, how: str) -> None:
    for name in ("response_type", "code_challenge", "scope", "nonce", "prompt", "claims", "resource"):
        for value in NONSENSE:
            sent(regular, how, list(asking(**{name: value}).items())).follow_own()

            assert "error" in regular.told or name == "nonce"
    assert regular.site.notes.failures == []


@pytest.mark.parametrize(
    "query", ["client_id=%ff", "client_id=%C3%28&redirect_uri=x", "a=1&" * 101, "client_id=reports&%ff=1"], ids=str
)
def test_authorize_query_that_can_be_read_in_two_ways_is_refused(stranger: Guest, query: str) -> None:
    assert stranger.arrive(f"{AUTHORIZE}?{query}").error in ("REQUEST_MALFORMED", "CLIENT_UNKNOWN")


@pytest.mark.parametrize("content_type", ["application/json", "text/plain", "multipart/form-data; boundary=x", ""])
def test_authorize_body_of_another_kind_is_refused(stranger: Guest, content_type: str) -> None:
    stranger.answer = stranger.client.post(AUTHORIZE, content=b"x", headers={"content-type": content_type})

    assert stranger.status == 415


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_authorize_by_another_method_is_refused(stranger: Guest, method: str) -> None:
    assert stranger.client.request(method, AUTHORIZE).status_code in (403, 405)


@pytest.mark.requirement("T-02", "S-07", "C-11")
@pytest.mark.parametrize("path", [AUTHORIZE, "/consent", "/sign-in"])
def test_authorize_is_open_to_no_other_origin(stranger: Guest, path: str) -> None:
    headers = {"origin": SPA, "access-control-request-method": "GET"}

    answers = [
        stranger.client.request("OPTIONS", path, headers=headers),
        stranger.client.get(f"{path}?{urlencode(asking())}", headers={"origin": SPA}, follow_redirects=False),
    ]

    assert not any(name.startswith("access-control") for answer in answers for name in answer.headers)


@pytest.mark.requirement("O-21", "S-13", "S-09", "O-16")
def test_authorize_answers_are_never_framed_kept_or_told_of(regular: Guest) -> None:
    for changed in ({}, {"prompt": "none"}, {"response_mode": "form_post"}, {"redirect_uri": "x"}):
        headers = regular.ask(**changed).answer.headers
        assert headers["cache-control"] == "no-store"
        assert headers["referrer-policy"] == "no-referrer"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert regular.answer.headers["x-frame-options"] == "DENY"


def test_authorize_sent_by_a_form_comes_back_with_the_cookies_and_goes_on(provider: Site, regular: Guest) -> None:
    regular.send(asking())

    assert regular.led_to.startswith(f"{AUTHORIZE}?client_id=reports&request_uri=urn%3Aietf%3Aparams%3Aoauth%3A")
    assert "code" in regular.follow().told
    assert regular.told["state"] == "a state"


@pytest.mark.requirement("O-20")
def test_authorize_sent_by_a_form_looks_at_no_cookie(provider: Site, regular: Guest) -> None:
    issued = codes(provider)
    regular.answer = regular.client.post(
        AUTHORIZE, data=asking(), headers={"sec-fetch-site": "same-site"}, follow_redirects=False
    )

    assert regular.led_to.startswith(f"{AUTHORIZE}?")
    assert codes(provider) == issued


def test_authorize_sent_by_a_form_that_is_wrong_is_answered_at_once(stranger: Guest) -> None:
    assert stranger.send(asking(scope="unknown")).told["error"] == "invalid_scope"


def test_authorize_sent_by_a_form_may_name_a_request_that_was_pushed(provider: Site, regular: Guest) -> None:
    uri = pushed(provider, **asking())

    regular.send({"client_id": CLIENT, "request_uri": uri}).follow()

    assert "code" in regular.told


def test_authorize_too_often_is_refused_for_a_while(stranger: Guest) -> None:
    for _ in range(1200):
        stranger.site.house.flows.answer_claim.counters.hit(limit("authorize"), network_key(stranger.address))

    assert stranger.open(AUTHORIZE).status == 429


def test_authorize_address_of_the_application_is_the_only_one_in_the_policy(regular: Guest) -> None:
    regular.ask(response_mode="form_post")

    policy = regular.answer.headers["content-security-policy"]
    assert "form-action 'self' https://app.example;" in policy
    assert urlsplit(regular.paper.forms["answer-form"].action).netloc == "app.example"


@pytest.mark.requirement("C-07")
def test_authorize_head_issues_no_code_and_keeps_no_request(provider: Site, regular: Guest) -> None:
    before = codes(provider), waiting(provider), happened(provider, AuditKind.CODE_ISSUED)

    for changed in ({}, {"prompt": "login"}, {"prompt": "none"}):
        answer = regular.client.head(f"{AUTHORIZE}?{urlencode(asking(**changed))}", follow_redirects=False)
        assert answer.status_code == 405
        assert "location" not in answer.headers
        assert "set-cookie" not in answer.headers

    assert (codes(provider), waiting(provider), happened(provider, AuditKind.CODE_ISSUED)) == before
