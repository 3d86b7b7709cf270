"""What a checker looks at: what clients were told, and what the store holds, read through the real ports."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path

from doorward.assembly.store import Store
from doorward.core.accounts.records import Account
from doorward.core.audit.records import AuditKind, Entry
from doorward.core.credentials.ports import PasswordHasher
from doorward.core.flows import Flows
from doorward.core.kernel.ids import SessionId
from doorward.core.outbox.records import Job, JobState
from doorward.core.sessions.records import Session
from tests.faults.checker.history import Told

_EVERYTHING = 1_000_000


@dataclass(frozen=True)
class Evidence:
    """One store, the histories of those who used it, and where its bytes and the logs lie.

    `log_files` and `disk` hold raw bytes: files, or folders with files.
    """

    told: Told
    store: Store
    flows: Flows
    hasher: PasswordHasher
    now: datetime
    disk: Sequence[Path] = ()
    log_files: Sequence[Path] = ()

    @cached_property
    def accounts(self) -> Mapping[str, Account]:
        """Every account by its name."""
        found: dict[str, Account] = {}
        after: str | None = None
        while True:
            with self.store.view() as work:
                page = work.accounts.page(after=after, size=200)
            found |= {account.username: account for account in page.items}
            after = page.next_after
            if after is None:
                return found

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """The whole audit log."""
        found: list[Entry] = []
        while True:
            with self.store.view() as work:
                more = work.audit.read(after=found[-1].sequence if found else 0)
            if not more:
                return tuple(found)
            found += more

    @cached_property
    def audited(self) -> Counter[tuple[AuditKind, str]]:
        """How often what was recorded about which account, and about which session."""
        subjects = ((entry.event.kind, each) for entry in self.entries for each in _subjects(entry))
        return Counter((kind, subject) for kind, subject in subjects)

    @cached_property
    def jobs(self) -> Mapping[str, Job]:
        """Every job by its id."""
        with self.store.view() as work:
            return {job.id: job for state in JobState for job in work.outbox.list(state, limit=_EVERYTHING)}

    @cached_property
    def sessions(self) -> Mapping[str, Session]:
        """Every session that anybody was told of, by its id, as it is when it is first asked for."""
        with self.store.view() as work:
            found = (work.sessions.by_id(SessionId(session_id)) for session_id in sorted(self.session_ids))
            return {session.id: session for session in found if session is not None}

    @cached_property
    def orphans(self) -> tuple[frozenset[str], frozenset[str]]:
        """Every live session that was granted in another one, and those of them whose other one is over or gone."""
        with self.store.view() as work:
            live = [each for one in self.accounts.values() for each in work.sessions.live_of(one.id, now=self.now)]
            parents = {each.id: work.sessions.by_id(each.parent_id) for each in live if each.parent_id}
        lost = {child for child, parent in parents.items() if parent is None or parent.ended_at is not None}
        return frozenset(parents), frozenset(lost)

    @cached_property
    def session_ids(self) -> frozenset[str]:
        """The ids of the sessions that the histories name."""
        facts = (fact for operation in self.told.operations for fact in (operation.asked, operation.told))
        return frozenset(fact["session"] for fact in facts if fact.get("session"))

    @cached_property
    def password_hashes(self) -> Mapping[str, str]:
        """The stored password hash of every account, by its name."""
        with self.store.view() as work:
            found = {name: work.passwords.of(account.id) for name, account in self.accounts.items()}
        return {name: record.hash for name, record in found.items() if record is not None}

    def is_claimed(self, email: str) -> bool:
        """Tell whether a claim to an address is kept."""
        with self.store.view() as work:
            return work.claims.newest(email) is not None


def _subjects(entry: Entry) -> tuple[str, ...]:
    found = (entry.event.account_id, entry.event.session_id)
    return tuple(each for each in found if each is not None)
