"""Speaking to a provider: where to send a browser, and who came back."""

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import Final
from urllib.parse import quote, urlencode, urlsplit

from doorward.core.federation import id_token, rules
from doorward.core.federation.errors import ProviderNotBelieved
from doorward.core.federation.records import Dialect, Metadata, Person, Provider, SecretSigner, SecretUse
from doorward.core.kernel.clock import Clock
from doorward.core.kernel.ids import KeyId
from doorward.core.kernel.json_value import JsonValue
from doorward.core.kernel.outgoing import Documents, Failure, NotFetched, Web, read_json, read_object
from doorward.core.keys import jose
from doorward.core.keys.errors import TokenRefused
from doorward.core.keys.ports import Signatures
from doorward.core.keys.records import Algorithm

_JSON: Final = ("application/json",)
_OK: Final = 200
_SIGNED_FOR: Final = timedelta(minutes=5)
_LONGEST_CODE: Final = 4096


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a provider gives for a code."""

    access_token: str
    id_token: str | None

    def __repr__(self) -> str:
        return "Tokens()"


@dataclass(frozen=True, slots=True)
class Redemption:
    """A code, and what proves that it was made for the sign-in that we began. Never logged."""

    code: str
    verifier: str
    nonce: str
    redirect_uri: str

    def __repr__(self) -> str:
        return "Redemption()"


@dataclass(frozen=True, slots=True)
class Upstream:
    """Speaks to providers. `is_development` lets a provider stand on this machine, without https."""

    web: Web
    documents: Documents
    signatures: Signatures
    clock: Clock
    is_development: bool = False

    def metadata(self, provider: Provider) -> Metadata:
        """Return what the provider says of itself, if it is the provider that is meant.

        Source: OpenID Connect Discovery 1.0 section 4.3 (the issuer is the same, letter for letter).
        Raises: NotFetched, also when what it says cannot be used.
        """
        if provider.endpoints is not None:
            endpoints = provider.endpoints
            return Metadata(endpoints.authorization, endpoints.token, endpoints.userinfo)
        said = self.documents.get(provider.configuration_url)
        if said.get("issuer") != provider.issuer:
            raise NotFetched(Failure.CONTENT, f"the configuration of {provider.id} names another issuer")
        return Metadata(
            authorization_endpoint=self._address(provider, said, "authorization_endpoint"),
            token_endpoint=self._address(provider, said, "token_endpoint"),
            userinfo_endpoint=self._address(provider, said, "userinfo_endpoint")
            if "userinfo_endpoint" in said
            else None,
            jwks_uri=self._address(provider, said, "jwks_uri"),
            names_itself=said.get("authorization_response_iss_parameter_supported") is True,
            tells_when="auth_time" in _words(said.get("claims_supported")),
        )

    def redeem(self, provider: Provider, metadata: Metadata, redemption: Redemption) -> Person:
        """Return whom the provider vouches for.

        Raises: ProviderNotBelieved, whatever is wrong with what it says; NotFetched.
        """
        if not 0 < len(redemption.code) <= _LONGEST_CODE:
            raise ProviderNotBelieved
        try:
            tokens = self._exchange(provider, metadata, redemption)
            return _READERS[provider.dialect](self, provider, metadata, tokens, redemption)
        except (TokenRefused, ValueError):
            raise ProviderNotBelieved from None

    def _exchange(self, provider: Provider, metadata: Metadata, redemption: Redemption) -> Tokens:
        """Exchange the code (RFC 6749 section 4.1.3, RFC 7636 section 4.5)."""
        form = {
            "grant_type": "authorization_code",
            "code": redemption.code,
            "redirect_uri": redemption.redirect_uri,
            "code_verifier": redemption.verifier,
        }
        headers = {}
        if provider.secret_use is SecretUse.BASIC:
            headers = {"Authorization": _basic(provider.client_id, provider.client_secret)}
        else:
            form |= {"client_id": provider.client_id, "client_secret": self._secret(provider)}
        answer = self.web.post(metadata.token_endpoint, form, accepts=_JSON, headers=headers)
        said = read_object(answer.body)
        token = said.get("access_token")
        # Some providers answer a refusal with 200; what counts is whether there is a token.
        if answer.status != _OK or not isinstance(token, str) or not token.isascii() or not token.isprintable():
            raise ProviderNotBelieved
        found = said.get("id_token")
        return Tokens(token, found if isinstance(found, str) else None)

    def read_id_token(self, provider: Provider, metadata: Metadata, tokens: Tokens, redemption: Redemption) -> Person:
        """Return the person of an ID token, with the address from userinfo where the token has none."""
        if tokens.id_token is None or metadata.jwks_uri is None:
            raise ProviderNotBelieved
        parsed = id_token.verified(
            tokens.id_token,
            provider=provider,
            jwks_uri=metadata.jwks_uri,
            documents=self.documents,
            signatures=self.signatures,
        )
        person = id_token.person_of(parsed, provider=provider, nonce=redemption.nonce, now=self.clock.now())
        if person.email is not None or metadata.userinfo_endpoint is None:
            return person
        return id_token.with_userinfo(person, self._ask(metadata.userinfo_endpoint, tokens))

    def read_github(self, provider: Provider, metadata: Metadata, tokens: Tokens, _: Redemption) -> Person:
        """Return the person of GitHub's user API, with the address that they chose as their primary one.

        Source: GitHub REST API, "Get the authenticated user" and "List email addresses for the authenticated user".
        """
        user = self._ask(metadata.userinfo_endpoint or "", tokens)
        emails = provider.endpoints and provider.endpoints.emails
        chosen = self._primary(emails, tokens) if emails else {}
        return Person(
            issuer=provider.issuer,
            subject=str(jose.number(user, "id")),
            email=_text_or_none(chosen, "email"),
            is_email_verified=chosen.get("verified") is True,
            names=tuple(filter(None, (_text_or_none(user, "login"),))),
        )

    def read_discord(self, provider: Provider, metadata: Metadata, tokens: Tokens, _: Redemption) -> Person:
        """Return the person of Discord's user API.

        Source: Discord Developer Documentation, User Resource.
        """
        user = self._ask(metadata.userinfo_endpoint or "", tokens)
        return Person(
            issuer=provider.issuer,
            subject=id_token.subject_of({"sub": user.get("id")}),
            email=_text_or_none(user, "email"),
            is_email_verified=user.get("verified") is True,
            names=tuple(filter(None, (_text_or_none(user, "username"),))),
        )

    def _primary(self, url: str, tokens: Tokens) -> Mapping[str, JsonValue]:
        listed = read_json(self.web.get(url, accepts=_JSON, headers=_bearer(tokens)).body)
        rows = [row for row in listed if isinstance(row, dict)] if isinstance(listed, list) else []
        return next((row for row in rows if row.get("primary") is True), {})

    def _ask(self, url: str, tokens: Tokens) -> Mapping[str, JsonValue]:
        answer = self.web.get(url, accepts=_JSON, headers=_bearer(tokens))
        if answer.status != _OK:
            raise ProviderNotBelieved
        return read_object(answer.body)

    def _secret(self, provider: Provider) -> str:
        """Return the secret; where the provider wants one that is signed, one for the next minutes.

        Source: Apple, "Creating a client secret".
        """
        if provider.signer is None:
            return provider.client_secret
        return self._signed(provider, provider.signer)

    def _signed(self, provider: Provider, signer: SecretSigner) -> str:
        now = self.clock.now()
        claims: dict[str, JsonValue] = {
            "iss": signer.team,
            "iat": int(now.timestamp()),
            "exp": int((now + _SIGNED_FOR).timestamp()),
            "aud": provider.issuer,
            "sub": provider.client_id,
        }
        message = jose.compact("JWT", claims, algorithm=Algorithm.ES256, key_id=KeyId(signer.key_id))
        signature = self.signatures.sign(Algorithm.ES256, signer.private_key, message)
        return f"{message.decode()}.{jose.b64url_encode(signature)}"

    def _address(self, provider: Provider, said: Mapping[str, JsonValue], name: str) -> str:
        url = said.get(name)
        if not isinstance(url, str) or not rules.is_address(url, may_be_plain=self.is_development):
            raise NotFetched(Failure.CONTENT, f"the configuration of {provider.id} has no {name} that can be used")
        return url


_READERS: Final[Mapping[Dialect, Callable[[Upstream, Provider, Metadata, Tokens, Redemption], Person]]] = (
    MappingProxyType(
        {
            Dialect.OIDC: Upstream.read_id_token,
            Dialect.GITHUB: Upstream.read_github,
            Dialect.DISCORD: Upstream.read_discord,
        }
    )
)
"""How each dialect tells who somebody is."""


def address_with(url: str, parameters: Mapping[str, str]) -> str:
    """Return a URL with more parameters; what it has of its own stays (RFC 6749 section 3.1)."""
    separator = "&" if urlsplit(url).query else "?"
    return f"{url}{separator}{urlencode(parameters, quote_via=quote)}"


def _words(value: JsonValue) -> list[JsonValue]:
    return value if isinstance(value, list) else []


def _basic(client_id: str, secret: str) -> str:
    """Return the Authorization field (RFC 6749 section 2.3.1: both parts are form-encoded first)."""
    pair = f"{quote(client_id, safe='')}:{quote(secret, safe='')}"
    return f"Basic {base64.b64encode(pair.encode()).decode()}"


def _bearer(tokens: Tokens) -> dict[str, str]:
    return {"Authorization": f"Bearer {tokens.access_token}"}


def _text_or_none(members: Mapping[str, JsonValue], name: str) -> str | None:
    value = members.get(name)
    return value if isinstance(value, str) and value and "\0" not in value else None
