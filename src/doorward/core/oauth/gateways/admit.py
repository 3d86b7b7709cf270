"""Telling a gateway who comes: somebody in person by a cookie, or a client by its token. Two ways that never meet."""

from collections.abc import Collection
from dataclasses import dataclass

from doorward.core.kernel.clock import Clock
from doorward.core.kernel.ids import ClientId, SessionId
from doorward.core.keys.errors import TokenRefused
from doorward.core.keys.keyring import Keyring
from doorward.core.keys.records import AccessToken
from doorward.core.oauth.gateways.errors import HostForbidden, ScopeMissing
from doorward.core.oauth.gateways.host_tokens import HostTokens
from doorward.core.oauth.gateways.records import Identity, ProtectedHost, in_person, is_own
from doorward.core.oauth.records import Client
from doorward.core.oauth.rules import scopes
from doorward.core.oauth.tokens.ports import KnownClients
from doorward.core.sessions.errors import NotSignedIn
from doorward.core.sessions.ports import Snapshots
from doorward.core.sessions.recognise import Recognise
from doorward.core.sessions.records import Kind, Snapshot


@dataclass(frozen=True, slots=True)
class AdmitPerson:
    """Tell who somebody is, by the cookie that their browser holds for a host, if their session lives.

    On the issuer's own host that is the one of our own pages, elsewhere the host's. No verdict is remembered: the
    session is asked each time, from memory within the cache's stated bound.
    """

    recognise: Recognise
    tokens: HostTokens
    issuer: str
    clock: Clock

    def at_once(self, host: ProtectedHost, presented: str) -> Identity | None:
        """Return who it is if that is at hand without I/O; None means: ask `__call__`, from a lane.

        Raises: NotSignedIn, HostForbidden.
        """
        session_id = self._session(host, presented)
        snapshot = self.recognise.live_at_once(session_id, Kind.WEB)
        return None if snapshot is None else _admitted(host, snapshot)

    def __call__(self, host: ProtectedHost, presented: str) -> Identity:
        """Return who it is.

        Raises: NotSignedIn, HostForbidden, Unavailable.
        """
        return _admitted(host, self.recognise.live(self._session(host, presented), Kind.WEB))

    def _session(self, host: ProtectedHost, presented: str) -> SessionId:
        now = self.clock.now()
        if is_own(host, self.issuer):
            session_id = self.recognise.pages.open(presented, now=now)
        else:
            session_id = self.tokens.open(presented, origin=host.origin, now=now)
        if session_id is None:
            raise NotSignedIn
        return session_id


@dataclass(frozen=True, slots=True)
class AdmitToken:
    """Tell whom a bearer token lets in at a host, while its session, its account and its client all live.

    It must be an access token of ours for the host's own resource. One that is bound to a key is refused: a gateway
    cannot ask for the proof, and without it the binding would be worth nothing.
    Source: RFC 9068 section 4; RFC 9449 section 7.2.
    """

    keyring: Keyring
    snapshots: Snapshots
    clients: KnownClients
    clock: Clock

    def at_once(self, host: ProtectedHost, presented: str) -> Identity | None:
        """Return whom if that is at hand without I/O; None means: ask `__call__`, from a lane.

        Raises: TokenRefused, ScopeMissing, HostForbidden.
        """
        if not self.keyring.is_current():
            return None
        token = self._read(host, presented)
        client = self.clients.cached(ClientId(token.client_id))
        snapshot = None if token.session_id is None else self.snapshots.cached(token.session_id)
        if client is None or (snapshot is None and token.session_id is not None):
            return None
        return self._admitted(host, token, client, snapshot)

    def __call__(self, host: ProtectedHost, presented: str) -> Identity:
        """Return whom.

        Raises: TokenRefused, ScopeMissing, HostForbidden, Unavailable.
        """
        self.keyring.refresh()
        token = self._read(host, presented)
        snapshot = None if token.session_id is None else self.snapshots.load(token.session_id)
        return self._admitted(host, token, self.clients.load(ClientId(token.client_id)), snapshot)

    def _read(self, host: ProtectedHost, presented: str) -> AccessToken:
        if host.audience is None:
            raise TokenRefused
        token = self.keyring.read(presented, host.audience)
        if token.key_thumbprint is not None or self.clock.now() >= token.expires_at:
            raise TokenRefused
        return token

    def _admitted(
        self, host: ProtectedHost, token: AccessToken, client: Client | None, snapshot: Snapshot | None
    ) -> Identity:
        if client is None or client.disabled_at is not None:
            raise TokenRefused
        if token.session_id is not None and not self._is_live(snapshot):
            raise TokenRefused
        if not set(host.scopes) <= set(scopes.split(token.scope)):
            raise ScopeMissing(scopes.join(host.scopes))
        roles = () if snapshot is None else snapshot.profile.roles
        _require_role(host, roles)
        return Identity(
            subject=token.subject,
            session_id=token.session_id or "",
            scopes=token.scope,
            roles=roles,
            client_id=token.client_id,
            authenticated_at=token.authenticated_at,
        )

    def _is_live(self, snapshot: Snapshot | None) -> bool:
        if snapshot is None or snapshot.kind is not Kind.CLIENT:
            return False
        return snapshot.is_live and self.clock.now() < snapshot.expires_at


def _admitted(host: ProtectedHost, snapshot: Snapshot) -> Identity:
    _require_role(host, snapshot.profile.roles)
    return in_person(snapshot)


def _require_role(host: ProtectedHost, held: Collection[str]) -> None:
    if host.role is not None and host.role not in held:
        raise HostForbidden
