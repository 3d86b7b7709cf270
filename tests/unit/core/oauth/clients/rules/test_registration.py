import json
from dataclasses import replace
from typing import Final

import pytest

from doorward.core.kernel.errors import Invalid
from doorward.core.keys.records import SIGNS, Algorithm
from doorward.core.oauth.records import Client, ClientAuthentication, ClientSecret, ClientType, GrantType
from doorward.core.oauth.clients.rules import registration
from tests.builders import ACCOUNT, CALLBACK, NOW, a_client
from tests.unit.core.oauth.keys import EC_KEY

KEYS: Final = json.dumps({"keys": [EC_KEY]})
SECRET: Final = ClientSecret(b"digest", NOW)
TOO_MANY: Final = tuple(f"https://app.example/{number}" for number in range(21))


def a_client_of(kind: ClientType) -> Client:
    profile = registration.PROFILES[kind]
    return replace(
        a_client(),
        type=kind,
        authentication=profile.authentications[0],
        grants=profile.defaults,
        scopes=profile.scopes,
        redirect_uris=(CALLBACK,) if GrantType.AUTHORIZATION_CODE in profile.defaults else (),
    )


def refused(client: Client) -> str:
    with pytest.raises(Invalid) as caught:
        registration.check_client(client)
    return caught.value.pointer


@pytest.mark.parametrize("kind", ClientType)
def test_check_client_defaults_of_each_type_are_good(kind: ClientType) -> None:
    client = a_client_of(kind)

    assert registration.check_client(client) is client


@pytest.mark.requirement("O-15", "A-11")
@pytest.mark.parametrize("kind", ClientType)
def test_check_client_has_the_grants_and_proofs_of_its_type_alone(kind: ClientType) -> None:
    allowed = registration.PROFILES[kind]
    base = a_client_of(kind)

    for grant in set(GrantType) - allowed.grants:
        assert refused(replace(base, grants=(*base.grants, grant))) == "/grants"
    for way in set(ClientAuthentication) - set(allowed.authentications):
        assert refused(replace(base, authentication=way)) == "/authentication"


@pytest.mark.requirement("O-15")
def test_profiles_only_who_proves_itself_acts_for_itself() -> None:
    acting = {kind for kind, row in registration.PROFILES.items() if GrantType.CLIENT_CREDENTIALS in row.grants}

    assert all(ClientAuthentication.NONE not in registration.PROFILES[kind].authentications for kind in acting)


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"name": ""}, "/name"),
        ({"name": " Reports"}, "/name"),
        ({"name": "a" * 101}, "/name"),
        ({"name": "Rep\u202eorts"}, "/name"),
        ({"name": "Rep\nEvil"}, "/name"),
        ({"name": "Rep\u200borts"}, "/name"),
        ({"name": "Rep\ud800"}, "/name"),
        ({"secrets": (SECRET,)}, "/authentication"),
        ({"grants": ()}, "/grants"),
        ({"grants": (GrantType.AUTHORIZATION_CODE, GrantType.AUTHORIZATION_CODE)}, "/grants"),
        ({"grants": (GrantType.REFRESH_TOKEN,), "redirect_uris": ()}, "/grants"),
        ({"scopes": ("openid", "openid")}, "/scopes"),
        ({"scopes": tuple(map(str, range(33)))}, "/scopes"),
        ({"scopes": ("openid", "two words")}, "/scopes/1"),
        ({"scopes": ("",)}, "/scopes/0"),
        ({"scopes": ("é",)}, "/scopes/0"),
        ({"scopes": ("a" * 129,)}, "/scopes/0"),
        ({"scopes": ("openid", "operate")}, "/scopes/1"),
        ({"scopes": ("account",)}, "/scopes/0"),
        ({"redirect_uris": ()}, "/redirect_uris"),
        ({"redirect_uris": (CALLBACK, CALLBACK)}, "/redirect_uris"),
        ({"redirect_uris": TOO_MANY}, "/redirect_uris"),
        ({"redirect_uris": (CALLBACK, "https://app.example/*")}, "/redirect_uris/1"),
        ({"redirect_uris": ("com.example.app:/x",)}, "/redirect_uris/0"),
        ({"redirect_uris": ("http://localhost:3000/x",)}, "/redirect_uris/0"),
        ({"post_logout_redirect_uris": ("https://a@app.example/",)}, "/post_logout_redirect_uris/0"),
        ({"post_logout_redirect_uris": TOO_MANY}, "/post_logout_redirect_uris"),
        ({"grants": (GrantType.DEVICE_CODE,), "type": ClientType.NATIVE}, "/redirect_uris"),
        ({"resources": ("https://api.example", "https://api.example")}, "/resources"),
        ({"resources": ("https://api.example#x",)}, "/resources/0"),
        ({"audiences": ("https://api.example",)}, "/audiences"),
        ({"client_uri": "http://app.example"}, "/client_uri"),
        ({"logo_uri": "javascript:alert(1)"}, "/logo_uri"),
        ({"policy_uri": "http://127.0.0.1/policy"}, "/policy_uri"),
        ({"tos_uri": "//app.example"}, "/tos_uri"),
        ({"backchannel_logout_uri": "https://app.example/logout"}, "/backchannel_logout_uri"),
        ({"jwks": KEYS}, "/jwks"),
        ({"jwks": KEYS, "jwks_uri": "https://app.example/jwks"}, "/jwks"),
        ({"is_pairwise": True, "redirect_uris": (CALLBACK, "https://other.example/x")}, "/sector"),
        ({"is_pairwise": True, "sector": "https://app.example"}, "/sector"),
        ({"sector": "App.Example"}, "/sector"),
        ({"contacts": ("a",) * 11}, "/contacts"),
        ({"contacts": ("a@b.example", "a\nb")}, "/contacts/1"),
    ],
)
def test_check_client_field_that_is_wrong_is_pointed_at(change: dict[str, object], pointer: str) -> None:
    client = replace(a_client(), **change)  # type: ignore[arg-type]  # one field of many types

    assert refused(client) == pointer


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"authentication": ClientAuthentication.PRIVATE_KEY}, "/jwks"),
        ({"audiences": ("https://api.example", "https://api.example")}, "/audiences"),
        ({"audiences": ("https://api.example", "api")}, "/audiences/1"),
        ({"jwks": '{"keys":[]}'}, "/jwks"),
        ({"jwks_uri": "http://127.0.0.1/jwks"}, "/jwks_uri"),
        ({"jwks_uri": "file:///etc/passwd"}, "/jwks_uri"),
        ({"backchannel_logout_uri": "http://localhost/logout"}, "/backchannel_logout_uri"),
    ],
)
def test_check_client_field_of_a_web_client_that_is_wrong_is_pointed_at(change: dict[str, str], pointer: str) -> None:
    client = replace(a_client_of(ClientType.WEB), **change)  # type: ignore[arg-type]  # one field of many types

    assert refused(client) == pointer


def test_check_client_everything_that_a_web_client_may_have_is_good() -> None:
    client = replace(
        a_client_of(ClientType.WEB),
        grants=tuple(GrantType),
        secrets=(SECRET,),
        resources=("https://api.example", "urn:example:reports"),
        audiences=("https://app.example", "urn:example:app"),
        post_logout_redirect_uris=("https://app.example/bye",),
        backchannel_logout_uri="https://app.example/logout",
        jwks=KEYS,
        is_pairwise=True,
        userinfo_algorithm=Algorithm.ES256,
        client_uri="https://app.example",
        contacts=("owner@app.example",),
    )

    assert registration.check_client(client) is client


def test_check_client_signing_that_the_server_does_not_do_is_refused() -> None:
    others = set(Algorithm) - set(SIGNS)

    pointers = {refused(replace(a_client(), id_token_algorithm=other)) for other in others}

    assert pointers == {"/id_token_algorithm"}


@pytest.mark.parametrize("presented", ["reports", "Reports-2.0", "a~b", "_x_", "a" * 64, "a" * 25, "a" * 27])
def test_check_id_plain_word_is_accepted(presented: str) -> None:
    assert registration.check_id(presented) == presented


@pytest.mark.requirement("S-08")
@pytest.mark.parametrize(
    "presented",
    [
        ACCOUNT,
        "01kdvdna00dvq2n1d48f40dn4w",
        "01KDVDNA00DVQ2N1D48F40DN4W",
        "dwc01kdvdna00dvq2n1d48f40dn4w",
        "doorward",
        "doorward-web",
        "Doorward-Mobile",
        "doorward-docs",
    ],
)
def test_check_id_that_could_pass_for_ours_is_refused(presented: str) -> None:
    with pytest.raises(Invalid) as caught:
        registration.check_id(presented)

    assert caught.value.pointer == "/id"


@pytest.mark.parametrize(
    "presented", ["", "ab", "a" * 65, "a b c", "a:b", "a%20b", "a+b", "änd", "https://a.example", "a\n"]
)
def test_check_id_that_needs_an_encoding_is_refused(presented: str) -> None:
    with pytest.raises(Invalid):
        registration.check_id(presented)


@pytest.mark.parametrize("kind", [ClientType.WEB, ClientType.NATIVE, ClientType.SERVICE])
def test_check_client_refresh_cookie_is_for_what_runs_in_browsers(kind: ClientType) -> None:
    assert refused(replace(a_client_of(kind), uses_refresh_cookie=True)) == "/uses_refresh_cookie"


def test_check_client_refresh_cookie_is_for_what_can_be_refreshed() -> None:
    spa = replace(a_client_of(ClientType.SPA), uses_refresh_cookie=True)

    assert registration.check_client(spa) is spa
    assert refused(replace(spa, grants=(GrantType.AUTHORIZATION_CODE,))) == "/uses_refresh_cookie"
