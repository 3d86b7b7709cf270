import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.core.audit.records import AuditKind
from doorward.core.kernel.errors import Conflict, Invalid, NotFound
from doorward.core.kernel.secrets import Envelopes
from doorward.core.keys.jose import JsonValue
from doorward.core.oauth.clients.add import fresh_client
from doorward.core.oauth.clients.client_secrets import is_live_secret
from doorward.core.oauth.clients.records import Registering, Wanted
from doorward.core.oauth.clients.register import ManageRegistration, RegisterClient, SelfRegistered
from doorward.core.oauth.clients.rules.metadata import metadata_of, wanted_of
from doorward.core.oauth.clients.rules.registration import check_client
from doorward.core.oauth.errors import OAuthCode, OAuthError
from doorward.core.oauth.records import Client, ClientAuthentication, ClientType, GrantType
from tests.builders import CALLBACK, CLIENT, NOW
from tests.house import House
from tests.stores import a_memory_store
from tests.unit.core.oauth.keys import EC_KEY

ASKED: Final[dict[str, JsonValue]] = {"client_name": "Reports", "redirect_uris": [CALLBACK]}
PUBLIC: Final = ASKED | {"token_endpoint_auth_method": "none"}
DAY: Final = timedelta(days=1)
HOUSE: Final = House(a_memory_store())
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
MEMBERS: Final = (
    "application_type",
    "backchannel_logout_uri",
    "client_name",
    "client_uri",
    "contacts",
    "dpop_bound_access_tokens",
    "grant_types",
    "id_token_signed_response_alg",
    "jwks",
    "jwks_uri",
    "post_logout_redirect_uris",
    "redirect_uris",
    "require_pushed_authorization_requests",
    "response_types",
    "scope",
    "sector_identifier_uri",
    "software_statement",
    "subject_type",
    "token_endpoint_auth_method",
    "userinfo_signed_response_alg",
)


def registering(house: House, who: Registering = Registering.OPEN) -> RegisterClient:
    return replace(house.flows.clients.register, registering=who)


def registered(house: House, metadata: Mapping[str, JsonValue] = ASKED) -> SelfRegistered:
    return registering(house)(metadata, initial_token=None)


def managing(house: House) -> ManageRegistration:
    return house.flows.clients.manage_registration


def refused(house: House, metadata: Mapping[str, JsonValue]) -> tuple[OAuthCode, str]:
    with pytest.raises(OAuthError) as caught:
        registered(house, metadata)
    return caught.value.error, caught.value.description.partition(":")[0]


def test_register_is_closed_unless_somebody_opens_it(house: House) -> None:
    token = house.flows.clients.registration_tokens.initial(house.clock.now(), lives=DAY)

    with pytest.raises(NotFound):
        house.flows.clients.register(ASKED, initial_token=token)

    assert house.flows.clients.list().items == ()


def test_register_with_a_token_of_an_operator_until_it_expires(house: House) -> None:
    token = house.flows.clients.registration_tokens.initial(house.clock.now(), lives=DAY)
    register = registering(house, Registering.TOKEN)

    both = [register(ASKED, initial_token=token).registered.client.id for _ in range(2)]
    house.clock.pause(DAY)

    assert len(set(both)) == 2
    with pytest.raises(OAuthError) as expired:
        register(ASKED, initial_token=token)
    assert expired.value.error == OAuthCode.INVALID_TOKEN


@pytest.mark.parametrize("token", [None, "", "dwi1_a_9999999999_b", "Bearer x"])
def test_register_without_a_good_token_is_refused(house: House, token: str | None) -> None:
    with pytest.raises(OAuthError) as caught:
        registering(house, Registering.TOKEN)(ASKED, initial_token=token)

    assert caught.value.error == OAuthCode.INVALID_TOKEN


def test_register_with_the_token_of_a_registration_is_refused(house: House) -> None:
    own = registered(house).token

    with pytest.raises(OAuthError):
        registering(house, Registering.TOKEN)(ASKED, initial_token=own)


def test_register_gives_what_its_owner_alone_may_see(house: House) -> None:
    made = registered(house)

    client = house.flows.clients.show(made.registered.client.id)
    digest = house.flows.clients.authenticate.secrets.digest_of(made.registered.secret or "")
    assert is_live_secret(client, digest or b"", house.clock.now())
    assert client.registration_digest is not None
    assert made.token not in repr(made) + repr(client)
    with house.store.view() as work:
        assert [entry.event.kind for entry in work.audit.read()][-1] is AuditKind.CLIENT_REGISTERED


def test_register_never_makes_a_client_first_party_or_more_than_people_are_told(house: House) -> None:
    extra: dict[str, JsonValue] = {
        "is_first_party": True,
        "uses_refresh_cookie": True,
        "first_party": True,
        "id": "chosen",
        "client_id": "chosen",
        "client_secret": "chosen",
        "resources": ["https://api.example"],
        "audiences": ["https://api.example"],
        "scope": "openid email operate account admin reports:read",
    }

    client = registered(house, ASKED | extra).registered.client

    assert not client.is_first_party
    assert not client.uses_refresh_cookie
    assert client.id.startswith("dwc")
    assert (client.resources, client.audiences, client.scopes) == ((), (), ("openid", "email"))


@pytest.mark.parametrize(
    ("change", "kind", "way"),
    [
        ({}, ClientType.WEB, ClientAuthentication.SECRET_BASIC),
        ({"token_endpoint_auth_method": "client_secret_post"}, ClientType.WEB, ClientAuthentication.SECRET_POST),
        (
            {"token_endpoint_auth_method": "private_key_jwt", "jwks": {"keys": [EC_KEY]}},
            ClientType.WEB,
            ClientAuthentication.PRIVATE_KEY,
        ),
        ({"token_endpoint_auth_method": "none"}, ClientType.SPA, ClientAuthentication.NONE),
        (
            {"token_endpoint_auth_method": "none", "application_type": "native"},
            ClientType.NATIVE,
            ClientAuthentication.NONE,
        ),
        (
            {"token_endpoint_auth_method": "none", "redirect_uris": ["http://localhost:3118/callback"]},
            ClientType.NATIVE,
            ClientAuthentication.NONE,
        ),
        (
            {"token_endpoint_auth_method": "none", "redirect_uris": ["com.example.app:/signed-in"]},
            ClientType.NATIVE,
            ClientAuthentication.NONE,
        ),
    ],
)
def test_register_kind_follows_from_how_it_proves_itself(
    house: House, change: dict[str, JsonValue], kind: ClientType, way: ClientAuthentication
) -> None:
    client = registered(house, ASKED | change).registered.client

    assert (client.type, client.authentication) == (kind, way)


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"redirect_uris": ["http://app.example"]}, "redirect_uris/0"),
        ({"redirect_uris": []}, "redirect_uris"),
        ({"redirect_uris": CALLBACK}, "redirect_uris"),
        ({"redirect_uris": [CALLBACK, 1]}, "redirect_uris"),
    ],
    ids=str,
)
def test_register_address_that_is_wrong_is_named(house: House, change: dict[str, JsonValue], pointer: str) -> None:
    assert refused(house, ASKED | change) == (OAuthCode.INVALID_REDIRECT_URI, pointer)


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"software_statement": "a.b.c"}, "software_statement"),
        ({"response_types": ["token"]}, "response_types"),
        ({"response_types": ["code", "code id_token"]}, "response_types"),
        ({"grant_types": ["implicit"]}, "grant_types"),
        ({"grant_types": ["password"]}, "grant_types"),
        ({"grant_types": ["client_credentials"]}, "grant_types"),
        ({"grant_types": [GrantType.TOKEN_EXCHANGE.value]}, "grant_types"),
        ({"grant_types": "authorization_code"}, "grant_types"),
        ({"token_endpoint_auth_method": "tls_client_auth"}, "token_endpoint_auth_method"),
        ({"token_endpoint_auth_method": "private_key_jwt"}, "jwks"),
        ({"token_endpoint_auth_method": ["none"]}, "token_endpoint_auth_method"),
        ({"subject_type": "private"}, "subject_type"),
        ({"subject_type": 1}, "subject_type"),
        ({"application_type": "service"}, "application_type"),
        ({"sector_identifier_uri": "https://app.example/x"}, "sector_identifier_uri"),
        ({"id_token_signed_response_alg": "none"}, "id_token_signed_response_alg"),
        ({"id_token_signed_response_alg": "HS256"}, "id_token_signed_response_alg"),
        ({"userinfo_signed_response_alg": "none"}, "userinfo_signed_response_alg"),
        ({"dpop_bound_access_tokens": "yes"}, "dpop_bound_access_tokens"),
        ({"client_name": "a\u202eb"}, "name"),
        ({"client_name": 1}, "client_name"),
        ({"contacts": "me"}, "contacts"),
        ({"jwks": {"keys": []}}, "jwks"),
        ({"jwks": [EC_KEY]}, "jwks"),
        ({"jwks_uri": "http://127.0.0.1/jwks"}, "jwks_uri"),
        ({"logo_uri": "javascript:alert(1)"}, "logo_uri"),
        ({"client_uri": "http://localhost:3000"}, "client_uri"),
        ({"scope": 1}, "scope"),
    ],
)
def test_register_what_no_client_may_be_is_named(house: House, change: dict[str, JsonValue], pointer: str) -> None:
    assert refused(house, ASKED | change) == (OAuthCode.INVALID_CLIENT_METADATA, pointer)
    assert house.flows.clients.list().items == ()


@pytest.mark.requirement("O-13")
@given(st.dictionaries(st.sampled_from(MEMBERS), JSON, max_size=4))
def test_wanted_of_any_members_is_good_or_refused_in_plain_words(members: dict[str, JsonValue]) -> None:
    house = HOUSE
    try:
        registered(house, PUBLIC | members)
    except OAuthError as error:
        assert error.error in {OAuthCode.INVALID_CLIENT_METADATA, OAuthCode.INVALID_REDIRECT_URI}
        assert all(" " <= letter <= "~" and letter not in '"\\' for letter in error.description)


def test_metadata_of_says_what_was_registered_and_no_secret(house: House) -> None:
    keys: JsonValue = {"keys": [dict(EC_KEY)]}
    asked = ASKED | {"subject_type": "pairwise", "userinfo_signed_response_alg": "ES256", "jwks": keys}
    made = registered(house, asked)

    told = metadata_of(made.registered.client)

    assert {name: told[name] for name in asked} == asked
    assert "dws1_" not in json.dumps(told)
    assert wanted_of(told) == wanted_of(told | {"client_id": "other"})


def test_manage_shows_replaces_and_removes_for_who_has_the_token(house: House) -> None:
    made = registered(house)
    client_id = made.registered.client.id

    shown = managing(house).show(client_id, made.token)
    replaced = managing(house).replace(client_id, made.token, metadata=ASKED | {"client_name": "Papers"})
    managing(house).remove(client_id, made.token)

    assert shown == made.registered.client
    assert (replaced.client.name, replaced.secret) == ("Papers", None)
    assert replaced.client.secrets == shown.secrets
    with pytest.raises(NotFound):
        house.flows.clients.show(client_id)


def test_manage_replaced_registration_is_held_to_the_rules_of_a_new_one(house: House) -> None:
    made = registered(house)
    client_id = made.registered.client.id
    changes: tuple[dict[str, JsonValue], ...] = (
        {"redirect_uris": ["https://a@b/"]},
        {"grant_types": ["client_credentials"]},
        {"software_statement": "x"},
        {"token_endpoint_auth_method": "none"},
        {"client_id": "other"},
    )

    for change in changes:
        with pytest.raises(OAuthError):
            managing(house).replace(client_id, made.token, metadata=ASKED | change)

    assert house.flows.clients.show(client_id) == made.registered.client


def test_manage_replacing_leaves_what_an_operator_decided(house: House) -> None:
    made = registered(house)
    client_id = made.registered.client.id
    house.flows.clients.change(
        client_id,
        lambda client: replace(
            client, resources=("https://api.example",), audiences=("https://app.example",), is_first_party=True
        ),
    )

    replaced = managing(house).replace(client_id, made.token, metadata=ASKED)

    assert replaced.client.resources == ("https://api.example",)
    assert replaced.client.audiences == ("https://app.example",)
    assert replaced.client.is_first_party


def test_manage_is_closed_to_everybody_else(house: House) -> None:
    mine, other = registered(house), registered(house)
    house.flows.clients.add(Wanted("Ours", ClientType.WEB, id=CLIENT, redirect_uris=(CALLBACK,)))
    my_id = mine.registered.client.id
    attempts = [
        (my_id, other.token),
        (my_id, mine.registered.secret or ""),
        (my_id, mine.token[:-1]),
        (my_id, ""),
        (CLIENT, mine.token),
        ("nobody", mine.token),
    ]

    for client_id, token in attempts:
        for act in (
            lambda: managing(house).show(client_id, token),  # noqa: B023 (called at once)
            lambda: managing(house).replace(client_id, token, metadata=ASKED),  # noqa: B023
            lambda: managing(house).remove(client_id, token),  # noqa: B023
        ):
            with pytest.raises(OAuthError) as caught:
                act()
            assert caught.value.error == OAuthCode.INVALID_TOKEN


def test_manage_disabled_client_is_closed(house: House) -> None:
    made = registered(house)
    house.flows.clients.set_enabled(made.registered.client.id, enabled=False)

    with pytest.raises(OAuthError):
        managing(house).replace(made.registered.client.id, made.token, metadata=ASKED)


def test_tokens_of_another_deployment_are_none(house: House) -> None:
    foreign = replace(house.flows.clients.registration_tokens, envelopes=Envelopes(b"o" * 32))

    assert not house.flows.clients.registration_tokens.is_initial(foreign.initial(NOW, lives=DAY), NOW)
    assert house.flows.clients.registration_tokens.digest_of(foreign.own()[0]) is None


@pytest.mark.requirement("A-09")
@pytest.mark.parametrize("response_types", [None, [], ["code"]], ids=str)
def test_register_device_is_one_that_never_goes_to_the_authorization_endpoint(
    house: House, response_types: list[JsonValue] | None
) -> None:
    asked: dict[str, JsonValue] = {
        "client_name": "Television",
        "token_endpoint_auth_method": "none",
        "grant_types": [GrantType.DEVICE_CODE.value, "refresh_token"],
    }
    if response_types is not None:
        asked["response_types"] = response_types

    client = registered(house, asked).registered.client

    told = metadata_of(client)
    assert (client.type, client.redirect_uris) == (ClientType.NATIVE, ())
    assert (told["response_types"], told["grant_types"]) == ([], asked["grant_types"])
    assert metadata_of(fresh_client(wanted_of(told), house.tools.client_secrets, now=NOW).client)["response_types"] == []


def test_register_device_that_asks_for_another_response_is_refused(house: House) -> None:
    asked = PUBLIC | {"grant_types": [GrantType.DEVICE_CODE.value], "response_types": ["token"], "redirect_uris": []}

    assert refused(house, asked) == (OAuthCode.INVALID_CLIENT_METADATA, "response_types")
