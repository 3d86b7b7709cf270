"""Telling people which applications are connected to their account.

Source: GDPR articles 15 and 20.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from doorward.core.accounts.ports import Exports
from doorward.core.kernel.ids import AccountId, ClientId
from doorward.core.kernel.work import OpensView
from doorward.core.oauth.ports import HasClients, HasConsents, HasGrants
from doorward.core.oauth.records import Consent, Grant
from doorward.core.sessions.ports import HasSessions
from doorward.core.sessions.records import Session


class ApplicationsView(HasClients, HasGrants, HasConsents, HasSessions, Protocol):
    """What is read of applications."""


@dataclass(frozen=True, slots=True)
class ExportApplications(Exports):
    """Write out what applications may do for an account: what was consented to, and what was granted."""

    view: OpensView[ApplicationsView]

    def __call__(self, account_id: AccountId) -> tuple[Mapping[str, object], ...]:
        """Return one entry an application; grants whose sessions have ended are among them as long as they are kept."""
        with self.view() as work:
            consents = {consent.client_id: consent for consent in work.consents.of_account(account_id)}
            grants = work.grants.of_account(account_id)
            sessions = {grant.session_id: work.sessions.by_id(grant.session_id) for grant in grants}
            client_ids = dict.fromkeys([*consents, *(grant.client_id for grant in grants)])
            names = {client_id: _name_of(work, client_id) for client_id in client_ids}
        return tuple(
            {
                "client_id": client_id,
                "name": names[client_id],
                "consent": _consent(consents.get(client_id)),
                "grants": [_grant(each, sessions[each.session_id]) for each in grants if each.client_id == client_id],
            }
            for client_id in client_ids
        )


def _name_of(work: ApplicationsView, client_id: ClientId) -> str | None:
    client = work.clients.by_id(client_id)
    return None if client is None else client.name


def _consent(consent: Consent | None) -> dict[str, object] | None:
    if consent is None:
        return None
    return {"scope": consent.scope, "granted_at": consent.granted_at.isoformat()}


def _grant(grant: Grant, session: Session | None) -> dict[str, object]:
    return {
        "created_at": grant.created_at.isoformat(),
        "expires_at": grant.expires_at.isoformat(),
        "is_live": session is not None and session.ended_at is None,
        "scope": None if session is None else session.scope,
        "last_seen_at": None if session is None else session.last_seen_at.isoformat(),
        "resources": list(grant.resources),
        "is_offline": grant.is_offline,
    }
