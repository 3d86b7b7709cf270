"""Signing out at the wish of an application: who asks, whether the person must be asked, and where they go afterwards.

Source: OpenID Connect RP-Initiated Logout 1.0 sections 2 and 3.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from doorward.core.kernel.ids import ClientId, SessionId
from doorward.core.kernel.work import OpensView
from doorward.core.keys.errors import TokenRefused
from doorward.core.keys.jose import text
from doorward.core.keys.keyring import Keyring
from doorward.core.oauth.clients.find import FindClient
from doorward.core.oauth.logout.errors import SignOutRefused
from doorward.core.oauth.records import Client
from doorward.core.oauth.rules.redirect_uri import may_return_to
from doorward.core.oauth.tokens.id_token import ID_TOKEN_TYPE
from doorward.core.sessions.ports import HasSessions
from doorward.core.sessions.records import Snapshot


@dataclass(frozen=True, slots=True)
class Leaving:
    """What an application's wish comes to. `location` is where the browser goes afterwards; None: it stays here.

    `is_expected`: the application proved that it was signed in to in this very session, so nobody need be asked.
    """

    client: Client | None
    location: str | None
    is_expected: bool = False


@dataclass(frozen=True, slots=True)
class ReadSignOut:
    """Read what an application asks for. Nothing ends by it: that takes the person's own button, or their own page."""

    view: OpensView[HasSessions]
    find: FindClient
    keyring: Keyring

    def __call__(self, parameters: Mapping[str, str], session: Snapshot | None) -> Leaving:
        """Return what it comes to in the session of this browser, if there is one.

        A hint counts however old it is, as long as a key that is published signed it.
        Raises: SignOutRefused, when it names what is not so; Unavailable.
        """
        hint = self._hint(parameters.get("id_token_hint"))
        client = self._client(parameters.get("client_id"), hint)
        wanted = parameters.get("post_logout_redirect_uri")
        location = None if wanted is None else _location(client, wanted, parameters.get("state"))
        return Leaving(client, location, is_expected=self._is_of(hint, session))

    def _hint(self, presented: str | None) -> Mapping[str, str] | None:
        if presented is None:
            return None
        try:
            self.keyring.refresh()
            claims = self.keyring.read_own(presented, ID_TOKEN_TYPE)
            return {name: text(claims, name) for name in ("aud", "sid")}
        except TokenRefused:
            raise SignOutRefused from None

    def _client(self, named: str | None, hint: Mapping[str, str] | None) -> Client | None:
        hinted = None if hint is None else hint["aud"]
        if named is not None and hinted is not None and named != hinted:
            raise SignOutRefused
        client_id = named or hinted
        if client_id is None:
            return None
        client = self.find(ClientId(client_id))
        if client is None or client.disabled_at is not None:
            raise SignOutRefused
        return client

    def _is_of(self, hint: Mapping[str, str] | None, session: Snapshot | None) -> bool:
        """Tell whether the hint was given in the session of this browser."""
        if hint is None or session is None:
            return False
        with self.view() as view:
            hinted = view.sessions.by_id(SessionId(hint["sid"]))
        return hinted is not None and hinted.parent_id == session.session_id


def _location(client: Client | None, wanted: str, state: str | None) -> str:
    """Return the registered address that is asked for, with the state that is echoed.

    Raises: SignOutRefused, when nobody registered it.
    """
    if client is None or not may_return_to(client, wanted):
        raise SignOutRefused
    if state is None:
        return wanted
    return f"{wanted}{'&' if '?' in wanted else '?'}{urlencode({'state': state})}"
