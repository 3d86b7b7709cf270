"""The modules of the plans for signing out: at an application's wish, and by the back channel.

Source: OpenID Connect RP-Initiated Logout 1.0; OpenID Connect Back-Channel Logout 1.0.
"""

import json
from collections.abc import Callable
from typing import Final

import pytest

from doorward.core.keys import jose
from doorward.core.keys.jose import b64url_encode
from tests.conformance.suite.checks import verified
from tests.conformance.suite.deployment import Deployment
from tests.conformance.suite.party import Party, Tokens
from tests.conformance.suite.person import Person
from tests.processes import wait_until
from tests.proofs import Holder

LOGOUT: Final = "/oauth/logout"
BACK: Final = "https://suite.example/signed-out"
EVENT: Final = "http://schemas.openid.net/event/backchannel-logout"


@pytest.fixture
def party(registered: Callable[..., Party]) -> Party:
    return registered("leaving", post_logout_redirect_uris=(BACK,))


@pytest.fixture
def tokens(party: Party, stranger: Person) -> Tokens:
    """Return the tokens of somebody who signed in for the application just now."""
    return party.tokens(party.authorize(stranger))


def leave(person: Person, **parameters: str) -> Person:
    """Be sent to sign out, and send the form of the page if there is one."""
    person.arrive(LOGOUT, parameters)
    return person.fill("answer-form") if "answer-form" in person.paper.forms else person


def is_gone(party: Party, person: Person) -> bool:
    """Tell whether nobody is signed in at this browser any more."""
    return party.authorize(person, prompt="none").error == "login_required"


@pytest.mark.requirement("OIDC-16")
def test_oidcc_rp_initiated_logout_discovery_endpoint_verification(deployment: Deployment) -> None:
    assert deployment.metadata()["end_session_endpoint"] == f"{deployment.url}{LOGOUT}"


@pytest.mark.requirement("OIDC-16")
def test_oidcc_rp_initiated_logout(party: Party, stranger: Person, tokens: Tokens) -> None:
    leave(stranger, id_token_hint=tokens.id_token, post_logout_redirect_uri=BACK, state="a state")

    assert stranger.led_to == f"{BACK}?state=a+state"
    assert is_gone(party, stranger)


@pytest.mark.requirement("OIDC-17", "V-08")
def test_oidcc_rp_initiated_logout_bad_post_logout_redirect_uri(stranger: Person, tokens: Tokens) -> None:
    leave(stranger, id_token_hint=tokens.id_token, post_logout_redirect_uri="https://evil.example/out")

    assert stranger.is_shown_an_error
    assert stranger.is_signed_in


@pytest.mark.requirement("OIDC-18")
def test_oidcc_rp_initiated_logout_modified_id_token_hint(stranger: Person, tokens: Tokens) -> None:
    none, claims = b64url_encode(b'{"alg":"none","typ":"JWT"}'), tokens.id_token.split(".")[1]

    leave(stranger, id_token_hint=f"{none}.{claims}.", post_logout_redirect_uri=BACK)

    assert stranger.is_shown_an_error
    assert stranger.is_signed_in


@pytest.mark.requirement("OIDC-17")
def test_oidcc_rp_initiated_logout_no_id_token_hint(stranger: Person, tokens: Tokens) -> None:
    leave(stranger, post_logout_redirect_uri=BACK)

    assert stranger.is_shown_an_error
    assert stranger.is_signed_in


@pytest.mark.requirement("OIDC-19")
def test_oidcc_rp_initiated_logout_no_params(party: Party, stranger: Person, tokens: Tokens) -> None:
    leave(stranger)

    assert stranger.led_to == "/sign-in?notice=signed_out"
    assert is_gone(party, stranger)


@pytest.mark.requirement("OIDC-16")
def test_oidcc_rp_initiated_logout_no_post_logout_redirect_uri(party: Party, stranger: Person, tokens: Tokens) -> None:
    leave(stranger, id_token_hint=tokens.id_token)

    assert stranger.led_to == "/sign-in?notice=signed_out"
    assert is_gone(party, stranger)


@pytest.mark.requirement("OIDC-16")
def test_oidcc_rp_initiated_logout_no_state(party: Party, stranger: Person, tokens: Tokens) -> None:
    leave(stranger, id_token_hint=tokens.id_token, post_logout_redirect_uri=BACK)

    assert stranger.led_to == BACK
    assert is_gone(party, stranger)


@pytest.mark.requirement("OIDC-19")
def test_oidcc_rp_initiated_logout_only_state(party: Party, stranger: Person, tokens: Tokens) -> None:
    leave(stranger, state="a state")

    assert stranger.led_to == "/sign-in?notice=signed_out"
    assert is_gone(party, stranger)


@pytest.mark.requirement("OIDC-17", "V-08")
def test_oidcc_rp_initiated_logout_query_added_to_post_logout_redirect_uri(stranger: Person, tokens: Tokens) -> None:
    leave(stranger, id_token_hint=tokens.id_token, post_logout_redirect_uri=f"{BACK}?foo=bar")

    assert stranger.is_shown_an_error
    assert stranger.is_signed_in


@pytest.mark.requirement("OIDC-18")
def test_oidcc_rp_initiated_logout_bad_id_token_hint(stranger: Person, tokens: Tokens) -> None:
    header, claims = ({**json.loads(jose.b64url_decode(part))} for part in tokens.id_token.split(".")[:2])
    forged = Holder("suite-forger").signed({**header, "alg": "ES256"}, claims)

    leave(stranger, id_token_hint=forged, post_logout_redirect_uri=BACK)

    assert stranger.is_shown_an_error
    assert stranger.is_signed_in


@pytest.mark.requirement("OIDC-20")
def test_oidcc_backchannel_logout_discovery_endpoint_verification(deployment: Deployment) -> None:
    told = deployment.metadata()

    assert told["backchannel_logout_supported"] is True
    assert told["backchannel_logout_session_supported"] is True
    assert told["end_session_endpoint"] == f"{deployment.url}{LOGOUT}"


@pytest.mark.requirement("OIDC-20")
def test_oidcc_backchannel_rp_initiated_logout(
    deployment: Deployment, registered: Callable[..., Party], stranger: Person
) -> None:
    told_at = f"{deployment.elsewhere.url}/backchannel"
    party = registered("told", post_logout_redirect_uris=(BACK,), backchannel_logout_uri=told_at)
    tokens = party.tokens(party.authorize(stranger))
    before = deployment.now().timestamp()

    leave(stranger, id_token_hint=tokens.id_token, post_logout_redirect_uri=BACK, state="a state")

    assert stranger.led_to == f"{BACK}?state=a+state"
    wait_until(lambda: bool(deployment.elsewhere.posted))
    ((path, form, headers),) = deployment.elsewhere.posted
    assert (path, set(form)) == ("/backchannel", {"logout_token"})
    assert headers["content-type" if "content-type" in headers else "Content-Type"] == (
        "application/x-www-form-urlencoded"
    )
    header = json.loads(jose.b64url_decode(form["logout_token"].partition(".")[0]))
    claims = verified(deployment, form["logout_token"])
    assert header["typ"] == "logout+jwt"
    assert (claims["iss"], claims["aud"]) == (deployment.issuer, party.client.id)
    assert (claims["sub"], claims["sid"]) == (tokens.about.subject, tokens.about.claims["sid"])
    assert claims["events"] == {EVENT: {}}
    assert set(claims) == {"iss", "sub", "aud", "sid", "jti", "iat", "exp", "events"}
    assert before - 5 < jose.number(claims, "iat") < jose.number(claims, "exp") <= before + 180
    assert is_gone(party, stranger)
