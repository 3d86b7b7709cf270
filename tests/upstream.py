"""Providers of the tests' own: each answers as its kind does, with real signatures, and as wrongly as a test wants."""
# ruff: noqa: ARG002 (a stand-in keeps the port's parameters)

import base64
import hashlib
import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final
from urllib.parse import parse_qs, parse_qsl, unquote, urlsplit

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from pydantic import SecretStr

from doorward.adapters.jose.signatures import JoseSignatures
from doorward.assembly.providers import provider_of
from doorward.core.federation.presets import PRESETS, TENANT
from doorward.core.federation.records import Answer, Dialect, Provider, SecretSigner, SecretUse
from doorward.core.kernel.clock import Clock
from doorward.core.kernel.ids import KeyId
from doorward.core.kernel.json_value import JsonValue
from doorward.core.kernel.outgoing import Failure, Fetched, NotFetched, Web
from doorward.core.keys import jose
from doorward.core.keys.records import Algorithm
from doorward.settings.sections.federation import ProviderSettings
from doorward.testing.clock import FixedClock
from doorward.testing.materials import ReusedKeys

CLIENT: Final = "doorward-at-the-other-place"
CLIENT_SECRET: Final = "a secret: 100% of it & more"
TRUSTED: Final = "mail.example"
TENANT_ID: Final = "9188040d-6c67-4c5b-b112-36a304b66dad"
KEY: Final = KeyId("key-1")
ISSUER: Final = "https://id.elsewhere.example"
KINDS: Final = (*sorted(PRESETS), "oidc")
"""Every preset, and a provider that is known by its issuer alone."""

_SIGNATURES: Final = ReusedKeys()
_APPLE_KEY: Final = ec.derive_private_key(4711, ec.SECP256R1())


def a_provider(kind: str, *, trusts: tuple[str, ...] = (TRUSTED,)) -> Provider:
    """Return a provider of a preset, or one known by its issuer, that is trusted for these domains."""
    if kind == "apple":
        return _apple(trusts)
    preset, issuer = (None, ISSUER) if kind == "oidc" else (kind, None)
    chosen = ProviderSettings(
        id=kind,
        preset=preset,
        issuer=issuer,
        client_id=CLIENT,
        client_secret=SecretStr(CLIENT_SECRET),
        trusted_domains=trusts or ("nobody.invalid",),
    )
    return provider_of(chosen)


def _apple(trusts: tuple[str, ...]) -> Provider:
    preset = PRESETS["apple"]
    key = _APPLE_KEY.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return Provider(
        id="apple",
        name=preset.name,
        issuer=preset.issuer,
        client_id=CLIENT,
        client_secret="",
        scopes=preset.scopes,
        answer_mode=preset.answer_mode,
        secret_use=SecretUse.SIGNED,
        trusted_domains=trusts,
        signer=SecretSigner("TEAM123456", "KEY1234567", key),
    )


@dataclass
class Somebody:
    """Whom a provider knows."""

    subject: str = "248289761001"
    email: str | None = "ada@mail.example"
    verified: JsonValue = True
    name: str = "Ada"


@dataclass
class Elsewhere(Web):
    """One provider. `claims` and `header` change what its next ID tokens say, `key` is what they are signed with."""

    provider: Provider
    clock: Clock = field(default_factory=FixedClock)
    person: Somebody = field(default_factory=Somebody)
    algorithm: Algorithm = Algorithm.RS256
    claims: dict[str, JsonValue] = field(default_factory=dict)
    without: tuple[str, ...] = ()
    header: dict[str, JsonValue] = field(default_factory=dict)
    configuration: dict[str, JsonValue] = field(default_factory=dict)
    published: list[dict[str, JsonValue]] | None = None
    answers: dict[str, Fetched] = field(default_factory=dict)
    rewrite: Callable[[str], str] = str
    is_away: bool = False
    names_itself: bool = False
    requests: list[str] = field(default_factory=list)
    forms: list[Mapping[str, str]] = field(default_factory=list)
    _codes: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def issuer(self) -> str:
        """What its tokens name."""
        return self.provider.issuer.replace(TENANT, TENANT_ID)

    def authorize(self, url: str) -> Answer:
        """Let the person sign in, and return what the browser brings back."""
        asked = dict(parse_qsl(urlsplit(url).query))
        assert asked["client_id"] == CLIENT
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        code = f"code-{len(self._codes)}"
        self._codes[code] = asked
        return Answer(asked["state"], code, issuer=self.provider.issuer if self.names_itself else None)

    def get(self, url: str, *, accepts: Collection[str] = (), headers: Mapping[str, str] | None = None) -> Fetched:
        self._note(url)
        if url in self.answers:
            return self.answers[url]
        if url == self.provider.configuration_url:
            return _json(self._configuration())
        if url == self._url("jwks"):
            return _json({"keys": list(self.keys)})
        if (headers or {}).get("Authorization") != "Bearer access":
            return _json({"message": "Bad credentials"}, 401)
        return _json(self._of_api(url))

    def post(
        self,
        url: str,
        form: Mapping[str, str],
        *,
        accepts: Collection[str] = (),
        headers: Mapping[str, str] | None = None,
    ) -> Fetched:
        self._note(url)
        self.forms.append(form)
        if url in self.answers:
            return self.answers[url]
        begun = self._codes.pop(form["code"], None)
        proven = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).decode().rstrip("=")
        if begun is None or begun["code_challenge"] != proven or begun["redirect_uri"] != form["redirect_uri"]:
            return _json({"error": "invalid_grant"}, 400)
        if not self._knows_client(form, headers or {}):
            return _json({"error": "invalid_client"}, 401)
        tokens: dict[str, JsonValue] = {"access_token": "access", "token_type": "Bearer"}
        if self.provider.dialect is Dialect.OIDC:
            tokens["id_token"] = self.rewrite(self.id_token(begun.get("nonce", "")))
        return _json(tokens)

    def id_token(self, nonce: str) -> str:
        """Return an ID token, signed."""
        now = self.clock.now()
        claims: dict[str, JsonValue] = {
            "iss": self.issuer,
            "sub": self.person.subject,
            "aud": CLIENT,
            "iat": int(now.timestamp()),
            "exp": int((now + timedelta(hours=1)).timestamp()),
            "nonce": nonce,
            "email": self.person.email,
            "email_verified": self.person.verified,
            "name": self.person.name,
            "tid": TENANT_ID,
        }
        claims |= self.claims
        said = {name: value for name, value in claims.items() if name not in self.without and value is not None}
        return self.sign(said)

    def sign(self, claims: Mapping[str, JsonValue]) -> str:
        """Return claims as a signed token."""
        header = {"alg": self.algorithm.value, "kid": KEY, "typ": "JWT", **self.header}
        head = {name: value for name, value in header.items() if value is not None}
        body = ".".join(jose.b64url_encode(json.dumps(part).encode()) for part in (head, claims))
        _, private = _SIGNATURES.generate(self.algorithm, KEY)
        signature = _SIGNATURES.sign(self.algorithm, private, body.encode())
        return f"{body}.{jose.b64url_encode(signature)}"

    @property
    def keys(self) -> list[dict[str, JsonValue]]:
        """The published keys."""
        if self.published is not None:
            return self.published
        members: dict[str, JsonValue] = json.loads(_SIGNATURES.generate(self.algorithm, KEY)[0])
        return [members]

    def _configuration(self) -> dict[str, JsonValue]:
        said: dict[str, JsonValue] = {
            "issuer": self.provider.issuer,
            "authorization_endpoint": self._url("authorize") + "?of=them",
            "token_endpoint": self._url("token"),
            "userinfo_endpoint": self._url("me"),
            "jwks_uri": self._url("jwks"),
            "authorization_response_iss_parameter_supported": self.names_itself,
        }
        said |= self.configuration
        return {name: value for name, value in said.items() if value is not None}

    def _of_api(self, url: str) -> JsonValue:
        person = self.person
        match self.provider.dialect, urlsplit(url).path:
            case Dialect.GITHUB, "/user":
                return {"id": int(person.subject), "login": person.name, "email": "public@profile.example"}
            case Dialect.GITHUB, _:
                other: dict[str, JsonValue] = {"email": "old@elsewhere.example", "primary": False, "verified": True}
                return [other, {"email": person.email, "primary": True, "verified": person.verified}]
            case Dialect.DISCORD, _:
                shown = {"id": person.subject, "username": person.name, "verified": person.verified}
                return {**shown, "email": person.email}
            case _:
                return {"sub": person.subject, "email": person.email, "email_verified": person.verified}

    def _knows_client(self, form: Mapping[str, str], headers: Mapping[str, str]) -> bool:
        match self.provider.secret_use:
            case SecretUse.BASIC:
                pair = base64.b64decode(headers["Authorization"].removeprefix("Basic ")).decode()
                return [unquote(part) for part in pair.split(":")] == [CLIENT, CLIENT_SECRET]
            case SecretUse.POST:
                return (form["client_id"], form["client_secret"]) == (CLIENT, CLIENT_SECRET)
            case SecretUse.SIGNED:
                return form["client_id"] == CLIENT and self._is_signed(form["client_secret"])

    def _is_signed(self, secret: str) -> bool:
        parsed = jose.parse(secret)
        numbers = _APPLE_KEY.public_key().public_numbers()
        x, y = (jose.b64url_encode(number.to_bytes(32)) for number in (numbers.x, numbers.y))
        jwk = jose.public_key({"kty": "EC", "crv": "P-256", "x": x, "y": y}, Algorithm.ES256)
        is_good = JoseSignatures().verify(Algorithm.ES256, jwk, parsed.signed, signature=parsed.signature)
        named = (parsed.claims["iss"], parsed.claims["sub"], parsed.claims["aud"], parsed.key_id)
        return is_good and named == ("TEAM123456", CLIENT, self.provider.issuer, "KEY1234567")

    def _note(self, url: str) -> None:
        if self.is_away:
            raise NotFetched(Failure.CONNECTION, "away")
        self.requests.append(url)

    def _url(self, path: str) -> str:
        parts = urlsplit(self.provider.issuer)
        return f"{parts.scheme}://{parts.netloc}/{path}"


def parameters(url: str) -> dict[str, str]:
    """Return the query of a URL; each parameter must stand in it once."""
    found = parse_qs(urlsplit(url).query, strict_parsing=True)
    assert all(len(values) == 1 for values in found.values())
    return {name: values[0] for name, values in found.items()}


def _json(value: JsonValue, status: int = 200) -> Fetched:
    return Fetched(status, "application/json", json.dumps(value).encode())
