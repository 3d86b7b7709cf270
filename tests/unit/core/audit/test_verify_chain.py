from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace

import pytest

from doorward.core.audit import rules
from doorward.core.audit.ports import AuditLog, HasAuditLog
from doorward.core.audit.records import AuditKind, Entry, Event, Head
from doorward.core.audit.verify_chain import ChainVerdict, VerifyChain
from doorward.core.kernel.ids import AccountId
from doorward.core.kernel.work import OpensView
from doorward.testing.clock import START
from tests.house import House


@dataclass(frozen=True)
class Forged(AuditLog):
    """A log that somebody has written to behind our back."""

    entries: list[Entry]

    def head(self) -> Head:
        return Head(self.entries[-1].sequence, self.entries[-1].link)

    def append(self, entry: Entry) -> None:
        self.entries.append(entry)

    def read(self, *, after: int = 0, limit: int = 1000, account_id: AccountId | None = None) -> tuple[Entry, ...]:
        page = self.entries[after : after + limit]
        return tuple(entry for entry in page if account_id in {None, entry.event.account_id})


@dataclass(frozen=True)
class Forgery(HasAuditLog, OpensView[HasAuditLog]):
    """A view of a forged log."""

    log: Forged

    @property
    def audit(self) -> Forged:
        return self.log

    def __call__(self) -> AbstractContextManager[HasAuditLog]:
        return nullcontext(self)


def continued(house: House, count: int) -> None:
    with house.store.work() as work:
        for number in range(count):
            event = Event(AuditKind.SIGN_IN_REFUSED, account_id=AccountId(f"{number}"))
            work.audit.append(rules.link(work.audit.head(), event, START))


def test_verify_chain_long_and_whole_has_no_break(house: House) -> None:
    continued(house, 2498)

    assert house.flows.verify_chain() == ChainVerdict(2500, None)


def test_verify_chain_everything_that_happens_is_linked(house: House) -> None:
    house.account("margaret")
    house.sign_in("margaret")

    verdict = house.flows.verify_chain()

    assert verdict.first_broken is None
    assert verdict.sound > 4


@pytest.mark.parametrize("place", [1, 2, 1000, 1001, 1500])
def test_verify_chain_one_changed_entry_is_found(place: int) -> None:
    head, entries = rules.START, []
    for number in range(1500):
        entry = rules.link(head, Event(AuditKind.SIGN_IN, detail={"n": str(number)}), START)
        entries.append(entry)
        head = Head(entry.sequence, entry.link)
    entries[place - 1] = replace(entries[place - 1], event=Event(AuditKind.SIGN_IN, detail={"n": "forged"}))

    verdict = VerifyChain(Forgery(Forged(entries)))()

    assert verdict == ChainVerdict(place - 1, place)
