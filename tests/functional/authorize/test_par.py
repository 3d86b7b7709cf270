"""Pushed requests over HTTP: who may push, what, and what the reference is good for."""

from typing import Final

import pytest
from httpx2 import Response

from doorward.core.oauth.records import ClientAuthentication, ClientType
from doorward.core.onetime.records import Purpose
from tests.authorizing import asking
from tests.builders import CLIENT, ISSUER
from tests.functional.authorize.guest import Guest, another_client, approved, by_uri, change, register
from tests.functional.site import Site
from tests.proofs import Holder

PAR: Final = "/oauth/par"
FORM: Final = {"content-type": "application/x-www-form-urlencoded"}


def push(site: Site, *proofs: str, **changed: str | None) -> Response:
    """Push a request."""
    return site.client().post(PAR, data=asking(**changed), headers=[("dpop", proof) for proof in proofs])


def kept(site: Site) -> int:
    """Return how many requests were pushed and wait."""
    with site.house.store.view() as view:
        return view.onetimes.live(Purpose.PUSHED_REQUEST, now=site.clock.now())


def error(answer: Response) -> str:
    """Return the error of a refusal, which is JSON that nobody keeps."""
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-type"] == "application/json"
    assert "location" not in answer.headers
    told = answer.json()
    assert set(told) == {"error", "error_description"}
    return str(told["error"])


def confidential(site: Site) -> tuple[str, str]:
    """Make the application one that has a secret, and return what it signs in with."""
    secret, record = site.house.flows.clients.authenticate.secrets.make(site.clock.now())
    change(
        site,
        type=ClientType.WEB,
        authentication=ClientAuthentication.SECRET_BASIC,
        secrets=(record,),
        resources=("https://a.example", "https://b.example"),
    )
    return CLIENT, secret


@pytest.mark.requirement("A-01", "A-02", "O-16")
def test_push_request_is_answered_with_a_reference_that_works(provider: Site, regular: Guest) -> None:
    answer = push(provider)

    assert answer.status_code == 201
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json()["request_uri"].startswith("urn:ietf:params:oauth:request_uri:")
    assert answer.json()["expires_in"] == 90
    assert "code" in regular.arrive(by_uri(answer.json()["request_uri"])).told


@pytest.mark.requirement("A-01")
def test_push_request_asks_who_the_client_is(provider: Site) -> None:
    confidential(provider)

    assert error(push(provider)) == "invalid_client"
    assert error(push(provider, client_id="nobody")) == "invalid_client"
    answer = provider.client().post(PAR, data=asking(), auth=(CLIENT, "wrong"))
    assert error(answer) == "invalid_client"
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Basic")
    assert kept(provider) == 0


@pytest.mark.requirement("A-01", "A-08")
def test_push_request_of_a_client_with_a_secret_may_name_several_resources(provider: Site, regular: Guest) -> None:
    fields = {**asking(client_id=None), "resource": ["https://a.example", "https://b.example"]}

    answer = provider.client().post(PAR, data=fields, auth=confidential(provider))

    assert answer.status_code == 201, answer.text
    told = regular.arrive(by_uri(answer.json()["request_uri"])).told
    assert approved(provider, told["code"]).resources == ("https://a.example", "https://b.example")


@pytest.mark.requirement("A-01")
@pytest.mark.parametrize(
    ("changed", "wanted"),
    [
        ({"request_uri": "urn:ietf:params:oauth:request_uri:x"}, "invalid_request"),
        ({"request_uri": "https://evil.example"}, "invalid_request"),
        ({"redirect_uri": "https://evil.example"}, "invalid_request"),
        ({"redirect_uri": None}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": "unknown"}, "invalid_scope"),
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"resource": "https://unknown.example"}, "invalid_target"),
        ({"request": "x.y.z"}, "invalid_request_object"),
        ({"state": "x" * 3000}, "invalid_request"),
        ({"authorization_details": "[{}]"}, "invalid_authorization_details"),
    ],
    ids=str,
)
@pytest.mark.requirement("A-04")
def test_push_request_that_is_wrong_is_refused_and_not_kept(
    provider: Site, changed: dict[str, str | None], wanted: str
) -> None:
    answer = push(provider, **changed)

    assert answer.status_code == 400
    assert error(answer) == wanted
    assert kept(provider) == 0


@pytest.mark.requirement("O-04")
@pytest.mark.parametrize("name", ["client_id", "scope", "redirect_uri", "unknown"])
def test_push_request_parameter_that_comes_twice_is_refused(provider: Site, name: str) -> None:
    fields = {**asking(), name: [asking().get(name, "x")] * 2}

    assert error(provider.client().post(PAR, data=fields)) == "invalid_request"


@pytest.mark.requirement("A-01")
def test_push_request_takes_nothing_from_the_address(provider: Site) -> None:
    assert error(provider.client().post(f"{PAR}?client_id={CLIENT}", data=asking())) == "invalid_request"


@pytest.mark.requirement("A-01")
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
def test_push_request_by_another_method_is_refused(provider: Site, method: str) -> None:
    assert provider.client().request(method, PAR, params=asking()).status_code == 405


@pytest.mark.parametrize("content", [b"client_id=%ff", b"\xff", b"a=1&" * 101])
def test_push_request_that_can_be_read_in_two_ways_is_refused(provider: Site, content: bytes) -> None:
    assert error(provider.client().post(PAR, content=content, headers=FORM)) == "invalid_request"


@pytest.mark.requirement("A-01")
def test_push_request_that_is_too_large_or_of_another_kind_is_refused(provider: Site) -> None:
    client = provider.client()

    assert client.post(PAR, content=b"x=" + b"y" * 65_536, headers=FORM).status_code == 413
    assert client.post(PAR, json=asking()).status_code == 415


def test_push_request_for_another_client_is_refused(provider: Site) -> None:
    register(provider, another_client())
    credentials = confidential(provider)

    answer = provider.client().post(PAR, data=asking(client_id="payroll"), auth=credentials)

    assert error(answer) in ("invalid_request", "invalid_client")
    assert kept(provider) == 0


@pytest.mark.requirement("A-02")
def test_push_request_keeps_no_secret(provider: Site) -> None:
    client_id, secret = confidential(provider)
    change(provider, authentication=ClientAuthentication.SECRET_POST)

    answer = provider.client().post(PAR, data=asking(client_id=client_id, client_secret=secret))

    assert answer.status_code == 201, answer.text
    assert secret.encode() not in provider.file.read_bytes()


@pytest.mark.requirement("A-16")
def test_push_request_with_a_proof_binds_the_code_to_its_key(provider: Site, regular: Guest) -> None:
    holder = Holder()
    nonce = provider.house.flows.tokens.give.check_proof.fresh_nonce()
    proof = holder.proof("POST", f"{ISSUER}{PAR}", provider.clock.now(), nonce=nonce)

    answer = push(provider, proof)

    assert answer.status_code == 201, answer.text
    assert answer.headers["dpop-nonce"]
    told = regular.arrive(by_uri(answer.json()["request_uri"])).told
    assert approved(provider, told["code"]).key_thumbprint == holder.thumbprint


@pytest.mark.requirement("A-16")
def test_push_request_whose_proof_and_thumbprint_differ_is_refused(provider: Site) -> None:
    holder = Holder()
    nonce = provider.house.flows.tokens.give.check_proof.fresh_nonce()
    proof = holder.proof("POST", f"{ISSUER}{PAR}", provider.clock.now(), nonce=nonce)

    assert error(push(provider, proof, dpop_jkt="x" * 43)) == "invalid_request"


@pytest.mark.requirement("A-16")
def test_push_request_with_a_proof_without_a_nonce_is_told_to_take_one(provider: Site) -> None:
    proof = Holder().proof("POST", f"{ISSUER}{PAR}", provider.clock.now())

    answer = push(provider, proof)

    assert error(answer) == "use_dpop_nonce"
    assert answer.headers["dpop-nonce"]


def test_push_request_is_open_to_no_page_that_is_not_listed(provider: Site) -> None:
    answer = provider.client().post(PAR, data=asking(), headers={"origin": "https://evil.example"})

    assert "access-control-allow-origin" not in answer.headers


def test_push_request_of_a_client_that_must_push_is_the_only_way_in(provider: Site, regular: Guest) -> None:
    change(provider, requires_pushed_request=True)

    assert regular.ask().told["error"] == "invalid_request"
    assert "code" in regular.arrive(by_uri(push(provider).json()["request_uri"])).told


@pytest.mark.requirement("A-03")
def test_push_request_is_checked_again_when_it_is_taken_up(provider: Site, regular: Guest) -> None:
    uri = push(provider).json()["request_uri"]
    change(provider, redirect_uris=("https://moved.example/cb",))

    assert regular.arrive(by_uri(uri)).error == "REDIRECT_URI_REFUSED"
