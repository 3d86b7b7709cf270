"""The modules of the FAPI 2.0 plan that are about proofs of possession.

Source: FAPI 2.0 Security Profile sections 5.3.2.1 and 5.3.4; RFC 9449.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Final

import httpx2
import pytest

from doorward.core.keys.jose import JsonValue
from doorward.core.keys.records import Algorithm
from tests.conformance.suite.fapi.application import OTHER_HOLDER, Pushing
from tests.conformance.suite.party import TOKEN, USERINFO
from tests.conformance.suite.person import Person
from tests.proofs import Holder

NOTHING: Final[Mapping[str, JsonValue]] = MappingProxyType({})


def proving(
    application: Pushing, claims: Mapping[str, JsonValue] = NOTHING, header: Mapping[str, JsonValue] = NOTHING
) -> Pushing:
    """Return the application with proofs of which some members are changed."""
    holder = Holder(application.key.name, header=dict(header), claims=dict(claims))
    return replace(application, holder=holder)


def at(application: Pushing, seconds: int) -> int:
    """Return a moment so many seconds from now."""
    return int(application.deployment.now().timestamp()) + seconds


def works_throughout(application: Pushing, person: Person) -> bool:
    """Tell whether the proofs of an application are taken where it pushes, redeems and asks."""
    told = application.go(person, application.holder)
    tokens = application.tokens(told)
    return application.userinfo(tokens.access_token, scheme="DPoP").status_code == 200


@pytest.mark.requirement("A-12")
def test_fapi2_security_profile_final_check_dpop_proof_nbf_exp(first: Pushing, regular: Person) -> None:
    assert works_throughout(proving(first, {"nbf": at(first, -10), "exp": at(first, 60)}), regular)


@pytest.mark.requirement("A-12")
def test_fapi2_security_profile_final_ensure_dpopproof_with_iat_10seconds_before_succeeds(
    first: Pushing, regular: Person
) -> None:
    assert works_throughout(proving(first, {"iat": at(first, -10)}), regular)


@pytest.mark.requirement("A-12")
def test_fapi2_security_profile_final_ensure_dpopproof_with_iat_10seconds_after_succeeds(
    first: Pushing, regular: Person
) -> None:
    assert works_throughout(proving(first, {"iat": at(first, 10)}), regular)


@pytest.mark.requirement("A-16")
def test_fapi2_security_profile_final_ensure_mismatched_dpop_jkt_fails(first: Pushing) -> None:
    answer = first.push(first.holder, dpop_jkt=OTHER_HOLDER.thumbprint)

    assert first.refused(answer) in ("invalid_request", "invalid_dpop_proof")


@pytest.mark.requirement("A-16")
def test_fapi2_security_profile_final_ensure_token_endpoint_fails_with_mismatched_dpop_proof_jkt(
    first: Pushing, regular: Person
) -> None:
    told = first.go(regular, first.holder)

    answer = replace(first, holder=OTHER_HOLDER).redeem(told)

    assert first.refused(answer) in ("invalid_grant", "invalid_dpop_proof")


@pytest.mark.requirement("A-16")
def test_fapi2_security_profile_final_ensure_token_endpoint_fails_with_mismatched_dpop_jkt(
    first: Pushing, regular: Person
) -> None:
    told = first.go(regular, dpop_jkt=OTHER_HOLDER.thumbprint)

    assert first.refused(first.redeem(told)) in ("invalid_grant", "invalid_dpop_proof")


@pytest.mark.requirement("A-16")
def test_fapi2_security_profile_final_ensure_dpopproof_at_par_endpoint_binding_success(
    first: Pushing, regular: Person
) -> None:
    first.tokens(first.go(regular, first.holder))


@pytest.mark.requirement("A-16")
def test_fapi2_security_profile_final_ensure_dpop_auth_code_binding_success(first: Pushing, regular: Person) -> None:
    first.tokens(first.go(regular, first.holder, dpop_jkt=first.key.thumbprint))


@pytest.mark.requirement("A-12", "A-14", "A-17")
def test_fapi2_security_profile_final_dpop_negative_tests(first: Pushing, regular: Person) -> None:
    token = first.tokens(first.go(regular)).access_token
    url, key = f"{first.deployment.url}{USERINFO}", first.key

    def show(*proofs: str, scheme: str = "DPoP") -> httpx2.Response:
        fields = [("authorization", f"{scheme} {token}"), *(("dpop", proof) for proof in proofs)]
        return first.deployment.http.get(url, headers=fields)

    def proof(header: Mapping[str, JsonValue] = NOTHING, **changes: JsonValue) -> str:
        holder = Holder(key.name, header=dict(header), claims=changes)
        return holder.proof("GET", url, first.deployment.now(), access_token=token)

    good = proof()
    private: dict[str, JsonValue] = {**key.jwk, "d": "AAAA"}
    weak = Holder("suite-weak-holder", Algorithm.RS256)
    refused: dict[str, Callable[[], httpx2.Response]] = {
        "upper case": lambda: show(proof().upper()),
        "not well-formed": lambda: show("not.a-token"),
        "no typ": lambda: show(proof({"typ": None})),
        "no alg": lambda: show(proof({"alg": None})),
        "no jwk": lambda: show(proof({"jwk": None})),
        "no jti": lambda: show(proof(jti=None)),
        "no htm": lambda: show(proof(htm=None)),
        "no htu": lambda: show(proof(htu=None)),
        "no iat": lambda: show(proof(iat=None)),
        "no ath": lambda: show(proof(ath=None)),
        "another typ": lambda: show(proof({"typ": "JWT"})),
        "alg none": lambda: show(proof({"alg": "none"})),
        "another signature": lambda: show(good[:-8] + "AAAAAAAA"),
        "another algorithm": lambda: show(weak.proof("GET", url, first.deployment.now(), access_token=token)),
        "private key": lambda: show(proof({"jwk": private})),
        "another method": lambda: show(proof(htm="POST")),
        "another address": lambda: show(proof(htu=f"{first.deployment.url}{TOKEN}")),
        "an hour ahead": lambda: show(proof(iat=at(first, 3600))),
        "an hour ago": lambda: show(proof(iat=at(first, -3600))),
        "another token": lambda: show(proof(ath="fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo")),
        "another key": lambda: show(OTHER_HOLDER.proof("GET", url, first.deployment.now(), access_token=token)),
        "no proof": show,
        "as a bearer": lambda: show(scheme="Bearer"),
        "as a bearer with a proof": lambda: show(proof(), scheme="Bearer"),
    }
    taken: dict[str, Callable[[], httpx2.Response]] = {
        "as it is": lambda: show(good),
        "address with query and fragment": lambda: show(proof(htu=f"{url}?a=b#c")),
        "address in other letters": lambda: show(proof(htu=url.replace("http://localhost", "HTTP://LocalHost"))),
        "more members": lambda: show(proof({"x-more": "1"}, more="2")),
    }

    assert {name: ask().status_code for name, ask in refused.items()} == dict.fromkeys(refused, 401)
    assert show(proof(), proof()).status_code == 400
    assert {name: ask().status_code for name, ask in taken.items()} == dict.fromkeys(taken, 200)
    assert show(good).status_code == 401


@pytest.mark.requirement("O-18", "A-13", "FAPI-05")
def test_fapi2_security_profile_final_refresh_token(first: Pushing, second: Pushing, regular: Person) -> None:
    tokens = first.tokens(first.go(regular, scope="openid offline_access", prompt="consent"))
    fields = {"grant_type": "refresh_token", "refresh_token": tokens.refresh_token}

    unproven = first.send(TOKEN, fields, prover=first.holder, is_proven=False, client_id=first.client.id)
    without_key = first.send(TOKEN, fields)
    by_another = second.send(TOKEN, fields, prover=second.holder)

    assert first.refused(unproven) == "invalid_client"
    assert first.refused(without_key) == "invalid_dpop_proof"
    assert second.refused(by_another) == "invalid_grant"
    renewed = first.issued(first.send(TOKEN, fields, prover=first.holder))
    assert renewed.about.subject == tokens.about.subject
    assert first.userinfo(renewed.access_token, scheme="DPoP").status_code == 200
