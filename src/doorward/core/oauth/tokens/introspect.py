"""Telling a resource server what a token is good for now.

Source: RFC 7662; RFC 9396 section 9.2; RFC 9449 section 6.2.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Protocol

from doorward.core.kernel.clock import Clock
from doorward.core.kernel.ids import ClientId
from doorward.core.kernel.json_value import compact_json
from doorward.core.kernel.secrets import digest, same
from doorward.core.kernel.work import OpensView
from doorward.core.keys.errors import TokenRefused
from doorward.core.keys.jose import JsonValue
from doorward.core.keys.keyring import Keyring
from doorward.core.keys.records import AccessToken
from doorward.core.oauth.clients.find import FindClient
from doorward.core.oauth.may_issue import StandingWork, may_issue
from doorward.core.oauth.ports import HasGrants
from doorward.core.oauth.records import Client, GrantType
from doorward.core.oauth.subjects import Subjects
from doorward.core.oauth.tokens.kinds import BEARER, DPOP
from doorward.core.oauth.tokens.ports import KnownClients
from doorward.core.sessions.ports import Snapshots
from doorward.core.sessions.records import Kind, Snapshot
from doorward.core.sessions.tokens import OpenedRefreshToken, RefreshTokens

INACTIVE: Final = compact_json({"active": False})
"""All that is said of a token that is unknown, spent, or none of the asker's business (RFC 7662 section 2.2)."""

MOST_WRITTEN: Final = 4096
"""Of how many tokens it is remembered at most what is said of them while they are active."""


class IntrospectView(StandingWork, HasGrants, Protocol):
    """What is read of a refresh token."""


@dataclass(frozen=True, slots=True)
class Introspect:
    """Tell a client of a token that is meant for it, or that is its own.

    An access token is told of to whoever is its audience, and to the client that holds it; a refresh token to its
    client alone. It is active while its signature, its time, its session, its account and its client all say so, and
    while its subject has every role that it names.
    That is asked each time; what is said of an access token then is the same each time, and written once.
    Every answer is JSON.
    """

    view: OpensView[IntrospectView]
    find: FindClient
    keyring: Keyring
    refresh_tokens: RefreshTokens
    subjects: Subjects
    snapshots: Snapshots
    clients: KnownClients
    clock: Clock
    _written: dict[str, bytes] = field(default_factory=dict, init=False, repr=False, compare=False)

    def at_once(self, asker: Client, presented: str) -> bytes | None:
        """Return the answer if it is at hand without I/O; None means: ask `__call__`, from a lane."""
        if not self.keyring.is_current() or self.refresh_tokens.open(presented) is not None:
            return None
        token = self._read(presented)
        if token is None or not _concerns(asker, token):
            return INACTIVE
        client = self.clients.cached(ClientId(token.client_id))
        snapshot = None if token.session_id is None else self.snapshots.cached(token.session_id)
        if client is None or (snapshot is None and token.session_id is not None):
            return None
        return self._told(presented, token, client, snapshot)

    def __call__(self, asker: Client, presented: str) -> bytes:
        """Return the answer.

        Raises: Unavailable.
        """
        opened = self.refresh_tokens.open(presented)
        if opened is not None:
            return self._told_of_refresh_token(asker, opened)
        self.keyring.refresh()
        token = self._read(presented)
        if token is None or not _concerns(asker, token):
            return INACTIVE
        snapshot = None if token.session_id is None else self.snapshots.load(token.session_id)
        return self._told(presented, token, self.clients.load(ClientId(token.client_id)), snapshot)

    def _read(self, presented: str) -> AccessToken | None:
        try:
            return self.keyring.read_any(presented)
        except TokenRefused:
            return None

    def _told(self, presented: str, token: AccessToken, client: Client | None, snapshot: Snapshot | None) -> bytes:
        now = self.clock.now()
        if client is None or client.disabled_at is not None or now >= token.expires_at:
            return INACTIVE
        if token.session_id is not None and not _holds(token, snapshot, now):
            return INACTIVE
        return self._written.get(presented) or self._write(presented, token)

    def _write(self, presented: str, token: AccessToken) -> bytes:
        """Return what is said of an active token, and remember it: the letters of the token alone decide it."""
        if len(self._written) >= MOST_WRITTEN:
            self._written.clear()
        said = self._written[presented] = compact_json(_claims_of(token))
        return said

    def _told_of_refresh_token(self, asker: Client, opened: OpenedRefreshToken) -> bytes:
        now = self.clock.now()
        with self.view() as view:
            grant = view.grants.of_session(opened.session_id)
            if grant is None or grant.client_id != asker.id:
                return INACTIVE
            client = self.find.within(view, asker.id)
            standing = may_issue(view, client, GrantType.REFRESH_TOKEN, session_id=opened.session_id, now=now)
        if standing is None or standing.session.generation != opened.generation:
            return INACTIVE
        session = standing.session
        if not same(session.digest, digest(opened.secret)):
            return INACTIVE
        return compact_json(
            {
                "active": True,
                "iss": self.keyring.issuer,
                "sub": self.subjects.of(standing.client, session.account_id),
                "client_id": asker.id,
                "sid": session.id,
                "scope": session.scope,
                "iat": int(session.last_seen_at.timestamp()),
                "exp": int(session.idle_expires_at.timestamp()),
                **_details(grant.details),
            }
        )


def _concerns(asker: Client, token: AccessToken) -> bool:
    """Tell whether a client may be told of a token: it is meant for it, or its own (RFC 7662 section 4).

    That a client may ask for tokens of an API does not make it the API, which alone may look at those of others.
    """
    return asker.answers_for(token.audience) or token.client_id == asker.id


def _holds(token: AccessToken, snapshot: Snapshot | None, now: datetime) -> bool:
    """Tell whether a client's session lives, and its person has the roles still; ours are told of to nobody."""
    if snapshot is None or snapshot.kind is not Kind.CLIENT or not snapshot.is_live or now >= snapshot.expires_at:
        return False
    return not token.roles or set(token.roles) <= set(snapshot.profile.roles)


def _claims_of(token: AccessToken) -> Mapping[str, JsonValue]:
    claims: dict[str, JsonValue] = {
        "active": True,
        "iss": token.issuer,
        "sub": token.subject,
        "aud": token.audience,
        "client_id": token.client_id,
        "jti": token.token_id,
        "scope": token.scope,
        "iat": int(token.issued_at.timestamp()),
        "exp": int(token.expires_at.timestamp()),
        "token_type": BEARER,
    }
    if token.session_id is not None:
        claims["sid"] = token.session_id
    if token.authenticated_at is not None:
        claims["auth_time"] = int(token.authenticated_at.timestamp())
    if token.acr is not None:
        claims["acr"] = token.acr
    if token.amr:
        claims["amr"] = list(token.amr)
    if token.roles:
        claims["roles"] = list(token.roles)
    if token.key_thumbprint is not None:
        claims |= {"token_type": DPOP, "cnf": {"jkt": token.key_thumbprint}}
    if token.actor is not None:
        claims["act"] = {"sub": token.actor}
    return claims | _details(token.details)


def _details(details: str | None) -> dict[str, JsonValue]:
    """Return what was granted in detail, as a member of the answer; nothing where nothing was."""
    return {} if details is None else {"authorization_details": json.loads(details)}
