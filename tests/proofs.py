"""Proofs of possession, as an application makes them."""

import json
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Final

from doorward.core.kernel.secrets import digest
from doorward.core.keys import jose
from doorward.core.keys.jose import JsonValue
from doorward.core.keys.records import Algorithm
from tests import pairs
from tests.pairs import SIGNATURES

_NUMBERS: Final = count(1)


def a_pair(name: str, algorithm: Algorithm) -> tuple[dict[str, JsonValue], bytes]:
    """Return the key pair of a holder: its public members, and its private half."""
    members, private = pairs.a_pair(algorithm, name, name)
    return {key: value for key, value in members.items() if key not in ("kid", "alg", "use")}, private


@dataclass
class Holder:
    """Holds a key, and proves it."""

    name: str = "holder"
    algorithm: Algorithm = Algorithm.ES256
    header: dict[str, JsonValue] = field(default_factory=dict)
    claims: dict[str, JsonValue] = field(default_factory=dict)

    @property
    def jwk(self) -> dict[str, JsonValue]:
        """The public key."""
        return a_pair(self.name, self.algorithm)[0]

    @property
    def thumbprint(self) -> str:
        """What tokens are bound to."""
        return jose.thumbprint(self.jwk)

    def proof(
        self,
        method: str,
        url: str,
        now: datetime,
        *,
        nonce: str | None = None,
        access_token: str | None = None,
        **changes: JsonValue,
    ) -> str:
        """Return a proof. A changed claim that is None is left out; `header` changes the header likewise."""
        claims: dict[str, JsonValue] = {
            "jti": f"proof-{next(_NUMBERS)}",
            "htm": method,
            "htu": url,
            "iat": int(now.timestamp()),
            "nonce": nonce,
            "ath": None if access_token is None else jose.b64url_encode(digest(access_token.encode())),
        }
        header: dict[str, JsonValue] = {"typ": "dpop+jwt", "alg": self.algorithm.value, "jwk": self.jwk}
        return self.signed(header | self.header, claims | self.claims | changes)

    def signed(self, header: dict[str, JsonValue], claims: dict[str, JsonValue]) -> str:
        """Return a token with any header and claims, signed with the key."""
        private = a_pair(self.name, self.algorithm)[1]
        message = f"{_encoded(header)}.{_encoded(claims)}"
        signature = SIGNATURES.sign(self.algorithm, private, message.encode())
        return f"{message}.{jose.b64url_encode(signature)}"


def _encoded(members: dict[str, JsonValue]) -> str:
    present = {name: value for name, value in members.items() if value is not None}
    return jose.b64url_encode(json.dumps(present).encode())
