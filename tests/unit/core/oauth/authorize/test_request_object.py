"""Requests that clients sign: whose key, for whom, how old, and what may be inside."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Final

import pytest

from doorward.core.kernel.ids import KeyId
from doorward.core.keys import jose
from doorward.core.keys.jose import JsonValue
from doorward.core.keys.records import Algorithm
from doorward.core.oauth.authorize.request_object import RequestObjects
from doorward.core.oauth.errors import OAuthCode, OAuthError
from doorward.core.oauth.proofs.client_keys import ClientKeys
from doorward.core.oauth.records import Client
from doorward.testing.clock import FixedClock
from tests.authorizing import asking
from tests.builders import CLIENT, ISSUER, NOW, a_client
from tests.pairs import SIGNATURES
from tests.unit.core.oauth.keys import EC_KEY, EC_PRIVATE, RSA_KEY, RSA_PRIVATE
from tests.unit.core.oauth.proving import Shelf

OBJECTS: Final = RequestObjects(ClientKeys(SIGNATURES, Shelf()), FixedClock(), ISSUER)
SOON: Final = int((NOW + timedelta(minutes=5)).timestamp())


def client(*keys: dict[str, str]) -> Client:
    return replace(a_client(), jwks=json.dumps({"keys": list(keys or (EC_KEY,))}))


def signed(
    kind: str = "oauth-authz-req+jwt",
    *,
    algorithm: Algorithm = Algorithm.ES256,
    private: bytes = EC_PRIVATE,
    key_id: str = "one",
    changed: Mapping[str, JsonValue] | None = None,
) -> str:
    claims: dict[str, JsonValue] = {**asking(), "iss": CLIENT, "aud": ISSUER, "exp": SOON, **(changed or {})}
    message = jose.compact(kind, claims, algorithm=algorithm, key_id=KeyId(key_id))
    return f"{message.decode()}.{jose.b64url_encode(SIGNATURES.sign(algorithm, private, message))}"


def refused(presented: str, who: Client | None = None) -> None:
    with pytest.raises(OAuthError) as caught:
        OBJECTS.read(presented, who or client())
    assert caught.value.error is OAuthCode.INVALID_REQUEST_OBJECT


@pytest.mark.requirement("A-05", "A-06")
@pytest.mark.parametrize("kind", ["oauth-authz-req+jwt", "application/oauth-authz-req+jwt", "JWT"])
def test_read_object_of_the_client_gives_what_is_inside(kind: str) -> None:
    values = OBJECTS.read(signed(kind), client())

    assert values == {name: (value,) for name, value in asking().items()}


@pytest.mark.requirement("A-06")
def test_read_object_by_another_key_of_the_client() -> None:
    presented = signed(algorithm=Algorithm.RS256, private=RSA_PRIVATE, key_id="two")

    assert OBJECTS.read(presented, client(EC_KEY, RSA_KEY))["scope"] == ("openid profile",)


def test_read_object_turns_claims_into_parameters() -> None:
    presented = signed(
        changed={
            "max_age": 3600,
            "resource": ["https://a.example", "https://b.example"],
            "claims": {"userinfo": {}},
        }
    )

    values = OBJECTS.read(presented, client())

    assert values["max_age"] == ("3600",)
    assert values["resource"] == ("https://a.example", "https://b.example")
    assert values["claims"] == ('{"userinfo":{}}',)


@pytest.mark.requirement("A-06")
@pytest.mark.parametrize("algorithm", ["none", "HS256", "ES512", "None", ""])
def test_read_object_by_an_algorithm_that_is_not_ours_is_refused(algorithm: str) -> None:
    header = jose.b64url_encode(json.dumps({"alg": algorithm, "typ": "oauth-authz-req+jwt", "kid": "one"}).encode())
    _, claims, signature = signed().split(".")

    refused(f"{header}.{claims}.{'' if algorithm == 'none' else signature}")
    refused(f"{header}.{claims}.")


@pytest.mark.requirement("A-06")
def test_read_object_by_a_key_of_somebody_else_is_refused() -> None:
    refused(signed(algorithm=Algorithm.RS256, private=RSA_PRIVATE, key_id="two"))
    refused(signed(key_id="two"), client(RSA_KEY))
    refused(signed(key_id="another"))
    refused(signed(), replace(a_client(), jwks=None))


@pytest.mark.requirement("A-06")
def test_read_object_that_was_changed_is_refused() -> None:
    header, claims, signature = signed().split(".")
    _, others, _ = signed(changed={"scope": "openid email"}).split(".")

    refused(f"{header}.{others}.{signature}")
    refused(f"{header}.{claims}.{'B' if signature.startswith('A') else 'A'}{signature[1:]}")
    refused(f"{header}.{claims}")
    refused("")
    refused("x" * 9000)


@pytest.mark.requirement("A-05", "A-06")
@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"client_id": "others"}, id="another client inside"),
        pytest.param({"client_id": None}, id="no client inside"),
        pytest.param({"iss": "others"}, id="another issuer"),
        pytest.param({"aud": "https://evil.example"}, id="for another server"),
        pytest.param({"aud": None}, id="for nobody"),
        pytest.param({"aud": ISSUER + "/"}, id="for almost this server"),
        pytest.param({"exp": None}, id="for ever"),
        pytest.param({"exp": int(NOW.timestamp()) - 60}, id="too old"),
        pytest.param({"exp": int(NOW.timestamp()) + 4000}, id="for too long"),
        pytest.param({"nbf": int(NOW.timestamp()) + 60}, id="not yet"),
        pytest.param({"iat": int(NOW.timestamp()) + 60}, id="from the future"),
        pytest.param({"exp": "soon"}, id="no number"),
        pytest.param({"request": "x.y.z"}, id="an object inside"),
        pytest.param({"request_uri": "urn:x"}, id="a reference inside"),
        pytest.param({"sub": CLIENT}, id="an assertion"),
        pytest.param({"scope": True}, id="a parameter that is no text"),
        pytest.param({"max_age": 1.5}, id="a parameter that is a fraction"),
    ],
)
def test_read_object_that_says_something_else_is_refused(changed: dict[str, JsonValue]) -> None:
    refused(signed(changed=changed))


@pytest.mark.requirement("A-05")
def test_read_object_for_several_servers_is_for_this_one_too() -> None:
    assert OBJECTS.read(signed(changed={"aud": ["https://other.example", ISSUER]}), client())


def test_read_object_of_another_kind_is_refused() -> None:
    for kind in ("at+jwt", "dpop+jwt", "logout+jwt", "client-authentication+jwt"):
        refused(signed(kind))


def strict() -> Client:
    return replace(client(EC_KEY, RSA_KEY), requires_pushed_request=True, requires_dpop=True)


def moment(minutes: int) -> int:
    return int((NOW + timedelta(minutes=minutes)).timestamp())


@pytest.mark.requirement("FAPI-06")
@pytest.mark.parametrize("changed", [{"nbf": moment(0)}, {"nbf": moment(-55), "exp": moment(5)}], ids=str)
def test_read_object_of_a_strict_client_counts_for_an_hour(changed: dict[str, JsonValue]) -> None:
    assert OBJECTS.read(signed(changed=changed), strict())["client_id"] == (CLIENT,)


@pytest.mark.requirement("FAPI-06")
@pytest.mark.parametrize(
    "changed",
    [{}, {"nbf": moment(-61)}, {"nbf": moment(-56), "exp": moment(5)}, {"nbf": "soon"}],
    ids=["no beginning", "old", "long", "no moment"],
)
def test_read_object_of_a_strict_client_says_from_when_and_for_how_long(changed: dict[str, JsonValue]) -> None:
    refused(signed(changed=changed), strict())


@pytest.mark.requirement("FAPI-04")
def test_read_object_of_a_strict_client_by_a_weaker_algorithm_is_refused() -> None:
    weak = signed(algorithm=Algorithm.RS256, private=RSA_PRIVATE, key_id="two", changed={"nbf": moment(0)})

    assert OBJECTS.read(weak, client(EC_KEY, RSA_KEY))["client_id"] == (CLIENT,)
    refused(weak, strict())
