"""The modules of the config plan and of the dynamic plan, with applications that register themselves.

Source: OpenID Connect Discovery 1.0; OpenID Connect Dynamic Client Registration 1.0; RFC 7591.
"""

from datetime import timedelta
from itertools import count
from typing import Final

import httpx2
import pytest

from doorward.core.keys.jose import JsonValue
from doorward.core.keys.records import Algorithm
from tests.conformance.suite.checks import verified
from tests.conformance.suite.deployment import Deployment
from tests.conformance.suite.party import AUTHORIZE, CALLBACK, TOKEN, Party, a_key_set
from tests.conformance.suite.person import Person
from tests.conformance.suite.test_basic import unsigned
from tests.processes import wait_until
from tests.proofs import Holder

_NUMBERS: Final = count(1)
ADDRESSES: Final = ("authorization", "token", "userinfo", "registration", "end_session", "revocation", "introspection")
SIGNER: Final = Holder("suite-signer")
NEXT_SIGNER: Final = Holder("suite-signer-next")


def register(deployment: Deployment, **metadata: JsonValue) -> httpx2.Response:
    """Ask to be registered, each time from another address."""
    asked = {"client_name": "Dynamic", "redirect_uris": [CALLBACK], "response_types": ["code"], **metadata}
    address = {"x-forwarded-for": f"203.0.113.{next(_NUMBERS)}"}
    return deployment.http.post(f"{deployment.url}/oauth/register", json=asked, headers=address)


def registered(deployment: Deployment, *, signer: Holder | None = None, **metadata: JsonValue) -> Party:
    """Return an application that registered itself, after what it was told was checked."""
    answer = register(deployment, **metadata)
    assert answer.status_code == 201, answer.text
    told = answer.json()
    assert told["redirect_uris"] == metadata.get("redirect_uris", [CALLBACK])
    assert told.get("client_secret_expires_at", 0) == 0
    assert (answer.headers["cache-control"], answer.headers["pragma"]) == ("no-store", "no-cache")
    client = deployment.house.flows.clients.show(told["client_id"])
    return Party(deployment, client, told.get("client_secret", ""), signer=signer)


def refused(answer: httpx2.Response) -> str:
    """Return the error of a registration that is refused (RFC 7591 section 3.2.2)."""
    assert answer.status_code == 400, answer.text
    assert set(answer.json()) == {"error", "error_description"}
    return str(answer.json()["error"])


@pytest.mark.requirement("D-02", "D-03", "OIDC-12")
def test_oidcc_discovery_endpoint_verification(deployment: Deployment) -> None:
    told = deployment.metadata()

    assert told["issuer"] == deployment.url
    assert all(str(told[f"{name}_endpoint"]).startswith(f"{deployment.url}/") for name in ADDRESSES)
    assert told["response_types_supported"] == ["code"]
    assert set(told["subject_types_supported"] or ()) == {"public", "pairwise"}  # type: ignore[arg-type]  # a list
    assert "RS256" in str(told["id_token_signing_alg_values_supported"])
    assert {"openid"} <= set(told["scopes_supported"] or ())  # type: ignore[arg-type]  # a list
    assert {"sub", "iss"} <= set(told["claims_supported"] or ())  # type: ignore[arg-type]  # a list
    assert "authorization_code" in str(told["grant_types_supported"])
    assert told["request_parameter_supported"] is True
    assert told["request_uri_parameter_supported"] is False
    assert told["claims_parameter_supported"] is True
    keys = deployment.keys()
    assert {key["alg"] for key in keys.values()} == {"ES256", "RS256"}
    assert len({(key["kid"], key["use"]) for key in keys.values()}) == len(keys)


@pytest.mark.requirement("OIDC-04")
def test_oidcc_idtoken_rs256(deployment: Deployment, regular: Person) -> None:
    party = registered(deployment, id_token_signed_response_alg="RS256")

    assert party.tokens(party.authorize(regular)).about.header["alg"] == "RS256"


@pytest.mark.requirement("J-03")
def test_oidcc_idtoken_unsigned(deployment: Deployment) -> None:
    assert refused(register(deployment, id_token_signed_response_alg="none")) == "invalid_client_metadata"


@pytest.mark.requirement("OIDC-05")
def test_oidcc_userinfo_rs256(deployment: Deployment, regular: Person) -> None:
    party = registered(deployment, userinfo_signed_response_alg="RS256")
    tokens = party.tokens(party.authorize(regular, scope="openid email"))

    answer = party.userinfo(tokens.access_token)

    assert answer.headers["content-type"] == "application/jwt"
    claims = verified(deployment, answer.text)
    assert (claims["iss"], claims["aud"]) == (deployment.issuer, party.client.id)
    assert claims["sub"] == tokens.about.subject
    assert claims["email_verified"] is True


@pytest.mark.requirement("O-08")
def test_oidcc_ensure_redirect_uri_in_authorization_request(deployment: Deployment, regular: Person) -> None:
    party = registered(deployment, redirect_uris=[CALLBACK, f"{CALLBACK}/second"])
    sent, _ = party.asking(redirect_uri=None)

    assert regular.arrive(AUTHORIZE, sent).is_shown_an_error


@pytest.mark.requirement("O-06")
def test_oidcc_redirect_uri_query_ok(deployment: Deployment, regular: Person) -> None:
    party = registered(deployment, redirect_uris=[f"{CALLBACK}?foo=bar"])
    sent, _ = party.asking()

    regular.arrive(AUTHORIZE, sent).go_on()

    told = party.heard(regular, sent)
    assert told["foo"] == "bar"
    assert (regular.led_to or "").startswith(f"{CALLBACK}?foo=bar&code=")


@pytest.mark.requirement("O-07")
def test_oidcc_redirect_uri_query_mismatch(deployment: Deployment, regular: Person) -> None:
    party = registered(deployment, redirect_uris=[f"{CALLBACK}?foo=bar"])
    sent, _ = party.asking(redirect_uri=f"{CALLBACK}?foo=other")

    assert regular.arrive(AUTHORIZE, sent).is_shown_an_error


@pytest.mark.requirement("O-07")
def test_oidcc_redirect_uri_query_added(deployment: Deployment, regular: Person) -> None:
    party = registered(deployment)
    sent, _ = party.asking(redirect_uri=f"{CALLBACK}?foo=bar")

    assert regular.arrive(AUTHORIZE, sent).is_shown_an_error


@pytest.mark.requirement("O-06")
def test_oidcc_redirect_uri_regfrag(deployment: Deployment) -> None:
    assert refused(register(deployment, redirect_uris=[f"{CALLBACK}#foobar"])) == "invalid_redirect_uri"


@pytest.mark.requirement("OIDC-01")
def test_oidcc_server(deployment: Deployment, regular: Person) -> None:
    party = registered(deployment)

    tokens = party.tokens(party.authorize(regular))

    assert party.userinfo(tokens.access_token).json() == {"sub": tokens.about.subject}


@pytest.mark.requirement("OIDC-13")
def test_oidcc_registration_logo_uri(deployment: Deployment, regular: Person) -> None:
    party = registered(deployment, logo_uri="https://suite.example/logo.png")

    shown = consent_page(party, regular)

    assert party.client.logo_uri == "https://suite.example/logo.png"
    assert "logo.png" not in shown


@pytest.mark.requirement("OIDC-13")
def test_oidcc_registration_policy_uri(deployment: Deployment, regular: Person) -> None:
    party = registered(deployment, policy_uri="https://suite.example/policy")

    assert 'href="https://suite.example/policy" id="policy-link"' in consent_page(party, regular)


@pytest.mark.requirement("OIDC-13")
def test_oidcc_registration_tos_uri(deployment: Deployment, regular: Person) -> None:
    party = registered(deployment, tos_uri="https://suite.example/terms")

    assert 'href="https://suite.example/terms" id="terms-link"' in consent_page(party, regular)


@pytest.mark.requirement("OIDC-14")
def test_oidcc_registration_jwks_uri(deployment: Deployment, regular: Person) -> None:
    deployment.elsewhere.documents["/registered.json"] = a_key_set(SIGNER)
    party = by_key(deployment, jwks_uri=f"{deployment.elsewhere.url}/registered.json")

    tokens = party.tokens(party.authorize(regular))

    assert "/registered.json" in deployment.elsewhere.asked
    assert party.userinfo(tokens.access_token).status_code == 200


@pytest.mark.requirement("V-23")
def test_oidcc_registration_sector_uri(deployment: Deployment) -> None:
    sector = f"{deployment.elsewhere.url}/sector.json"
    deployment.elsewhere.documents["/sector.json"] = [CALLBACK]

    answer = register(deployment, sector_identifier_uri=sector, subject_type="pairwise")

    assert refused(answer) == "invalid_client_metadata"
    assert "/sector.json" not in deployment.elsewhere.asked


@pytest.mark.requirement("V-23")
def test_oidcc_registration_sector_bad(deployment: Deployment) -> None:
    sector = f"{deployment.elsewhere.url}/bad.json"

    answer = register(deployment, sector_identifier_uri=sector, subject_type="pairwise")

    assert refused(answer) == "invalid_client_metadata"
    assert "/bad.json" not in deployment.elsewhere.asked


@pytest.mark.requirement("OIDC-15")
def test_oidcc_server_rotate_keys(deployment: Deployment) -> None:
    before = set(deployment.keys())

    made = {key.id for key in deployment.house.flows.rotate_keys(force=True)}

    assert made
    wait_until(lambda: set(deployment.keys()) >= before | made)


@pytest.mark.requirement("OIDC-14")
def test_oidcc_refresh_token_rp_key_rotation(deployment: Deployment, regular: Person) -> None:
    deployment.elsewhere.documents["/rotated.json"] = a_key_set(SIGNER)
    party = by_key(deployment, jwks_uri=f"{deployment.elsewhere.url}/rotated.json")
    first = party.tokens(party.authorize(regular, scope="openid offline_access", prompt="consent"))

    deployment.elsewhere.documents["/rotated.json"] = a_key_set(NEXT_SIGNER)
    deployment.make_older(timedelta(seconds=60))
    party.signer = NEXT_SIGNER
    with deployment.another_instance() as party.at:  # the first one keeps a key set for half a minute
        answer = party.send(TOKEN, grant_type="refresh_token", refresh_token=first.refresh_token)

    assert party.issued(answer).about.subject == first.about.subject


@pytest.mark.requirement("A-07")
def test_oidcc_request_uri_unsigned(deployment: Deployment, regular: Person) -> None:
    party = registered(deployment)

    told = party.authorize(regular, request_uri=f"{deployment.elsewhere.url}/unsigned.jwt")

    assert told.error == "request_uri_not_supported"
    assert "/unsigned.jwt" not in deployment.elsewhere.asked


@pytest.mark.requirement("A-07")
def test_oidcc_request_uri_signed_rs256(deployment: Deployment, regular: Person) -> None:
    rsa = Holder("suite-rsa", Algorithm.RS256)
    party = registered(deployment, jwks=a_key_set(rsa))

    told = party.authorize(regular, request_uri=f"{deployment.elsewhere.url}/signed.jwt")

    assert told.error == "request_uri_not_supported"
    assert "/signed.jwt" not in deployment.elsewhere.asked


@pytest.mark.requirement("A-06", "O-08")
def test_oidcc_ensure_request_object_with_redirect_uri(deployment: Deployment, regular: Person) -> None:
    party = registered(deployment)
    sent, _ = party.asking(redirect_uri="https://evil.example/cb", request=unsigned(party))

    assert regular.arrive(AUTHORIZE, sent).is_shown_an_error


@pytest.mark.requirement("O-18", "O-10")
def test_oidcc_refresh_token(deployment: Deployment, regular: Person) -> None:
    grants: list[JsonValue] = ["authorization_code", "refresh_token"]
    party, other = (registered(deployment, grant_types=grants) for _ in range(2))
    first = party.tokens(party.authorize(regular, scope="openid offline_access", prompt="consent"))
    fields = {"grant_type": "refresh_token", "refresh_token": first.refresh_token}

    stolen = other.refused(other.send(TOKEN, fields))
    second = party.issued(party.send(TOKEN, fields))

    assert stolen == "invalid_grant"
    assert second.about.subject == first.about.subject
    assert party.userinfo(second.access_token).status_code == 200


@pytest.mark.requirement("OIDC-14")
def test_oidcc_ensure_client_assertion_with_iss_aud_succeeds(deployment: Deployment, regular: Person) -> None:
    party = by_key(deployment, jwks=a_key_set(SIGNER))

    party.tokens(party.authorize(regular))


def by_key(deployment: Deployment, **keys: JsonValue) -> Party:
    """Return an application that proves itself by a key, and may refresh."""
    return registered(
        deployment,
        signer=SIGNER,
        token_endpoint_auth_method="private_key_jwt",
        grant_types=["authorization_code", "refresh_token"],
        **keys,
    )


def consent_page(party: Party, person: Person) -> str:
    """Return the page that asks somebody who is signed in."""
    sent, _ = party.asking()
    person.arrive(AUTHORIZE, sent)
    return person.open(person.led_to or "").answer.text
