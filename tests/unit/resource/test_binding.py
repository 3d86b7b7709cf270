# Source: RFC 9449 section 7: tokens that are bound to a key, and the proofs that go with them.
from collections.abc import Mapping
from datetime import timedelta

import pytest

from doorward.core.keys.jose import JsonValue
from doorward.resource import (
    NonceNeeded,
    Nonces,
    Presented,
    ProofInvalid,
    TokenInvalid,
    Verifier,
    VerifierUnavailable,
)
from doorward.resource.proofs import OwnReplays
from doorward.testing.clock import FixedClock
from tests.issuing import AUDIENCE, NOTHING, Holder, Issuing, pair, published

EPOCH = int(FixedClock().now().timestamp())


def asking(authorization: str, *proofs: str) -> Presented:
    return Presented((authorization,), proofs, "GET", "/notes")


def bound(issuer: Issuing, holder: Holder) -> str:
    return issuer.token({"cnf": {"jkt": holder.thumbprint}})


def test_check_bound_token_with_its_proof_is_believed(issuer: Issuing, verifier: Verifier, clock: FixedClock) -> None:
    holder = Holder(clock)
    token = bound(issuer, holder)

    assert verifier.check(asking(f"DPoP {token}", holder.proof(token))).key_thumbprint == holder.thumbprint


PROOFS: dict[str, tuple[Mapping[str, JsonValue], Mapping[str, JsonValue]]] = {
    "check-3-no-id": ({"jti": None}, NOTHING),
    "check-4-type": (NOTHING, {"typ": "JWT"}),
    "check-5-algorithm": (NOTHING, {"alg": "none"}),
    "check-6-signature": (NOTHING, {"jwk": published(pair(number=101)[0])}),
    "check-7-private-key": (NOTHING, {"jwk": {**published(pair(number=100)[0]), "d": "AAAA"}}),
    "check-8-method": ({"htm": "POST"}, NOTHING),
    "check-9-path": ({"htu": f"{AUDIENCE}/other"}, NOTHING),
    "check-9-host": ({"htu": "https://other.example/notes"}, NOTHING),
    "check-11-old": ({"iat": EPOCH - 60}, NOTHING),
    "check-11-future": ({"iat": EPOCH + 31}, NOTHING),
    "check-12-no-token": ({"ath": None}, NOTHING),
    "check-12-other-token": ({"ath": "fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo"}, NOTHING),
}


@pytest.mark.requirement("A-12")
@pytest.mark.parametrize("name", PROOFS)
def test_check_bound_token_with_a_bad_proof_is_refused(
    issuer: Issuing, verifier: Verifier, clock: FixedClock, name: str
) -> None:
    holder = Holder(clock)
    token = bound(issuer, holder)

    with pytest.raises(ProofInvalid):
        verifier.check(asking(f"DPoP {token}", holder.proof(token, *PROOFS[name])))


@pytest.mark.requirement("A-12")
@pytest.mark.parametrize("count", [0, 2], ids=["check-1-none", "check-1-two"])
def test_check_bound_token_without_exactly_one_proof_is_refused(
    issuer: Issuing, verifier: Verifier, clock: FixedClock, count: int
) -> None:
    holder = Holder(clock)
    token = bound(issuer, holder)

    with pytest.raises(ProofInvalid):
        verifier.check(asking(f"DPoP {token}", *(holder.proof(token) for _ in range(count))))


@pytest.mark.requirement("A-12")
def test_check_bound_token_with_the_proof_of_another_key_is_refused(
    issuer: Issuing, verifier: Verifier, clock: FixedClock
) -> None:
    token = bound(issuer, Holder(clock))

    with pytest.raises(ProofInvalid):
        verifier.check(asking(f"DPoP {token}", Holder(clock, 102).proof(token)))


@pytest.mark.requirement("A-14")
@pytest.mark.parametrize("has_proof", [True, False])
def test_check_bound_token_as_bearer_is_refused(
    issuer: Issuing,
    verifier: Verifier,
    clock: FixedClock,
    has_proof: bool,  # noqa: FBT001
) -> None:
    holder = Holder(clock)
    token = bound(issuer, holder)

    with pytest.raises(TokenInvalid):
        verifier.check(asking(f"Bearer {token}", *((holder.proof(token),) if has_proof else ())))


@pytest.mark.requirement("A-14")
def test_check_unbound_token_as_bound_is_refused(issuer: Issuing, verifier: Verifier, clock: FixedClock) -> None:
    token = issuer.token()

    with pytest.raises(TokenInvalid) as refused:
        verifier.check(asking(f"DPoP {token}", Holder(clock).proof(token)))
    assert refused.value.scheme == "DPoP"


@pytest.mark.requirement("A-17")
def test_check_proof_a_second_time_is_refused(issuer: Issuing, verifier: Verifier, clock: FixedClock) -> None:
    holder = Holder(clock)
    token = bound(issuer, holder)
    presented = asking(f"DPoP {token}", holder.proof(token))
    verifier.check(presented)
    clock.advance(timedelta(seconds=59))

    with pytest.raises(ProofInvalid):
        verifier.check(presented)


@pytest.mark.requirement("A-17")
def test_check_proofs_that_nobody_could_remember_are_refused(issuer: Issuing, clock: FixedClock) -> None:
    verifier = Verifier(issuer.url, AUDIENCE, clock=clock, replays=OwnReplays(most=1))
    holder = Holder(clock)
    token = bound(issuer, holder)
    verifier.check(asking(f"DPoP {token}", holder.proof(token)))

    with pytest.raises(VerifierUnavailable):
        verifier.check(asking(f"DPoP {token}", holder.proof(token)))
    verifier.close()


@pytest.mark.requirement("A-15")
@pytest.mark.parametrize("nonce", [None, "", "guessed", "é"])
def test_check_proof_without_the_nonce_is_told_it(issuer: Issuing, clock: FixedClock, nonce: str | None) -> None:
    verifier = Verifier(issuer.url, AUDIENCE, clock=clock, nonces=Nonces())
    holder = Holder(clock)
    token = bound(issuer, holder)

    with pytest.raises(NonceNeeded) as refused:
        verifier.check(asking(f"DPoP {token}", holder.proof(token, {"nonce": nonce})))
    told = refused.value.nonce

    assert dict(verifier.headers(refused.value))["dpop-nonce"] == told
    assert verifier.check(asking(f"DPoP {token}", holder.proof(token, {"nonce": told}))).subject == "margaret"
    verifier.close()


def test_check_where_proofs_are_required_refuses_bearer_tokens(issuer: Issuing, clock: FixedClock) -> None:
    verifier = Verifier(issuer.url, AUDIENCE, clock=clock, requires_dpop=True)

    with pytest.raises(TokenInvalid) as refused:
        verifier.check(asking(f"Bearer {issuer.token()}"))
    assert verifier.headers(refused.value)[0][1].startswith('DPoP error="invalid_token"')
    verifier.close()


def test_check_bound_token_where_no_origin_is_known_is_refused(issuer: Issuing, clock: FixedClock) -> None:
    verifier = Verifier(issuer.url, "notes", clock=clock)
    holder = Holder(clock)
    token = issuer.token({"aud": "notes", "cnf": {"jkt": holder.thumbprint}})

    with pytest.raises(ProofInvalid):
        verifier.check(asking(f"DPoP {token}", holder.proof(token)))

    verifier.origin = AUDIENCE
    assert verifier.check(asking(f"DPoP {token}", holder.proof(token))).audience == "notes"
    verifier.close()
