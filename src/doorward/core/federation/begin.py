"""Going to another provider: what is remembered of it, and where the browser is sent."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol

from doorward.core.federation.errors import NoSuchProvider
from doorward.core.federation.records import Begun, Dialect, Intent, Metadata, Provider
from doorward.core.federation.upstream import Upstream, address_with
from doorward.core.kernel import secrets
from doorward.core.kernel.clock import Clock
from doorward.core.kernel.ids import AccountId, DeviceId, SessionId
from doorward.core.kernel.work import OpensWork
from doorward.core.keys.jose import b64url_encode
from doorward.core.onetime.mint import Mint
from doorward.core.onetime.ports import HasOneTimes
from doorward.core.onetime.records import Purpose
from doorward.core.sessions.records import KnownDevice, Snapshot
from doorward.core.sessions.tokens import DeviceTokens

CALLBACK: Final = "/sign-in/with/{provider_id}/callback"
"""Where a provider sends browsers back to; each has a path of its own, so no answer is taken for another's."""

_ASKS_AGAIN: Final[Mapping[str, str]] = {"prompt": "login", "max_age": "0"}
_BROWSER_BYTES: Final = secrets.SECRET_BYTES


@dataclass(frozen=True, slots=True)
class Transaction:
    """One way to a provider and back, as it is kept meanwhile.

    `binding` is the digest of the secret that the browser holds. `session_id` is the session that it was begun in, and
    `device` the known device: a browser that comes from another site does not show its token.
    """

    provider_id: str
    intent: Intent
    binding: str
    session_id: SessionId | None = None
    account_id: AccountId | None = None
    request: str | None = None
    device: KnownDevice | None = None

    def payload(self) -> dict[str, str]:
        """Return what is kept."""
        members = {
            "provider": self.provider_id,
            "intent": self.intent.value,
            "binding": self.binding,
            "session": self.session_id,
            "account": self.account_id,
            "request": self.request,
            "device_of": self.device.account_id if self.device else None,
            "device": self.device.device_id if self.device else None,
        }
        return {name: value for name, value in members.items() if value is not None}

    @classmethod
    def of(cls, payload: Mapping[str, str]) -> "Transaction":
        """Return what was kept."""
        session_id, account_id, device_id = (payload.get(name) for name in ("session", "account", "device"))
        return cls(
            provider_id=payload["provider"],
            intent=Intent(payload["intent"]),
            binding=payload["binding"],
            session_id=SessionId(session_id) if session_id else None,
            account_id=AccountId(account_id) if account_id else None,
            request=payload.get("request"),
            device=KnownDevice(AccountId(payload["device_of"]), DeviceId(device_id)) if device_id else None,
        )

    def is_of(self, browser: str | None) -> bool:
        """Tell whether a browser holds the secret that this was begun with."""
        return browser is not None and secrets.same(self.binding.encode(), binding_of(browser).encode())


@dataclass(frozen=True, slots=True)
class Derives:
    """Makes nonce and PKCE verifier from the digest of a transaction, so that the store holds neither.

    Source: OpenID Connect Core 1.0 section 15.5.2; RFC 7636 section 4.1.
    """

    key: bytes = field(repr=False)

    def nonce(self, digest: bytes) -> str:
        """Return the nonce."""
        return b64url_encode(secrets.mac(self.key, b"nonce", digest))

    def verifier(self, digest: bytes) -> str:
        """Return the PKCE verifier: 43 characters that hold 256 bits."""
        return b64url_encode(secrets.mac(self.key, b"verifier", digest))

    def challenge(self, digest: bytes) -> str:
        """Return the S256 challenge of the verifier."""
        return b64url_encode(secrets.digest(self.verifier(digest).encode()))


def binding_of(browser: str) -> str:
    """Return what is kept of the secret that a browser holds."""
    return secrets.encode(secrets.digest(browser.encode("utf-8", "surrogatepass")))


class BeginWork(HasOneTimes, Protocol):
    """What beginning writes."""


@dataclass(frozen=True, slots=True)
class BeginSignInWith:
    """Remember that a browser goes to a provider, and return where it goes."""

    work: OpensWork[BeginWork]
    upstream: Upstream
    providers: Mapping[str, Provider]
    mint: Mint
    derives: Derives
    devices: DeviceTokens
    issuer: str
    clock: Clock

    def __call__(
        self,
        provider_id: str,
        intent: Intent,
        *,
        browser: str | None,
        session: Snapshot | None = None,
        request: str | None = None,
        device_token: str | None = None,
    ) -> Begun:
        """Return where to go; the browser keeps the secret that it holds from a way begun before, if there is one.

        Raises: NoSuchProvider; NotFetched, when the provider cannot be asked where its page is.
        """
        provider = self.provider(provider_id)
        metadata = self.upstream.metadata(provider)
        held = (
            browser
            if browser is not None and _is_ours(browser)
            else secrets.encode(secrets.random_bytes(_BROWSER_BYTES))
        )
        now = self.clock.now()
        transaction = Transaction(
            provider_id=provider.id,
            intent=intent,
            binding=binding_of(held),
            session_id=session.session_id if session else None,
            account_id=session.profile.id if session else None,
            request=request,
            device=self.devices.proven(device_token, now=now),
        )
        subject = session.profile.id if session else f"with:{provider.id}"
        minted = self.mint.make(Purpose.SIGN_IN_WITH, subject, now=now, payload=transaction.payload())
        with self.work() as work:
            work.onetimes.add(minted.artefact)
        # Somebody who is signed in goes there to prove it again, whatever for.
        asks = _ASKS_AGAIN if intent is Intent.CONFIRM or (session is not None and intent is Intent.SIGN_IN) else {}
        url = self._url(provider, metadata, asks, state=minted.token, digest=minted.artefact.digest)
        return Begun(url, held, provider.answer_mode)

    def provider(self, provider_id: str) -> Provider:
        """Return a provider.

        Raises: NoSuchProvider.
        """
        provider = self.providers.get(provider_id)
        if provider is None:
            raise NoSuchProvider
        return provider

    def redirect_uri(self, provider: Provider) -> str:
        """Return where the provider sends browsers back to."""
        return f"{self.issuer}{CALLBACK.format(provider_id=provider.id)}"

    def _url(
        self, provider: Provider, metadata: Metadata, asks: Mapping[str, str], *, state: str, digest: bytes
    ) -> str:
        """Return the authorization request (OpenID Connect Core 1.0 section 3.1.2.1, RFC 7636 section 4.3)."""
        parameters = {
            "response_type": "code",
            "client_id": provider.client_id,
            "redirect_uri": self.redirect_uri(provider),
            "scope": " ".join(provider.scopes),
            "state": state,
            "code_challenge": self.derives.challenge(digest),
            "code_challenge_method": "S256",
        }
        if provider.dialect is Dialect.OIDC:
            parameters |= {"nonce": self.derives.nonce(digest), "response_mode": provider.answer_mode.value, **asks}
        return address_with(metadata.authorization_endpoint, parameters)


def _is_ours(browser: str) -> bool:
    return len(secrets.decode(browser) or b"") == _BROWSER_BYTES
