"""Tokens that nobody here signed, at every place where one is read: encrypted ones, and such as a shared secret makes.

An issuer's public key is public: a MAC that was made with it must never count as its signature. What is encrypted is
never opened, so nothing inside costs anything, and nobody chooses how often a password is hashed.
"""

import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

import pytest
from httpx2 import Response

from doorward.core.kernel.ids import KeyId
from doorward.core.keys import jose
from doorward.core.keys.jose import JsonValue
from doorward.core.keys.records import Algorithm
from doorward.core.oauth.clients.rules.client_auth import ASSERTION_TYPE
from doorward.core.oauth.grants.exchange_token import ACCESS_TOKEN
from doorward.core.oauth.records import Client, ClientAuthentication, ClientType
from tests.applications import REPORTS, SERVER, another
from tests.authorizing import asking
from tests.builders import CALLBACK, ISSUER
from tests.functional.oauth.conftest import Caller
from tests.functional.site import Site
from tests.pairs import SIGNATURES
from tests.proofs import Holder
from tests.unit.core.oauth.keys import EC_KEY, EC_PRIVATE

EXCHANGE: Final = "urn:ietf:params:oauth:grant-type:token-exchange"
TOKEN: Final = "/oauth/token"
AUTHORIZE: Final = "/oauth/authorize"
Make = Callable[[str, Mapping[str, JsonValue], str], str]
"""Makes a token of a type with claims, under the name of a key."""


class Forger:
    """Somebody with every public key, the client's own secret, and a good token of each kind to copy from."""

    def __init__(self, site: Site) -> None:
        self.site = site
        keys = json.dumps({"keys": [EC_KEY]})
        self.caller = Caller(site, another(SERVER, resources=(REPORTS,), audiences=(REPORTS,), jwks=keys))
        by_key = replace(
            another(SERVER, secrets=()),
            type=ClientType.WEB,
            authentication=ClientAuthentication.PRIVATE_KEY,
            jwks=json.dumps({"keys": [EC_KEY]}),
        )
        with site.house.store.work() as work:
            work.clients.add(by_key)
        self.by_key: Client = by_key
        self.tokens = self.caller.tokens()
        self.for_reports = self.caller.tokens(resources=(REPORTS,))["access_token"]

    @property
    def now(self) -> int:
        return int(self.site.clock.now().timestamp())

    def by_what_is_known(self) -> dict[str, tuple[Make, str]]:
        """Return what makes tokens with the client's own secret, and with every public key as if it were one."""
        jwks = self.caller.http.get("/.well-known/jwks.json").json()
        known = {"a MAC by the secret of the client": (by_secret(self.caller.app.secret.encode()), "one")}
        for key in (*jwks["keys"], EC_KEY):
            for secret in (json.dumps(key), json.dumps(key, separators=(",", ":"), sort_keys=True)):
                known[f"a MAC by {secret}"] = (by_secret(secret.encode()), str(key["kid"]))
        return known


def part(value: Mapping[str, JsonValue]) -> str:
    return jose.b64url_encode(json.dumps(value).encode())


def by_secret(secret: bytes, algorithm: str = "HS256") -> Make:
    """Return what makes a token with a MAC by a secret."""

    def make(kind: str, claims: Mapping[str, JsonValue], key_id: str) -> str:
        signed = f"{part({'alg': algorithm, 'typ': kind, 'kid': key_id})}.{part(claims)}"
        return f"{signed}.{jose.b64url_encode(hmac.digest(secret, signed.encode(), 'sha256'))}"

    return make


def by_key(kind: str, claims: Mapping[str, JsonValue], key_id: str) -> str:
    """Return a token that the client signed."""
    message = jose.compact(kind, claims, algorithm=Algorithm.ES256, key_id=KeyId(key_id))
    return f"{message.decode()}.{jose.b64url_encode(SIGNATURES.sign(Algorithm.ES256, EC_PRIVATE, message))}"


def encrypted(**header: JsonValue) -> Make:
    """Return what makes a token of five parts, as if it were encrypted."""

    def make(kind: str, claims: Mapping[str, JsonValue], key_id: str) -> str:
        head = part({"enc": "A128CBC-HS256", "typ": kind, "cty": "JWT", "kid": key_id, **header})
        return ".".join((head, *(jose.b64url_encode(each) for each in (b"k" * 40, b"i" * 16)), part(claims), "dGFn"))

    return make


FORGED: Final[Mapping[str, Make]] = {
    "PBES2 with a count without end": encrypted(alg="PBES2-HS256+A128KW", p2c=2**31 - 1, p2s="c2FsdHNhbHQ"),
    "a key that is handed over": encrypted(alg="dir"),
    "RSA1_5": encrypted(alg="RSA1_5"),
    "ECDH-ES, compressed": encrypted(alg="ECDH-ES", zip="DEF", epk=dict(EC_KEY)),
    "a MAC by nothing": by_secret(b""),
    "a MAC by a word": by_secret(b"secret"),
    "a MAC that is called none": by_secret(b"", "none"),
}


def at_code(forger: Forger, make: Make, key_id: str) -> Response:
    """Prove to be a client by an assertion."""
    claims: dict[str, JsonValue] = {
        "iss": forger.by_key.id,
        "sub": forger.by_key.id,
        "aud": ISSUER,
        "exp": forger.now + 60,
        "iat": forger.now,
        "jti": "one",
    }
    fields = {"client_assertion": make("JWT", claims, key_id), "client_assertion_type": ASSERTION_TYPE}
    return forger.caller.http.post(TOKEN, data={"grant_type": "client_credentials", **fields})


def at_authorize(forger: Forger, make: Make, key_id: str) -> Response:
    """Send a request object."""
    claims: dict[str, JsonValue] = {
        **asking(client_id=forger.caller.client.id),
        "iss": forger.caller.client.id,
        "aud": ISSUER,
        "exp": forger.now + 60,
    }
    query = {
        "client_id": forger.caller.client.id,
        "redirect_uri": CALLBACK,
        "request": make("oauth-authz-req+jwt", claims, key_id),
    }
    return forger.caller.http.get(AUTHORIZE, params=query, follow_redirects=False)


def at_push(forger: Forger, make: Make, key_id: str) -> Response:
    """Push a request object."""
    claims: dict[str, JsonValue] = {
        **asking(client_id=forger.caller.client.id),
        "iss": forger.caller.client.id,
        "aud": ISSUER,
        "exp": forger.now + 60,
    }
    return forger.caller.post("/oauth/par", request=make("oauth-authz-req+jwt", claims, key_id))


def at_hint(forger: Forger, make: Make, key_id: str) -> Response:
    """Hint at somebody."""
    hint = make("JWT", jose.parse(forger.tokens["id_token"]).claims, key_id)
    query = asking(client_id=forger.caller.client.id, id_token_hint=hint)
    return forger.caller.http.get(AUTHORIZE, params=query, follow_redirects=False)


def at_proof(forger: Forger, make: Make, key_id: str) -> Response:
    """Prove the possession of a key."""
    good = Holder().proof("POST", f"{ISSUER}{TOKEN}", forger.site.clock.now())
    proof = make("dpop+jwt", jose.parse(good).claims, key_id)
    return forger.caller.exchange(headers={"dpop": proof})


def at_exchange(forger: Forger, make: Make, key_id: str) -> Response:
    """Exchange a token."""
    token = make("at+jwt", jose.parse(forger.for_reports).claims, key_id)
    fields = {"grant_type": EXCHANGE, "subject_token": token, "subject_token_type": ACCESS_TOKEN}
    return forger.caller.post(TOKEN, None, **fields)


def at_userinfo(forger: Forger, make: Make, key_id: str) -> Response:
    """Ask who somebody is."""
    token = make("at+jwt", jose.parse(forger.tokens["access_token"]).claims, key_id)
    return forger.caller.http.get("/oauth/userinfo", headers={"authorization": f"Bearer {token}"})


def at_introspection(forger: Forger, make: Make, key_id: str) -> Response:
    """Ask what a token is good for."""
    token = make("at+jwt", jose.parse(forger.tokens["access_token"]).claims, key_id)
    return forger.caller.post("/oauth/introspect", token=token)


REFUSALS: Final = {
    at_code: "invalid_client",
    at_authorize: "invalid_request_object",
    at_push: "invalid_request_object",
    at_hint: "invalid_request",
    at_proof: "invalid_dpop_proof",
    at_exchange: "invalid_grant",
    at_userinfo: "invalid_token",
    at_introspection: '"active":false',
}
"""Every place where a token is read, and how one is refused there."""


@pytest.fixture
def forger(people: Site) -> Forger:
    return Forger(people)


def refused(answer: Response) -> str:
    """Return everything in which a refusal may be said."""
    assert answer.status_code < 500, answer.text
    said = (
        answer.text.replace(" ", ""),
        answer.headers.get("location", ""),
        answer.headers.get("www-authenticate", ""),
    )
    return " ".join(said)


@pytest.mark.requirement("J-01", "J-05", "J-10", "J-12")
@pytest.mark.parametrize("place", REFUSALS, ids=lambda place: place.__name__)
def test_token_that_nobody_signed_is_refused_everywhere(forger: Forger, place: Callable[..., Response]) -> None:
    forged = {name: (make, "one") for name, make in FORGED.items()} | forger.by_what_is_known()

    answers = {name: refused(place(forger, make, key_id)) for name, (make, key_id) in forged.items()}

    assert [name for name, said in answers.items() if REFUSALS[place] not in said] == []


def test_tokens_that_are_right_are_taken_at_the_same_places(forger: Forger) -> None:
    proof = Holder().proof("POST", f"{ISSUER}{TOKEN}", forger.site.clock.now())
    right: dict[Callable[..., Response], Make] = {
        at_code: by_key,
        at_authorize: by_key,
        at_push: by_key,
        at_hint: lambda *_: forger.tokens["id_token"],
        at_proof: lambda *_: proof,
        at_exchange: lambda *_: forger.for_reports,
        at_userinfo: lambda *_: forger.tokens["access_token"],
        at_introspection: lambda *_: forger.tokens["access_token"],
    }

    answers = {place: refused(place(forger, make, "one")) for place, make in right.items()}

    assert [place.__name__ for place, said in answers.items() if REFUSALS[place] in said] == []
    assert set(answers) == set(REFUSALS)


@pytest.mark.requirement("J-05")
def test_metadata_names_no_algorithm_with_a_shared_secret_and_no_encryption(forger: Forger) -> None:
    said = forger.caller.http.get("/.well-known/openid-configuration").json()

    named = {each for name, value in said.items() if name.endswith("_alg_values_supported") for each in value}
    assert named <= {algorithm.value for algorithm in Algorithm} | {"Ed25519"}
    assert [name for name in said if "encryption" in name] == []
    assert "client_secret_jwt" not in said["token_endpoint_auth_methods_supported"]
