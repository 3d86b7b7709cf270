"""An application that is held to the FAPI 2.0 Security Profile: it pushes, signs assertions and holds a key."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import httpx2

from doorward.core.keys.jose import JsonValue
from doorward.core.keys.records import Algorithm
from doorward.core.oauth.records import ClientAuthentication
from tests.conformance.suite.deployment import Deployment
from tests.conformance.suite.party import AUTHORIZE, PAR, UNCHANGED, Changes, Party, Told, a_key_set
from tests.conformance.suite.person import Person
from tests.proofs import Holder

SCOPES: Final = ("openid", "profile", "email", "roles", "offline_access")
OTHER_HOLDER: Final = Holder("suite-other-holder")


@dataclass
class Pushing(Party):
    """What the FAPI plans play. Its requests are pushed, and its tokens are bound to the key of `holder`."""

    @classmethod
    def of(cls, deployment: Deployment, name: str) -> "Pushing":
        """Return one that an operator registered, with keys of its own."""
        signer, weak = Holder(f"{name}-signer"), Holder(f"{name}-weak", Algorithm.RS256)
        party = Party.registered(
            deployment,
            name,
            authentication=ClientAuthentication.PRIVATE_KEY,
            jwks=json.dumps(a_key_set(signer, weak)),
            requires_pushed_request=True,
            requires_dpop=True,
            id_token_algorithm=Algorithm.ES256,
            scopes=SCOPES,
        )
        return cls(deployment, party.client, holder=Holder(f"{name}-holder"), signer=signer)

    @property
    def key(self) -> Holder:
        """What its tokens are bound to."""
        assert self.holder is not None
        return self.holder

    @property
    def weak_signer(self) -> Holder:
        """A key of its own, of a kind that the profile does not allow."""
        return Holder(f"{self.client.name}-weak", Algorithm.RS256)

    def push(self, prover: Holder | None = None, **changes: Changes) -> httpx2.Response:
        """Push a request."""
        return self.send(PAR, self.asking(**changes)[0], prover=prover)

    def pushed(self, sent: Mapping[str, str], prover: Holder | None = None) -> str:
        """Return the reference for a request that was pushed, which must be told as RFC 9126 section 2.2 wants it."""
        answer = self.send(PAR, sent, prover=prover)
        assert answer.status_code == 201, answer.text
        assert answer.headers["cache-control"] == "no-store"
        told = answer.json()
        assert set(told) == {"request_uri", "expires_in"}
        assert told["request_uri"].startswith("urn:ietf:params:oauth:request_uri:")
        assert 5 <= told["expires_in"] < 600
        return str(told["request_uri"])

    def go(
        self,
        person: Person,
        prover: Holder | None = None,
        *,
        beside: Mapping[str, str] | None = None,
        decision: str = "allow",
        **changes: Changes,
    ) -> Told:
        """Push a request, send somebody with its reference and with what stands beside it, and return the answer."""
        sent, verifier = self.asking(**changes)
        uri = self.pushed(sent, prover)
        self.visit(person, uri, beside=beside).go_on(decision)
        return Told(self.heard(person, sent), sent, verifier)

    def visit(self, person: Person, uri: str, *, beside: Mapping[str, str] | None = None) -> Person:
        """Send somebody with a reference."""
        person.pages.clear()
        return person.arrive(AUTHORIZE, {"client_id": self.client.id, "request_uri": uri, **(beside or {})})

    def push_as(self, assertion: Mapping[str, JsonValue], *, signer: Holder | None = None) -> httpx2.Response:
        """Push a right request with an assertion of which some claims are changed."""
        fields = {**self.asking()[0], **self.credentials(assertion, signer=signer)[1]}
        return self.send(PAR, fields, is_proven=False)

    def redeem_as(
        self, told: Told, assertion: Mapping[str, JsonValue], *, signer: Holder | None = None
    ) -> httpx2.Response:
        """Redeem a code with an assertion of which some claims are changed."""
        fields = self.redeeming(told)
        # An assertion is taken once, so the nonce that its proof needs is fetched before.
        self.send("/oauth/token", prover=self.holder, grant_type="refresh_token", refresh_token="none")
        proven = self.credentials(assertion, signer=signer)[1]
        return self.send("/oauth/token", {**fields, **proven}, prover=self.holder, is_proven=False)

    def signed_request(
        self, sent: Mapping[str, str], changes: Mapping[str, JsonValue] = UNCHANGED, *, signer: Holder | None = None
    ) -> str:
        """Return a request as an object that the application signed, with some claims changed or left out."""
        now, by = int(self.deployment.now().timestamp()), signer or self.signer
        assert by is not None
        claims: dict[str, JsonValue] = {
            **sent,
            "iss": self.client.id,
            "aud": self.deployment.issuer,
            "nbf": now,
            "iat": now,
            "exp": now + 300,
        }
        header: dict[str, JsonValue] = {"alg": by.algorithm.value, "kid": by.name, "typ": "oauth-authz-req+jwt"}
        return by.signed(header, {**claims, **changes})
