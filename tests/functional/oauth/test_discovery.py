import json
from dataclasses import replace

import pytest

from doorward.api.app import build
from doorward.core.oauth.discover import metadata
from doorward.core.oauth.records import GrantType
from tests.builders import ISSUER
from tests.functional.site import Site

OPENID = "/.well-known/openid-configuration"
SERVER = "/.well-known/oauth-authorization-server"


@pytest.mark.requirement("D-01")
def test_discovery_both_addresses_say_the_same(site: Site) -> None:
    answers = [site.client().get(path) for path in (OPENID, SERVER)]

    assert answers[0].content == answers[1].content


@pytest.mark.requirement("D-02")
def test_discovery_is_json_that_may_be_kept_for_a_while(site: Site) -> None:
    answer = site.client().get(OPENID)

    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    assert answer.headers["cache-control"] == "public, max-age=300"
    assert answer.headers["access-control-allow-origin"] == "*"
    assert [] not in answer.json().values()
    known = {"if-none-match": answer.headers["etag"]}
    assert site.client().get(OPENID, headers=known).status_code == 304


@pytest.mark.requirement("D-03", "D-04")
@pytest.mark.parametrize(
    "header", ["host", "x-forwarded-host", "x-forwarded-proto", "forwarded", "x-forwarded-prefix", "x-original-url"]
)
def test_discovery_issuer_is_the_configured_one_whatever_the_request_says(site: Site, header: str) -> None:
    said = site.client("10.0.0.1").get(OPENID, headers={header: "evil.example"}).json()

    assert said["issuer"] == ISSUER
    assert "evil" not in json.dumps(said)
    assert all(said[name].startswith(f"{ISSUER}/") for name in said if name.endswith(("_endpoint", "_uri")))


@pytest.mark.requirement("P-07", "D-05", "S-07")
def test_discovery_says_what_clients_look_for(site: Site) -> None:
    said = site.client().get(OPENID).json()

    assert said["code_challenge_methods_supported"] == ["S256"]
    assert said["response_types_supported"] == ["code"]
    assert said["authorization_response_iss_parameter_supported"] is True
    assert said["backchannel_logout_supported"] is True
    assert said["request_uri_parameter_supported"] is False
    assert "RS256" in said["id_token_signing_alg_values_supported"]
    assert not {"password", "implicit"} & set(said["grant_types_supported"])
    assert "none" not in said["introspection_endpoint_auth_methods_supported"]
    assert said["acr_values_supported"] == ["urn:doorward:acr:password"]


def test_discovery_names_the_details_that_may_be_asked_for_where_there_are_any() -> None:
    name = "authorization_details_types_supported"

    assert name not in metadata(ISSUER, grants=tuple(GrantType), acrs=())
    assert metadata(ISSUER, grants=tuple(GrantType), acrs=(), details_types=("payment",))[name] == ["payment"]


def test_discovery_every_address_that_it_names_is_one(site: Site) -> None:
    said = site.client().get(OPENID).json()

    paths = [said[name].removeprefix(ISSUER) for name in said if name.endswith(("_endpoint", "_uri"))]
    assert [path for path in paths if site.client().get(path).status_code == 404] == []


@pytest.mark.requirement("D-06")
def test_discovery_tells_of_the_resource_that_takes_tokens(site: Site) -> None:
    said = site.client().get("/.well-known/oauth-protected-resource/oauth/userinfo").json()

    assert (said["resource"], said["authorization_servers"]) == (f"{ISSUER}/oauth/userinfo", [ISSUER])
    assert said["bearer_methods_supported"] == ["header"]


@pytest.mark.requirement("D-01")
def test_discovery_issuer_with_a_path_is_found_between_host_and_path_too(site: Site) -> None:
    issuer = f"{ISSUER}/tenant/one"

    plan = build(replace(site.doors, issuer=issuer)).front.plan

    for place in (OPENID, SERVER):
        assert plan.find(f"{place}/tenant/one") is not None
        assert plan.find(f"{place}/tenant/other") is None
    assert plan.find("/.well-known/oauth-protected-resource/tenant/one/oauth/userinfo") is not None
