"""Giving people everything that is kept about them.

Source: GDPR articles 15 and 20.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from doorward.core.access.ports import HasRoles
from doorward.core.accounts.ports import Exports, HasAccounts
from doorward.core.accounts.records import Account
from doorward.core.audit.ports import HasAuditLog
from doorward.core.audit.record import record
from doorward.core.audit.records import AuditKind, Entry, Event
from doorward.core.kernel.clock import Clock
from doorward.core.kernel.errors import NotFound
from doorward.core.kernel.ids import AccountId
from doorward.core.kernel.work import OpensView, OpensWork
from doorward.core.sessions.ports import HasSessions
from doorward.core.sessions.records import Session


class ExportWork(HasAccounts, HasRoles, HasSessions, HasAuditLog, Protocol):
    """What exporting reads, and the one line that it writes."""


@dataclass(frozen=True, slots=True)
class ExportAccount:
    """Write out everything that is kept about an account, as one JSON document in pieces.

    `also` are members of it that subjects above fill, by their names.
    """

    work: OpensWork[ExportWork]
    view: OpensView[ExportWork]
    clock: Clock
    also: Mapping[str, Exports]

    def __call__(self, account_id: AccountId) -> Iterator[str]:
        """Return the pieces of the document in order; however long the history is, one page of it is in memory.

        Raises: NotFound, before the first piece.
        """
        now = self.clock.now()
        with self.work() as work:
            account = work.accounts.by_id(account_id)
            if account is None:
                raise NotFound
            roles = work.roles.of(account_id)
            sessions = work.sessions.live_of(account_id, now=now)
            record(work.audit, Event(AuditKind.ACCOUNT_EXPORTED, account_id=account_id), now)
        also = {name: exports(account_id) for name, exports in self.also.items()}
        return self._pieces(account, roles, sessions, also=also, now=now)

    def _pieces(
        self,
        account: Account,
        roles: tuple[str, ...],
        sessions: tuple[Session, ...],
        *,
        also: Mapping[str, Sequence[Mapping[str, object]]],
        now: datetime,
    ) -> Iterator[str]:
        head = {
            "exported_at": now.isoformat(),
            "account": _account(account, roles),
            "sessions": [_session(session) for session in sessions],
            **also,
        }
        yield json.dumps(head, ensure_ascii=False)[:-1] + ', "events": ['
        separator = ""
        for entry in self._events(account.id):
            yield separator + json.dumps(_event(entry), ensure_ascii=False)
            separator = ", "
        yield "]}\n"

    def _events(self, account_id: AccountId) -> Iterator[Entry]:
        after = 0
        while True:
            with self.view() as work:
                entries = work.audit.read(after=after, account_id=account_id)
            yield from entries
            if not entries:
                return
            after = entries[-1].sequence


def _account(account: Account, roles: tuple[str, ...]) -> dict[str, object]:
    return {
        "id": account.id,
        "username": account.username,
        "email": account.email,
        "is_verified": account.is_verified,
        "status": account.status,
        "roles": list(roles),
        "created_at": account.created_at.isoformat(),
        "verified_at": account.verified_at.isoformat(),
        "updated_at": account.updated_at.isoformat() if account.updated_at else None,
    }


def _session(session: Session) -> dict[str, object]:
    return {
        "id": session.id,
        "kind": session.kind,
        "device": session.device_name,
        "place": session.place,
        "acr": session.authentication.acr,
        "amr": list(session.authentication.amr),
        "created_at": session.created_at.isoformat(),
        "last_seen_at": session.last_seen_at.isoformat(),
    }


def _event(entry: Entry) -> dict[str, object]:
    return {"at": entry.at.isoformat(), "event": entry.event.kind, "detail": dict(entry.event.detail)}
