"""Protecting a resource: checking the access tokens that it is sent. Needs the base install alone."""

from doorward.core.keys.records import AccessToken, Algorithm
from doorward.resource.errors import (
    AccessRefused,
    NonceNeeded,
    ProofInvalid,
    RequestMalformed,
    RoleMissing,
    ScopeMissing,
    SignInNeeded,
    TokenInvalid,
    TokenMissing,
    VerifierUnavailable,
)
from doorward.resource.fetch import Issuer
from doorward.resource.needs import Needs
from doorward.resource.proofs import Nonces, Replays
from doorward.resource.request import Presented, acting, current_token
from doorward.resource.verifier import Revocations, Verifier

__all__ = [
    "AccessRefused",
    "AccessToken",
    "Algorithm",
    "Issuer",
    "Needs",
    "NonceNeeded",
    "Nonces",
    "Presented",
    "ProofInvalid",
    "Replays",
    "RequestMalformed",
    "Revocations",
    "RoleMissing",
    "ScopeMissing",
    "SignInNeeded",
    "TokenInvalid",
    "TokenMissing",
    "Verifier",
    "VerifierUnavailable",
    "acting",
    "current_token",
]
