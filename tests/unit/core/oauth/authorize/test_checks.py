"""The table of checks: each row by what it lets through and what it refuses."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Final

import pytest

from doorward.core.kernel.ids import ClientId
from doorward.core.keys.errors import TokenRefused
from doorward.core.keys.jose import JsonValue
from doorward.core.oauth.authorize.checks import CHECKS, KNOWN, LONGEST, Means, ReadsOwn, check
from doorward.core.oauth.authorize.errors import RedirectRefused
from doorward.core.oauth.authorize.records import Address, Asked, Fault, Prompt, ResponseMode
from doorward.core.oauth.records import Client, GrantType
from tests.authorizing import CHALLENGE, values
from tests.builders import CALLBACK, a_client

RESOURCE: Final = "https://api.example/v1"
DETAILS: Final = '[{"type":"payment","amount":"12.50"}]'
PLAIN: Final = re.compile(r"[\x20-\x21\x23-\x5b\x5d-\x7e]+")


class Hints(ReadsOwn):
    """Reads the one hint that tests use."""

    def read_own(self, presented: str, type: str) -> Mapping[str, JsonValue]:  # noqa: A002, ARG002 (as the port names it)
        if presented != "hint":
            raise TokenRefused
        return {"sub": "somebody", "aud": "reports"}


PASSWORD: Final = "urn:doorward:acr:password"
FEDERATED: Final = "urn:doorward:acr:federated"
MEANS: Final = Means(Hints(), acrs=(PASSWORD, FEDERATED), details_types=("payment",))


def client(**changed: object) -> Client:
    return replace(a_client(), resources=(RESOURCE, "https://other.example"), **changed)  # type: ignore[arg-type]  # a test's own


def passed(**changed: str | tuple[str, ...] | None) -> Asked:
    found = check(Asked(client(), values(**changed)), MEANS)
    assert isinstance(found, Asked), found
    return found


def refused(*who: Client, **changed: str | tuple[str, ...] | None) -> str:
    found = check(Asked(next(iter(who), client()), values(**changed)), MEANS)
    assert isinstance(found, Fault), found
    assert PLAIN.fullmatch(found.error.description), found.error.description
    return found.error.error.value


def test_check_right_request_passes_with_everything_found() -> None:
    found = passed()

    assert found.to == Address(CALLBACK, ResponseMode.QUERY, "a state")
    assert found.challenge == CHALLENGE
    assert found.scopes == ("openid", "profile")
    assert found.nonce == "a nonce"


def test_checks_are_as_many_as_what_is_checked() -> None:
    assert len(set(CHECKS)) == len(CHECKS) == 16


@pytest.mark.requirement("O-08", "O-07", "S-01")
@pytest.mark.parametrize(
    "redirect_uri",
    [None, "https://evil.example/signed-in", CALLBACK + "/", CALLBACK.upper(), (CALLBACK, CALLBACK), (CALLBACK, "x")],
)
def test_check_address_that_is_not_registered_goes_nowhere(redirect_uri: str | tuple[str, ...] | None) -> None:
    with pytest.raises(RedirectRefused):
        check(Asked(client(), values(redirect_uri=redirect_uri, response_type="nonsense")), MEANS)


@pytest.mark.requirement("O-04")
@pytest.mark.parametrize("name", sorted(KNOWN - {"redirect_uri", "resource"} | {"unknown"}))
def test_check_parameter_that_comes_twice_is_refused(name: str) -> None:
    first = values().get(name, ("x",))[0]

    assert refused(**{name: (first, first)}) == "invalid_request"


@pytest.mark.requirement("O-04")
def test_check_unknown_parameter_is_ignored() -> None:
    assert passed(unknown="x", display="popup").scopes == ("openid", "profile")


@pytest.mark.parametrize("name", sorted(KNOWN - {"redirect_uri"}))
def test_check_parameter_that_is_too_long_is_refused(name: str) -> None:
    assert refused(**{name: "1" * (LONGEST.get(name, 2048) + 1)}) == "invalid_request"


def test_check_long_state_and_nonce_pass() -> None:
    found = passed(state="s" * 2048, nonce="n" * 1024)

    assert found.to.state == "s" * 2048


@pytest.mark.requirement("O-13")
@pytest.mark.parametrize("state", ["\x00", "a\nb", "\u202e", "s" * 2049, ("a", "b")])
def test_check_state_that_may_not_be_kept_is_not_given_back(state: str | tuple[str, ...]) -> None:
    found = check(Asked(client(), values(state=state)), MEANS)

    assert isinstance(found, Fault)
    assert found.address.state is None


@pytest.mark.requirement("O-05")
@pytest.mark.parametrize(
    ("response_type", "error"),
    [
        (None, "invalid_request"),
        ("token", "unsupported_response_type"),
        ("id_token", "unsupported_response_type"),
        ("code id_token", "unsupported_response_type"),
        ("code token", "unsupported_response_type"),
        ("Code", "unsupported_response_type"),
        ("none", "unsupported_response_type"),
    ],
)
def test_check_response_type_other_than_code_is_refused(response_type: str | None, error: str) -> None:
    assert refused(response_type=response_type) == error


@pytest.mark.parametrize("mode", ["fragment", "web_message", "query.jwt", "FORM_POST", "form_post.jwt"])
def test_check_response_mode_that_is_not_offered_is_refused(mode: str) -> None:
    assert refused(response_mode=mode) == "invalid_request"


def test_check_form_post_counts_for_refusals_as_well() -> None:
    found = check(Asked(client(), values(response_mode="form_post", scope="unknown")), MEANS)

    assert isinstance(found, Fault)
    assert found.address.mode is ResponseMode.FORM_POST


@pytest.mark.parametrize("redirect_uri", ["com.example.app:/signed-in", "http://[::1]/signed-in"])
def test_check_form_post_to_what_takes_no_form_is_refused(redirect_uri: str) -> None:
    app = client(redirect_uris=(redirect_uri,))

    assert refused(app, redirect_uri=redirect_uri, response_mode="form_post") == "invalid_request"


def test_check_client_without_the_grant_is_refused() -> None:
    assert refused(client(grants=(GrantType.CLIENT_CREDENTIALS,))) == "unauthorized_client"


@pytest.mark.requirement("P-01", "P-02", "P-04", "P-08")
@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"code_challenge": None}, id="no challenge"),
        pytest.param({"code_challenge_method": None}, id="no method, which means plain"),
        pytest.param({"code_challenge_method": "plain"}, id="plain"),
        pytest.param({"code_challenge_method": "s256"}, id="method in lower case"),
        pytest.param({"code_challenge": "x" * 42}, id="too short"),
        pytest.param({"code_challenge": "x" * 44}, id="too long"),
        pytest.param({"code_challenge": "x" * 42 + "="}, id="padded"),
        pytest.param({"code_challenge": "x" * 42 + "+"}, id="other alphabet"),
        pytest.param({"code_challenge": "x" * 43 + "\n"}, id="with a line break"),
    ],
)
@pytest.mark.parametrize("authentication", ["none", "client_secret_basic", "private_key_jwt"])
def test_check_challenge_is_required_of_every_client(authentication: str, changed: dict[str, str | None]) -> None:
    assert refused(client(authentication=authentication), **changed) == "invalid_request"


@pytest.mark.requirement("O-11")
@pytest.mark.parametrize(
    ("scope", "left"),
    [
        ("openid profile unknown", ("openid", "profile")),
        ("openid openid", ("openid",)),
        ("openid operate account", ("openid",)),
        (None, ("profile", "email")),
    ],
)
def test_check_scope_is_narrowed_to_what_is_registered(scope: str | None, left: tuple[str, ...]) -> None:
    assert passed(scope=scope).scopes == left


@pytest.mark.requirement("O-11")
@pytest.mark.parametrize("scope", ["unknown", "operate", "account operate", "OPENID", 'open"id', "a" * 129, "\\"])
def test_check_scope_of_which_nothing_is_left_is_refused(scope: str) -> None:
    assert refused(scope=scope) == "invalid_scope"


def test_check_too_many_scopes_are_refused() -> None:
    assert refused(scope=" ".join(f"s{number}" for number in range(33))) == "invalid_scope"


def test_check_offline_access_is_left_out_for_a_client_that_never_refreshes() -> None:
    found = check(Asked(client(grants=(GrantType.AUTHORIZATION_CODE,)), values(scope="openid offline_access")), MEANS)

    assert isinstance(found, Asked)
    assert found.scopes == ("openid",)


def test_check_first_party_scopes_never_pass_though_somebody_registered_them() -> None:
    assert refused(client(scopes=("account", "operate")), scope="account operate") == "invalid_scope"


@pytest.mark.requirement("A-08")
@pytest.mark.parametrize(
    "resource",
    ["https://unknown.example", RESOURCE + "#x", "/v1", "api.example", RESOURCE + "/", "HTTPS://api.example/v1", "*"],
)
def test_check_resource_that_is_not_registered_is_refused(resource: str) -> None:
    assert refused(resource=resource) == "invalid_target"


@pytest.mark.requirement("A-08")
def test_check_resource_may_come_more_than_once() -> None:
    assert passed(resource=(RESOURCE, "https://other.example", RESOURCE)).resources == (
        RESOURCE,
        "https://other.example",
    )


def test_check_too_many_resources_are_refused() -> None:
    assert refused(resource=(RESOURCE,) * 9) == "invalid_request"


@pytest.mark.parametrize("prompt", ["none login", "none consent", "create", "NONE", "login,consent"])
def test_check_prompt_that_makes_no_sense_is_refused(prompt: str) -> None:
    assert refused(prompt=prompt) == "invalid_request"


def test_check_prompts_are_taken_apart() -> None:
    assert passed(prompt="login  consent").prompts == {Prompt.LOGIN, Prompt.CONSENT}


@pytest.mark.parametrize("max_age", ["-1", "1.5", "x", "1e3", "\u0661", "1" * 10, "+1"])
def test_check_max_age_that_is_no_number_is_refused(max_age: str) -> None:
    assert refused(max_age=max_age) == "invalid_request"


def test_check_max_age_is_seconds() -> None:
    assert passed(max_age="0").max_age == timedelta(0)


@pytest.mark.parametrize(
    "claims",
    [
        "x",
        "[]",
        '{"userinfo": 1}',
        '{"userinfo": {"email": true}}',
        '{"id_token": []}',
        '{"userinfo": {}, "userinfo": {}}',
        '{"userinfo": {"a": NaN}}',
        "[" * 500,
        "[" * 4000,
        '{"userinfo":' + '{"a":' * 9 + "1" + "}" * 10,
    ],
)
def test_check_claims_that_are_malformed_are_refused(claims: str) -> None:
    assert refused(claims=claims) == "invalid_request"


def test_check_claims_are_kept_without_what_is_not_known() -> None:
    found = passed(claims='{"userinfo": {"email": {"essential": true}, "phone": null}, "verified_claims": {}}')

    assert found.claims == '{"userinfo":{"email":{"essential":true}}}'


def test_check_claims_by_name_ask_for_as_much_as_their_scopes() -> None:
    found = passed(claims='{"userinfo": {"email": null}, "id_token": {"preferred_username": null, "email": null}}')

    assert (found.scopes, found.scopes_by_claims) == (("openid", "profile"), ("profile", "email"))
    assert found.permissions == ("openid", "profile", "email")


def test_check_claims_of_scopes_that_are_not_registered_are_forgotten() -> None:
    claims = '{"userinfo": {"email": null, "roles": null}, "id_token": {"roles": null, "sub": null}}'
    found = check(Asked(client(scopes=("openid", "profile")), values(claims=claims)), MEANS)

    assert isinstance(found, Asked)
    assert (found.claims, found.scopes_by_claims) == ('{"userinfo":{},"id_token":{}}', ())


def test_check_claims_without_openid_are_ignored() -> None:
    assert passed(scope="profile", claims="x").claims is None


def test_check_claims_for_one_subject_hint_at_them() -> None:
    assert passed(claims='{"id_token": {"sub": {"value": "somebody"}}}').hinted == "somebody"


def test_check_hint_names_the_subject() -> None:
    assert passed(id_token_hint="hint").hinted == "somebody"


@pytest.mark.parametrize("hint", ["forged", "hint2"])
def test_check_hint_that_is_none_of_ours_is_refused(hint: str) -> None:
    assert refused(id_token_hint=hint) == "invalid_request"


def test_check_hint_for_another_client_is_refused() -> None:
    other = replace(client(), id=ClientId("others"))

    assert refused(other, id_token_hint="hint") == "invalid_request"


def test_check_hint_and_claims_that_name_two_people_are_refused() -> None:
    claims = '{"id_token": {"sub": {"value": "somebody else"}}}'

    assert refused(id_token_hint="hint", claims=claims) == "invalid_request"


@pytest.mark.requirement("A-16")
@pytest.mark.parametrize("thumbprint", ["x", CHALLENGE + "=", CHALLENGE[:-1], "\u00e9" * 43])
def test_check_thumbprint_that_is_malformed_is_refused(thumbprint: str) -> None:
    assert refused(dpop_jkt=thumbprint) == "invalid_request"


@pytest.mark.requirement("A-16")
def test_check_thumbprint_is_kept() -> None:
    assert passed(dpop_jkt=CHALLENGE).key_thumbprint == CHALLENGE


@pytest.mark.parametrize(
    "details",
    [
        "x",
        "{}",
        "[]",
        '[{"type": "unknown"}]',
        '[{"type": "payment"}, {"type": "unknown"}]',
        '[{"amount": 1}]',
        "[1]",
        '[{"type": ["payment"]}]',
        '[{"type": "payment", "type": "payment"}]',
        "[" + ",".join(['{"type":"payment"}'] * 17) + "]",
        '[{"type": "payment", "amount": 1e400}]',
        '[{"type": "payment", "creditor": "\\ud800"}]',
        '[{"type": "payment", "at": [[[[[[1]]]]]]}]',
    ],
)
def test_check_details_of_unknown_types_are_refused(details: str) -> None:
    assert refused(authorization_details=details) == "invalid_authorization_details"


def test_check_details_are_kept_as_they_were_asked_for() -> None:
    assert passed(authorization_details=DETAILS).details == DETAILS


def test_check_login_hint_is_text() -> None:
    assert passed(login_hint="m\u00fcller@mail.example").login_hint == "m\u00fcller@mail.example"
    assert refused(login_hint="\u202e") == "invalid_request"


def test_address_is_not_known_before_it_was_checked() -> None:
    with pytest.raises(ValueError, match="nobody has checked"):
        _ = Asked(client(), values()).to


def test_subject_that_is_no_text_hints_at_nobody() -> None:
    assert passed(claims='{"id_token": {"sub": {"value": 7}}}').hinted is None
