"""The modules of the basic plan, and of the same plan with answers that come as a form.

Source: OpenID Connect Core 1.0; OAuth 2.0 Form Post Response Mode.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Final

import pytest

from doorward.core.keys.jose import b64url_encode
from doorward.core.oauth.records import ClientAuthentication
from tests.conformance.suite.deployment import OWNER
from tests.conformance.suite.party import CALLBACK, TOKEN, Party
from tests.conformance.suite.person import Person

MODES: Final = {"basic": None, "formpost": "form_post"}
EMAIL: Final = {"email": f"{OWNER}@mail.example", "email_verified": True}
PROFILE: Final = {"preferred_username": OWNER, "updated_at": "seconds"}


@pytest.fixture(params=MODES)
def party(request: pytest.FixtureRequest, registered: Callable[..., Party]) -> Party:
    return registered(request.param, response_mode=MODES[request.param])


@pytest.fixture
def other(registered: Callable[..., Party]) -> Party:
    return registered("another")


def scope_of(party: Party, person: Person, scope: str) -> tuple[str, dict[str, object]]:
    """Return the scope that is granted where one is asked for, and what userinfo tells then."""
    tokens = party.tokens(party.authorize(person, scope=scope))
    told = party.userinfo(tokens.access_token).json()
    assert told.pop("sub") == tokens.about.subject
    assert not {*EMAIL, *PROFILE} & set(tokens.about.claims)
    if isinstance(told.get("updated_at"), int):
        told["updated_at"] = "seconds"
    return str(tokens.body["scope"]), told


@pytest.mark.requirement("OIDC-01")
def test_oidcc_server(party: Party, stranger: Person) -> None:
    told = party.authorize(stranger, prompt="consent")

    assert set(told.told) == {"code", "state", "iss"}
    assert stranger.pages == ["sign-in", "consent"]
    tokens = party.tokens(told)
    assert party.userinfo(tokens.access_token).json() == {"sub": tokens.about.subject}


@pytest.mark.requirement("O-05")
def test_oidcc_response_type_missing(party: Party, regular: Person) -> None:
    assert party.authorize(regular, response_type=None).error == "invalid_request"


@pytest.mark.requirement("OIDC-04")
def test_oidcc_idtoken_signature(party: Party, regular: Person) -> None:
    tokens = party.tokens(party.authorize(regular))

    assert tokens.about.header["alg"] == "RS256"


@pytest.mark.requirement("J-03")
def test_oidcc_idtoken_unsigned(party: Party) -> None:
    assert "none" not in str(party.deployment.metadata()["id_token_signing_alg_values_supported"])


@pytest.mark.requirement("OIDC-05")
def test_oidcc_userinfo_get(party: Party, regular: Person) -> None:
    tokens = party.tokens(party.authorize(regular))

    answer = party.userinfo(tokens.access_token)

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.json()["sub"] == tokens.about.subject


@pytest.mark.requirement("OIDC-05")
def test_oidcc_userinfo_post_header(party: Party, regular: Person) -> None:
    tokens = party.tokens(party.authorize(regular))

    answer = party.userinfo(tokens.access_token, "POST")

    assert (answer.status_code, answer.json()["sub"]) == (200, tokens.about.subject)


@pytest.mark.requirement("B-01")
def test_oidcc_userinfo_post_body(party: Party, regular: Person) -> None:
    tokens = party.tokens(party.authorize(regular))

    answer = party.deployment.http.post(
        f"{party.deployment.url}/oauth/userinfo", data={"access_token": tokens.access_token}
    )

    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


@pytest.mark.requirement("OIDC-02")
def test_oidcc_ensure_request_without_nonce_succeeds_for_code_flow(party: Party, regular: Person) -> None:
    tokens = party.tokens(party.authorize(regular, nonce=None))

    assert "nonce" not in tokens.about.claims


@pytest.mark.requirement("OIDC-06")
def test_oidcc_scope_profile(party: Party, regular: Person) -> None:
    assert scope_of(party, regular, "openid profile") == ("openid profile", PROFILE)


@pytest.mark.requirement("OIDC-06")
def test_oidcc_scope_email(party: Party, regular: Person) -> None:
    assert scope_of(party, regular, "openid email") == ("openid email", EMAIL)


@pytest.mark.requirement("OIDC-06")
def test_oidcc_scope_address(party: Party, regular: Person) -> None:
    assert "address" not in str(party.deployment.metadata()["scopes_supported"])
    assert scope_of(party, regular, "openid address") == ("openid", {})


@pytest.mark.requirement("OIDC-06")
def test_oidcc_scope_phone(party: Party, regular: Person) -> None:
    assert "phone" not in str(party.deployment.metadata()["scopes_supported"])
    assert scope_of(party, regular, "openid phone") == ("openid", {})


@pytest.mark.requirement("OIDC-06", "O-11")
def test_oidcc_scope_all(party: Party, regular: Person) -> None:
    granted = scope_of(party, regular, "openid profile email address phone")

    assert granted == ("openid profile email", {**PROFILE, **EMAIL})


def test_oidcc_alternate_happy_flow(party: Party, regular: Person) -> None:
    sent, verifier = party.asking(scope="email openid")
    turned = dict(reversed(sent.items()))

    regular.arrive("/oauth/authorize", turned).go_on()

    code = party.heard(regular, turned)["code"]
    answer = party.send(
        TOKEN, grant_type="authorization_code", code=code, redirect_uri=CALLBACK, code_verifier=verifier
    )
    assert answer.status_code == 200
    assert set(answer.json()["scope"].split()) == {"email", "openid"}


@pytest.mark.requirement("OIDC-03")
def test_oidcc_display_page(party: Party, stranger: Person) -> None:
    party.tokens(party.authorize(stranger, display="page"))

    assert "sign-in" in stranger.pages


@pytest.mark.requirement("OIDC-03")
def test_oidcc_display_popup(party: Party, stranger: Person) -> None:
    party.tokens(party.authorize(stranger, display="popup"))

    assert "sign-in" in stranger.pages


@pytest.mark.requirement("OIDC-07")
def test_oidcc_prompt_login(party: Party, stranger: Person) -> None:
    first = party.tokens(party.authorize(stranger)).about
    party.deployment.wait_for(first.auth_time + 1)

    second = party.tokens(party.authorize(stranger, prompt="login")).about

    assert stranger.pages == ["sign-in"]
    assert second.subject == first.subject
    assert second.auth_time > first.auth_time


@pytest.mark.requirement("OIDC-07", "S-02")
def test_oidcc_prompt_none_not_logged_in(party: Party, stranger: Person) -> None:
    assert party.authorize(stranger, prompt="none").error == "login_required"
    assert stranger.pages == []


@pytest.mark.requirement("OIDC-07")
def test_oidcc_prompt_none_logged_in(party: Party, regular: Person) -> None:
    first = party.tokens(party.authorize(regular)).about

    second = party.tokens(party.authorize(regular, prompt="none")).about

    assert regular.pages == []
    assert (second.subject, second.auth_time) == (first.subject, first.auth_time)


@pytest.mark.requirement("OIDC-08")
def test_oidcc_max_age_1(party: Party, stranger: Person) -> None:
    first = party.tokens(party.authorize(stranger)).about
    party.deployment.wait_for(first.auth_time + 2)

    second = party.tokens(party.authorize(stranger, max_age="1")).about

    assert stranger.pages == ["sign-in"]
    assert second.auth_time > first.auth_time


@pytest.mark.requirement("OIDC-08")
def test_oidcc_max_age_10000(party: Party, regular: Person) -> None:
    first = party.tokens(party.authorize(regular, max_age="15000")).about

    second = party.tokens(party.authorize(regular, max_age="10000")).about

    assert regular.pages == []
    assert (second.subject, second.auth_time) == (first.subject, first.auth_time)


@pytest.mark.requirement("O-04")
def test_oidcc_ensure_request_with_unknown_parameter_succeeds(party: Party, regular: Person) -> None:
    party.tokens(party.authorize(regular, extra="foobar"))


@pytest.mark.requirement("OIDC-09")
def test_oidcc_id_token_hint(party: Party, regular: Person) -> None:
    first = party.tokens(party.authorize(regular))

    second = party.tokens(party.authorize(regular, prompt="none", id_token_hint=first.id_token)).about

    assert regular.pages == []
    assert (second.subject, second.auth_time) == (first.about.subject, first.about.auth_time)


@pytest.mark.requirement("OIDC-03")
def test_oidcc_login_hint(party: Party, stranger: Person) -> None:
    stranger.arrive("/oauth/authorize", party.asking(login_hint=f"{OWNER}@mail.example")[0])
    stranger.open(stranger.led_to or "")
    assert stranger.paper.forms["sign-in-form"].fields["username"] == f"{OWNER}@mail.example"

    party.tokens(party.authorize(stranger, login_hint=f"{OWNER}@mail.example"))


@pytest.mark.requirement("OIDC-03")
def test_oidcc_ui_locales(party: Party, stranger: Person) -> None:
    party.tokens(party.authorize(stranger, ui_locales="se"))


@pytest.mark.requirement("OIDC-03")
def test_oidcc_claims_locales(party: Party, regular: Person) -> None:
    party.tokens(party.authorize(regular, claims_locales="se"))


@pytest.mark.requirement("OIDC-03")
def test_oidcc_ensure_request_with_acr_values_succeeds(party: Party, regular: Person) -> None:
    announced = party.deployment.metadata().get("acr_values_supported", ["1", "2"])
    assert isinstance(announced, list)

    tokens = party.tokens(party.authorize(regular, acr_values=" ".join(map(str, announced))))

    assert tokens.about.claims.get("acr") in announced or announced == ["1", "2"]


@pytest.mark.requirement("O-12")
def test_oidcc_codereuse(party: Party, regular: Person) -> None:
    told = party.authorize(regular)
    party.tokens(told)

    assert party.refused(party.redeem(told)) == "invalid_grant"


@pytest.mark.requirement("O-12")
def test_oidcc_codereuse_30seconds(party: Party, regular: Person) -> None:
    told = party.authorize(regular, scope="openid offline_access")
    tokens = party.tokens(told)
    party.deployment.make_older(timedelta(seconds=30))

    assert party.userinfo(tokens.access_token).status_code == 200
    assert party.refused(party.redeem(told)) == "invalid_grant"

    assert party.userinfo(tokens.access_token).status_code == 401
    again = party.send(TOKEN, grant_type="refresh_token", refresh_token=tokens.refresh_token)
    assert party.refused(again) == "invalid_grant"


@pytest.mark.requirement("O-07", "O-08")
def test_oidcc_ensure_registered_redirect_uri(party: Party, regular: Person) -> None:
    sent, _ = party.asking(redirect_uri=f"{CALLBACK}/another")

    assert regular.arrive("/oauth/authorize", sent).is_shown_an_error


@pytest.mark.requirement("OIDC-10")
def test_oidcc_ensure_post_request_succeeds(party: Party, regular: Person) -> None:
    party.tokens(party.authorize(regular, by_form=True))


@pytest.mark.requirement("T-01")
def test_oidcc_server_client_secret_post(registered: Callable[..., Party], regular: Person, party: Party) -> None:
    posting = registered(
        f"{party.client.name} posting",
        response_mode=party.response_mode,
        authentication=ClientAuthentication.SECRET_POST,
    )

    tokens = posting.tokens(posting.authorize(regular))

    assert posting.userinfo(tokens.access_token).status_code == 200


@pytest.mark.requirement("A-07")
def test_oidcc_request_uri_unsigned_supported_correctly_or_rejected_as_unsupported(
    party: Party, regular: Person
) -> None:
    elsewhere = party.deployment.elsewhere
    asked = len(elsewhere.asked)

    told = party.authorize(regular, request_uri=f"{elsewhere.url}/request.jwt")

    assert told.error == "request_uri_not_supported"
    assert len(elsewhere.asked) == asked


@pytest.mark.requirement("A-06")
def test_oidcc_unsigned_request_object_supported_correctly_or_rejected_as_unsupported(
    party: Party, regular: Person
) -> None:
    assert "none" not in str(party.deployment.metadata()["request_object_signing_alg_values_supported"])

    assert party.authorize(regular, request=unsigned(party)).error == "invalid_request_object"


@pytest.mark.requirement("OIDC-11")
def test_oidcc_claims_essential(party: Party, regular: Person) -> None:
    wanted = '{"userinfo":{"name":{"essential":true},"email":{"essential":true}}}'

    tokens = party.tokens(party.authorize(regular, claims=wanted))

    told = party.userinfo(tokens.access_token).json()
    assert told["email"] == EMAIL["email"]
    assert not {"name", "email"} & set(tokens.about.claims)


@pytest.mark.requirement("A-06", "O-08")
def test_oidcc_ensure_request_object_with_redirect_uri(party: Party, regular: Person) -> None:
    sent, _ = party.asking(redirect_uri="https://evil.example/cb", request=unsigned(party))

    assert regular.arrive("/oauth/authorize", sent).is_shown_an_error


@pytest.mark.requirement("O-18", "O-10")
def test_oidcc_refresh_token(party: Party, other: Party, regular: Person) -> None:
    first = party.tokens(party.authorize(regular, scope="openid offline_access", prompt="consent"))
    fields = {"grant_type": "refresh_token", "refresh_token": first.refresh_token}

    stolen = other.refused(other.send(TOKEN, fields))
    second = party.issued(party.send(TOKEN, fields))

    assert stolen == "invalid_grant"
    assert second.access_token != first.access_token
    assert (second.about.subject, second.about.auth_time) == (first.about.subject, first.about.auth_time)
    assert party.userinfo(second.access_token).status_code == 200


@pytest.mark.requirement("P-01")
def test_oidcc_ensure_request_with_valid_pkce_succeeds(party: Party, regular: Person) -> None:
    told = party.authorize(regular)

    assert told.sent["code_challenge_method"] == "S256"
    party.tokens(told)


def unsigned(party: Party) -> str:
    """Return a request object that nobody signed."""
    header, claims = b'{"alg":"none"}', f'{{"client_id":"{party.client.id}","redirect_uri":"{CALLBACK}"}}'.encode()
    return f"{b64url_encode(header)}.{b64url_encode(claims)}."
