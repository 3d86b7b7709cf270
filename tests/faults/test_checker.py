"""The checker finds what is wrong: one planted violation for each invariant, in a history or in a store."""

import subprocess
import sys
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import pytest

from doorward.core.audit.record import record
from doorward.core.audit.records import AuditKind, Event
from doorward.core.kernel.ids import AccountId, SessionId
from doorward.core.sessions.records import EndReason
from tests.faults.checker.evidence import Evidence
from tests.faults.checker.history import History, Outcome, read
from tests.faults.checker.invariants import INVARIANTS
from tests.faults.checker.report import Report, check
from tests.faults.checker.report import read as read_report
from tests.faults.kills.scenes import SkewedClock, Stage, a_person, let_a_client_in
from tests.faults.kills.stores import opened
from tests.faults.people.person import Person
from tests.processes import PROJECT


@dataclass
class Scenario:
    """Somebody who registered, signed in and refreshed, and the evidence of it."""

    stage: Stage
    person: Person
    disk: Path

    @property
    def account_id(self) -> AccountId:
        with self.stage.store.view() as work:
            account = work.accounts.by_login(self.person.name)
        assert account is not None
        return account.id

    @property
    def session(self) -> str:
        return self.person.tokens.session

    def told(
        self, what: str, outcome: Outcome = Outcome.DONE, told: dict[str, str] | None = None, **asked: str
    ) -> None:
        """Write down something that a client was told."""
        history = self.stage.history
        history.note("asked", op=what, what=what, who=self.person.name, facts=asked)
        history.note("told", op=what, outcome=outcome, facts=told or {})

    def report(self, untold: Collection[str] = ()) -> Report:
        stage = self.stage
        evidence = Evidence(
            read([stage.history.path]),
            stage.store,
            stage.house.flows,
            stage.house.hasher,
            stage.clock.now(),
            [self.disk],
        )
        return check(evidence, untold=untold)


@pytest.fixture
def scenario(tmp_path: Path, sqlite_url: str) -> Iterator[Scenario]:
    history, disk = History(tmp_path / "history.jsonl"), tmp_path / "disk"
    disk.mkdir()
    with opened(sqlite_url) as store:
        stage = Stage(store, history, SkewedClock())
        person = a_person(stage, "margaret")
        person.register()
        stage.house.worker.drain()
        person.verify(stage.mails_to(person)[-1].token)
        person.sign_in()
        person.refresh()
        person.look()
        (disk / "store").write_bytes(Path(sqlite_url.removeprefix("sqlite:///")).read_bytes())
        yield Scenario(stage, person, disk)
    history.close()


def used_twice(scenario: Scenario) -> None:
    scenario.told("verify", token=scenario.stage.mails_to(scenario.person)[-1].token)


def lost_session(scenario: Scenario) -> None:
    with scenario.stage.store.work() as work:
        work.sessions.remove_all(scenario.account_id)


def lost_account(scenario: Scenario) -> None:
    with scenario.stage.store.work() as work:
        work.accounts.remove(scenario.account_id)


def lost_password(scenario: Scenario) -> None:
    scenario.told("change_password", password="something that is not stored", session=scenario.session)


def lost_rotation(scenario: Scenario) -> None:
    ahead = scenario.person.tokens.refresh.replace("_1_", "_2_")
    given = {"session": scenario.session, "access": "", "refresh": ahead}
    scenario.told("refresh", refresh=scenario.person.tokens.refresh, session=scenario.session, told=given)


def lost_registration(scenario: Scenario) -> None:
    history = scenario.stage.history
    history.note("asked", op="x", what="register", who="nobody", facts={"email": "n@mail.example", "password": "x"})
    history.note("told", op="x", outcome="done", facts={})


def forked(scenario: Scenario) -> None:
    """Two clients were given different successors of one token."""
    for number in ("1", "2"):
        given = {"session": scenario.session, "access": "", "refresh": f"dwr1_{scenario.session}_1_{number}"}
        history = scenario.stage.history
        asked = {"refresh": "the same", "session": scenario.session}
        history.note("asked", op=number, what="refresh", who=scenario.person.name, facts=asked)
        history.note("told", op=number, outcome="done", facts=given)


def came_back(scenario: Scenario) -> None:
    scenario.told("end_session", session=scenario.session)


def orphaned(scenario: Scenario) -> None:
    """A client's session goes on after that in which it was granted has ended."""
    child = let_a_client_in(scenario.stage, scenario.person)
    with scenario.stage.store.work() as work:
        kept = work.sessions.by_id(child)
        assert kept is not None
        work.sessions.end(SessionId(scenario.session), at=scenario.stage.clock.now(), reason=EndReason.SIGNED_OUT)
        work.sessions.add(replace(kept, id=SessionId("z" * 26)))


def old_password(scenario: Scenario) -> None:
    stored = scenario.stage.house.hasher.hash(scenario.person.password)
    scenario.person.change_password("a quite different sentence")
    with scenario.stage.store.work() as work:
        kept = work.passwords.of(scenario.account_id)
        assert kept is not None
        work.passwords.put(replace(kept, hash=stored))


def six_guesses(scenario: Scenario) -> None:
    for _ in range(6):
        scenario.stage.history.note("guessed", stored="abc", is_right=False)


def forgotten_guess(scenario: Scenario) -> None:
    scenario.told("guess", Outcome.REFUSED, password="x")


def others_data(scenario: Scenario) -> None:
    scenario.told("me", told={"username": "somebody.else"}, access="", session=scenario.session)


def doubled_mail(scenario: Scenario) -> None:
    mail = scenario.stage.mails_to(scenario.person)[-1]
    scenario.stage.history.note("mailed", mail_id=mail.mail_id, to=mail.to, mail_kind=mail.mail_kind, token="", code="")


def lost_mail(scenario: Scenario) -> None:
    lines = scenario.stage.history.path.read_text(encoding="utf-8").splitlines(keepends=True)
    scenario.stage.history.path.write_text("".join(line for line in lines if '"mailed"' not in line), encoding="utf-8")


def logged_out(scenario: Scenario) -> None:
    presented = {"refresh": scenario.person.tokens.refresh, "session": scenario.session}
    scenario.told("refresh", Outcome.REFUSED, told={"code": "REFRESH_REFUSED"}, **presented)


def ended_by_itself(scenario: Scenario) -> None:
    with scenario.stage.store.work() as work:
        session = work.sessions.by_id(SessionId(scenario.session))
        assert session is not None
        work.sessions.replace(replace(session, digest=b"somebody else's"), expected=session)


def let_in(scenario: Scenario) -> None:
    scenario.told("dead_access", must_deny="yes", session=scenario.session)


def strange(scenario: Scenario) -> None:
    scenario.told("forgot", Outcome.STRANGE, told={"strange": "500"}, email="x")


def audited_twice(scenario: Scenario) -> None:
    event = Event(AuditKind.SIGN_IN, account_id=scenario.account_id, session_id=SessionId(scenario.session))
    with scenario.stage.store.work() as work:
        record(work.audit, event, scenario.stage.clock.now())


def broken_chain(scenario: Scenario) -> None:
    event = Event(AuditKind.PASSWORD_CHANGED, account_id=scenario.account_id)
    with scenario.stage.store.work() as work:
        head = work.audit.head()
        last = work.audit.read(after=head.sequence - 1)[0]
        work.audit.append(replace(last, sequence=head.sequence + 1, event=event))


def leaked_password(scenario: Scenario) -> None:
    (scenario.disk / "dump").write_bytes(b"..." + scenario.person.password.encode() + b"...")


def leaked_token(scenario: Scenario) -> None:
    (scenario.disk / "dump").write_bytes(b"..." + scenario.person.tokens.refresh.encode() + b"...")


def leaked_access_token(scenario: Scenario) -> None:
    (scenario.disk / "dump").write_bytes(b"..." + scenario.person.tokens.access.encode() + b"...")


PLANTED: Final[tuple[tuple[str, Callable[[Scenario], None]], ...]] = (
    ("I1", used_twice),
    ("I1", forked),
    ("I2", lost_session),
    ("I2", lost_account),
    ("I2", lost_password),
    ("I2", lost_rotation),
    ("I2", lost_registration),
    ("I3", came_back),
    ("I3", orphaned),
    ("I3", old_password),
    ("I4", six_guesses),
    ("I4", forgotten_guess),
    ("I5", others_data),
    ("I6", doubled_mail),
    ("I6", lost_mail),
    ("I7", logged_out),
    ("I7", ended_by_itself),
    ("I8", let_in),
    ("I8", strange),
    ("I9", audited_twice),
    ("I9", broken_chain),
    ("I10", leaked_password),
    ("I10", leaked_token),
    ("I10", leaked_access_token),
)


def test_checker_honest_history_violates_nothing(scenario: Scenario) -> None:
    report = scenario.report()

    assert report.violations == []
    assert {number for number, finding in report.findings.items() if finding.checked} >= {"I1", "I2", "I5", "I7", "I9"}


@pytest.mark.parametrize(("number", "plant"), PLANTED, ids=[plant.__name__ for _, plant in PLANTED])
def test_checker_planted_violation_is_found(scenario: Scenario, number: str, plant: Callable[[Scenario], None]) -> None:
    plant(scenario)

    report = scenario.report()

    assert report.findings[number].violations
    assert number in report.table()


def test_checker_what_nobody_can_tell_is_neither_checked_nor_violated(scenario: Scenario) -> None:
    lost_mail(scenario)

    report = scenario.report(untold=["I6"])

    assert report.violations == []
    assert report.findings["I6"].checked == 0
    assert report.findings["I1"].checked == scenario.report().findings["I1"].checked > 0


def test_checker_every_invariant_has_a_planted_violation() -> None:
    assert {number for number, _ in PLANTED} == {number for number, _, _ in INVARIANTS}


def test_checker_program_tells_and_ends_with_one(scenario: Scenario, sqlite_url: str) -> None:
    words = [str(scenario.stage.history.path), "--store", sqlite_url]
    sound = said_by_checker(*words, "--json")
    came_back(scenario)

    broken = said_by_checker(*words)

    assert (sound.returncode, broken.returncode) == (0, 1), sound.stdout + sound.stderr
    assert read_report(sound.stdout).violations == []
    assert "violated: " in broken.stdout
    assert read_report(scenario.report().document()).findings["I3"].violations


def said_by_checker(*words: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "tests.faults.checker", *words]
    return subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
