from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace

import pytest

from doorward.core.audit import rules
from doorward.core.audit.ports import AuditLog, HasAuditLog
from doorward.core.audit.records import AuditKind, Entry, Event, Head, Place, Search
from doorward.core.audit.verify_chain import ChainVerdict, VerifyChain
from doorward.core.kernel.errors import Invalid
from doorward.core.kernel.ids import AccountId
from doorward.core.kernel.work import OpensWork
from doorward.testing.clock import START
from tests.house import House


@dataclass(frozen=True)
class Forged(AuditLog):
    """A log that somebody has written to behind our back."""

    entries: list[Entry]
    end: Head | None = None

    def head(self) -> Head:
        return self.end or Head(self.entries[-1].sequence, self.entries[-1].link)

    def append(self, entry: Entry) -> None:
        self.entries.append(entry)

    def read(self, *, after: int = 0, limit: int = 1000, account_id: AccountId | None = None) -> tuple[Entry, ...]:
        found = [entry for entry in self.entries if entry.sequence > after and account_id is None]
        return tuple(found[:limit])

    def search(self, search: Search, *, before: Place | None = None, limit: int = 50) -> tuple[Entry, ...]:
        raise AssertionError(f"nobody searches to verify: {search}, {before}, {limit}")


@dataclass(frozen=True)
class Forgery(HasAuditLog, OpensWork[HasAuditLog]):
    """A unit of work, and a view, on a forged log."""

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


def a_chain(length: int, *, mark: str = "") -> list[Entry]:
    head, entries = rules.START, []
    for number in range(length):
        entry = rules.link(head, Event(AuditKind.SIGN_IN, detail={"n": f"{number}{mark}"}), START)
        entries.append(entry)
        head = Head(entry.sequence, entry.link)
    return entries


def end_of(entries: list[Entry]) -> Head:
    return Head(entries[-1].sequence, entries[-1].link)


def verdict_on(entries: list[Entry], *, end: Head | None = None, kept: str | None = None) -> ChainVerdict:
    forgery = Forgery(Forged(entries, end))
    return VerifyChain(forgery, forgery)(end=kept)


def test_verify_chain_of_nothing_is_whole() -> None:
    verdict = verdict_on([], end=rules.START)

    assert (verdict.sound, verdict.first_broken, verdict.total, verdict.is_over) == (0, None, 0, True)


def test_verify_chain_long_and_whole_has_no_break(house: House) -> None:
    continued(house, 2498)

    verdict = house.flows.verify_chain()

    assert (verdict.sound, verdict.first_broken, verdict.total) == (2500, None, 2500)


def test_verify_chain_everything_that_happens_is_linked(house: House) -> None:
    house.account("margaret")
    house.sign_in("margaret")

    verdict = house.flows.verify_chain()

    assert verdict.first_broken is None
    assert verdict.sound > 4


def test_verify_chain_tells_how_far_it_is_and_the_verdict_last(house: House) -> None:
    continued(house, 2498)

    steps = list(house.flows.verify_chain.steps())

    assert [(step.sound, step.total, step.is_over) for step in steps] == [
        (1000, 2500, False),
        (2000, 2500, False),
        (2500, 2500, True),
    ]


def test_verify_chain_what_is_appended_meanwhile_is_left_for_the_next_time(house: House) -> None:
    continued(house, 1500)
    steps = house.flows.verify_chain.steps()
    next(steps)
    continued(house, 1)

    *_, verdict = steps

    assert (verdict.sound, verdict.first_broken, verdict.total) == (1502, None, 1502)


@pytest.mark.parametrize("place", [1, 2, 1000, 1001, 1500])
def test_verify_chain_one_changed_entry_is_found(place: int) -> None:
    entries = a_chain(1500)
    entries[place - 1] = replace(entries[place - 1], event=Event(AuditKind.SIGN_IN, detail={"n": "forged"}))

    verdict = verdict_on(entries)

    assert (verdict.sound, verdict.first_broken) == (place - 1, place)


@pytest.mark.parametrize("place", [1, 2, 1000, 1001, 1499])
def test_verify_chain_one_removed_entry_is_found(place: int) -> None:
    entries = a_chain(1500)
    del entries[place - 1]

    verdict = verdict_on(entries)

    assert (verdict.sound, verdict.first_broken) == (place - 1, place)


def test_verify_chain_two_that_changed_places_are_found() -> None:
    entries = a_chain(9)
    one, other = entries[3], entries[4]
    entries[3], entries[4] = replace(other, sequence=4), replace(one, sequence=5)

    assert verdict_on(entries).first_broken == 4


def test_verify_chain_an_entry_that_was_put_in_is_found() -> None:
    entries = a_chain(9)
    moved = [replace(entry, sequence=entry.sequence + 1) for entry in entries[5:]]
    entries[5:] = [rules.link(end_of(entries[:5]), Event(AuditKind.ROLE_GRANTED), START), *moved]

    assert verdict_on(entries).first_broken == 7


@pytest.mark.parametrize("left", [0, 1, 8])
def test_verify_chain_an_end_that_is_missing_is_found(left: int) -> None:
    entries = a_chain(9)

    verdict = verdict_on(entries[:left], end=end_of(entries))

    assert (verdict.sound, verdict.first_broken, verdict.total) == (left, left + 1, 9)


def test_verify_chain_an_end_that_was_swapped_is_found() -> None:
    entries = a_chain(9)

    verdict = verdict_on([*entries[:-1], a_chain(9, mark="forged")[-1]], end=end_of(entries))

    assert verdict.first_broken == 9


def test_verify_chain_goes_through_an_end_that_was_kept_elsewhere() -> None:
    entries = a_chain(1500)

    verdict = verdict_on(entries, kept=rules.spell_end(end_of(entries[:700])))

    assert (verdict.sound, verdict.first_broken, verdict.end) == (1500, None, rules.spell_end(end_of(entries)))


def test_verify_chain_that_was_made_anew_is_found_by_an_end_that_was_kept_elsewhere() -> None:
    kept = rules.spell_end(end_of(a_chain(700)))

    anew = verdict_on(a_chain(1500, mark="forged"), kept=kept)
    shortened = verdict_on(a_chain(699), kept=kept)

    assert (anew.sound, anew.first_broken) == (699, 700)
    assert (shortened.sound, shortened.first_broken) == (699, 700)


@pytest.mark.parametrize("presented", ["", "1", "1:", ":a", f"1:{'A' * 52}", f"01:{'a' * 52}", f"1:{'b' * 52}", "1:é"])
def test_verify_chain_what_is_no_end_is_refused_before_anything_is_read(presented: str) -> None:
    forgery = Forgery(Forged([]))

    with pytest.raises(Invalid):
        VerifyChain(forgery, forgery).steps(end=presented)
