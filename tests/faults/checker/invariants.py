"""The invariants: what holds whatever breaks. Each looks at the evidence, and counts what it checked."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import Final

from doorward.core.audit.records import AuditKind
from doorward.core.kernel.errors import Refusal
from doorward.core.login.records import UNTRUSTED
from doorward.core.login.rules import FAILURES
from doorward.core.outbox.post import SEND_LETTER
from doorward.core.outbox.records import JobState
from doorward.core.sessions.records import Kind
from tests.faults.checker.disk import leaks
from tests.faults.checker.evidence import Evidence
from tests.faults.checker.history import MUST_DENY, Operation, Outcome
from tests.faults.people.by_flows import CALLER
from tests.faults.people.door import generation_of


@dataclass
class Finding:
    """How much was checked, and what was found to be wrong."""

    checked: int = 0
    violations: list[str] = field(default_factory=list)

    def check(self, what: str, *, holds: bool) -> None:
        """Count a check."""
        self.checked += 1
        if not holds:
            self.violations.append(what)


def one_time(evidence: Evidence) -> Finding:
    """I1: whatever may be used once was used once at most: links, codes, and refresh tokens (one successor each)."""
    finding = Finding()
    attempts = list(evidence.told.of("verify", "reset"))
    uses = Counter(operation.asked["token"] for operation in attempts if operation.is_done)
    for token in {operation.asked["token"] for operation in attempts}:
        finding.check(f"a link or code worked {uses[token]} times", holds=uses[token] <= 1)
    for who, tokens in _by_person(evidence, "reset", "token").items():
        account = evidence.accounts.get(who)
        done = evidence.audited[AuditKind.PASSWORD_RESET, account.id] if account else 0
        finding.check(f"{who}: {done} resets by {len(tokens)} links", holds=done <= len(tokens))
    successors: dict[str, set[str]] = defaultdict(set)
    for operation in evidence.told.of("refresh"):
        if operation.is_done:
            successors[operation.asked["refresh"]].add(operation.told["refresh"])
    for session, found in successors.items():
        finding.check(f"{session[:32]}: {len(found)} successors of one token", holds=len(found) == 1)
    for operation in attempts:
        if operation.is_done and "code" not in operation.asked:
            finding.check(f"{operation.who}: a used link works still", holds=not _works(evidence, operation))
    return finding


def durable(evidence: Evidence) -> Finding:
    """I2: what was acknowledged is in the store."""
    finding = Finding()
    for operation in evidence.told.of("register"):
        if operation.is_done:
            is_kept = operation.who in evidence.accounts or evidence.is_claimed(operation.asked["email"])
            finding.check(f"{operation.who}: the registration is gone", holds=is_kept)
    for operation in evidence.told.of("verify"):
        if operation.is_done:
            finding.check(f"{operation.who}: the account is gone", holds=operation.who in evidence.accounts)
    for operation in evidence.told.of("sign_in"):
        if operation.is_done:
            session = operation.told["session"]
            finding.check(f"{operation.who}: session {session} is gone", holds=session in evidence.sessions)
    for operation in evidence.told.of("refresh"):
        if operation.is_done:
            kept = evidence.sessions.get(operation.told["session"])
            reached = generation_of(operation.told["refresh"])
            holds = kept is not None and kept.generation >= reached
            finding.check(f"{operation.who}: rotation {reached} is gone", holds=holds)
    for who, possible in _passwords(evidence).items():
        stored = evidence.password_hashes.get(who)
        holds = stored is not None and any(evidence.hasher.verify(stored, password) for password in possible)
        finding.check(f"{who}: the acknowledged password is not in force", holds=holds)
    return finding


def revoked(evidence: Evidence) -> Finding:
    """I3: a session that was acknowledged to have ended stays ended, and its tokens are refused when they are tried."""
    finding = Finding()
    last = _last_tokens(evidence)
    for session_id in sorted(_ended(evidence)):
        kept = evidence.sessions.get(session_id)
        finding.check(f"{session_id}: lives again", holds=kept is None or kept.ended_at is not None)
        access, refresh = last.get(session_id, ("", ""))
        if access:
            dead = _is_refused(lambda: evidence.flows.recognise(access, Kind.MOBILE))  # noqa: B023 (called at once)
            finding.check(f"{session_id}: the access token works", holds=dead)
        if refresh:
            call = evidence.flows.refresh
            dead = _is_refused(lambda: call(refresh, Kind.MOBILE, caller=CALLER))  # noqa: B023 (called at once)
            finding.check(f"{session_id}: the refresh token works", holds=dead)
    children, orphans = evidence.orphans
    for child in children:
        finding.check(f"{child}: lives without the session that it was granted in", holds=child not in orphans)
    for who, old in _old_passwords(evidence).items():
        stored = evidence.password_hashes.get(who)
        holds = stored is None or not any(evidence.hasher.verify(stored, password) for password in old)
        finding.check(f"{who}: an old password works again", holds=holds)
    return finding


def lock_budget(evidence: Evidence) -> Finding:
    """I4: at most five wrong guesses were held against one password, and none of those told as refused is forgotten."""
    finding = Finding()
    wrong = Counter(stored for stored, is_right in evidence.told.guesses if not is_right)
    for stored, count in wrong.items():
        finding.check(f"{count} guesses were held against {stored}", holds=count <= FAILURES)
    guesses = [each for each in evidence.told.of("guess") if each.outcome is Outcome.REFUSED]
    told = Counter(operation.who for operation in guesses)
    with evidence.store.view() as work:
        books = {who: work.attempts.of(evidence.accounts[who].id) for who in told if who in evidence.accounts}
    for who, book in books.items():
        lane = book.lanes.get(UNTRUSTED)
        counted = len(lane.failures) + len(lane.reserved) if lane else 0
        holds = counted >= min(told[who], FAILURES)
        finding.check(f"{who}: {counted} of {told[who]} wrong guesses are remembered", holds=holds)
    return finding


def own_data(evidence: Evidence) -> Finding:
    """I5: nobody was shown, or given a session of, somebody else."""
    finding = Finding()
    for operation in evidence.told.of("me"):
        if operation.is_done:
            shown = operation.told["username"]
            finding.check(f"{operation.who} was shown {shown}", holds=shown == operation.who)
    for operation in evidence.told.of("sign_in", "refresh"):
        session = evidence.sessions.get(operation.told.get("session", ""))
        account = evidence.accounts.get(operation.who)
        if operation.is_done and session and account:
            holds = session.account_id == account.id
            finding.check(f"{operation.who} was given a session of {session.account_id}", holds=holds)
    return finding


def mails(evidence: Evidence) -> Finding:
    """I6: each mail that is done was accepted at least once, each accepted one has a job, and no key has two mails."""
    finding = Finding()
    accepted = Counter(mail.mail_id for mail in evidence.told.mails)
    letters = {job.id: job for job in evidence.jobs.values() if job.name == SEND_LETTER}
    for job in letters.values():
        if job.state is JobState.DONE:
            finding.check(f"mail {job.id} is done, but nobody accepted it", holds=accepted[job.id] >= 1)
    for mail_id, count in accepted.items():
        kept = evidence.jobs.get(mail_id)
        finding.check(f"mail {mail_id} has no job", holds=kept is not None)
        if kept is not None:
            holds = count <= max(kept.attempts, 1)
            finding.check(f"mail {mail_id}: accepted {count} times in {kept.attempts} attempts", holds=holds)
    keys = Counter(job.dedupe_key for job in letters.values() if job.dedupe_key)
    for key, count in keys.items():
        finding.check(f"{count} mails for {key}", holds=count == 1)
    reached = {mail.to for mail in evidence.told.mails}
    for operation in evidence.told.of("register"):
        if operation.is_done and evidence.told.mails:
            finding.check(f"{operation.who} got no mail", holds=operation.asked["email"] in reached)
    return finding


def not_logged_out(evidence: Evidence) -> Finding:
    """I7: no honest client was turned away from a session that nobody ended, and each goes on now."""
    finding = Finding()
    over = _ended(evidence) | _maybe_ended(evidence)
    for operation in evidence.told.of("refresh", "me"):
        if operation.asked["session"] not in over:
            holds = operation.outcome is not Outcome.REFUSED
            code = operation.told.get("code")
            finding.check(f"{operation.who} was logged out by {operation.what}: {code}", holds=holds)
    settled = _settled(evidence)
    for session_id, (_, refresh) in sorted(_last_tokens(evidence).items()):
        if session_id in settled and session_id not in over:
            holds = not _is_refused(
                lambda: evidence.flows.refresh(refresh, Kind.MOBILE, caller=CALLER)  # noqa: B023 (called at once)
            )
            finding.check(f"{session_id} does not go on", holds=holds)
    return finding


def denied(evidence: Evidence) -> Finding:
    """I8: what had to be refused was refused, during the faults and after them, and no answer was strange."""
    finding = Finding()
    for operation in evidence.told.operations:
        if MUST_DENY in operation.asked:
            finding.check(f"{operation.who}: {operation.what} was let in", holds=not operation.is_done)
        if operation.outcome is Outcome.STRANGE:
            finding.check(f"{operation.who}: {operation.what}: {operation.told.get('strange')}", holds=False)
    return finding


def audited(evidence: Evidence) -> Finding:
    """I9: every security event has exactly one row in the audit log, and the chain is whole."""
    finding = Finding()
    verdict = evidence.flows.verify_chain()
    finding.checked += verdict.sound
    finding.check(f"the chain breaks at {verdict.first_broken}", holds=verdict.first_broken is None)
    for name, account in evidence.accounts.items():
        rows = sum(evidence.audited[kind, account.id] for kind in (AuditKind.ACCOUNT_VERIFIED, AuditKind.ACCOUNT_ADDED))
        finding.check(f"{name}: {rows} rows of its beginning", holds=rows == 1)
    for session in evidence.sessions.values():
        rows = evidence.audited[AuditKind.SIGN_IN, session.id]
        finding.check(f"{session.id}: {rows} rows of its sign-in", holds=rows == 1)
    for operation in evidence.told.of("end_session"):
        if operation.is_done:
            rows = evidence.audited[AuditKind.SESSION_ENDED, operation.asked["session"]]
            finding.check(f"{operation.asked['session']}: {rows} rows of its end", holds=rows == 1)
    for what, kind in (
        ("change_password", AuditKind.PASSWORD_CHANGED),
        ("reset", AuditKind.PASSWORD_RESET),
        ("end_all", AuditKind.SESSIONS_ENDED),
    ):
        _bounded(evidence, finding, what, kind)
    return finding


def canaries(evidence: Evidence) -> Finding:
    """I10: no password and no token lies in the bytes of the store or in the logs."""
    finding = Finding()
    for place in chain(evidence.disk, evidence.log_files):
        for path in sorted(place.rglob("*")) if place.is_dir() else [place]:
            if path.is_file():
                found = leaks(path, evidence.told)
                finding.check(f"{path}: {', '.join(found)}", holds=not found)
    return finding


Invariant = Callable[[Evidence], Finding]

INVARIANTS: Final[tuple[tuple[str, str, Invariant], ...]] = (
    ("I1", "used once at most", one_time),
    ("I2", "acknowledged is durable", durable),
    ("I3", "revoked stays revoked", revoked),
    ("I4", "five guesses", lock_budget),
    ("I5", "own data alone", own_data),
    ("I6", "no mail lost or doubled", mails),
    ("I7", "no honest client logged out", not_logged_out),
    ("I8", "no refusal becomes a permission", denied),
    ("I9", "one audit row an event", audited),
    ("I10", "no secret outside its place", canaries),
)
"""In the order of checking: what tries dead tokens goes before what continues the living."""


def _works(evidence: Evidence, operation: Operation) -> bool:
    token = operation.asked["token"]
    if operation.what == "verify":
        return not _is_refused(lambda: evidence.flows.verify_email.by_link(token))
    password = operation.asked["password"]
    return not _is_refused(lambda: evidence.flows.reset_password.by_link(token, password, device_name="nobody's"))


def _is_refused(call: Callable[[], object]) -> bool:
    try:
        call()
    except Refusal:
        return True
    return False


def _by_person(evidence: Evidence, what: str, fact: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for operation in evidence.told.of(what):
        found[operation.who].add(operation.asked[fact])
    return found


_SETS_PASSWORD: Final = frozenset({"register", "change_password", "reset"})


def _password_steps(evidence: Evidence) -> Iterator[Operation]:
    return (
        each for each in evidence.told.of(*_SETS_PASSWORD) if each.may_have_happened and each.who in evidence.accounts
    )


def _passwords(evidence: Evidence) -> dict[str, set[str]]:
    """Return which passwords may be in force: the last that was acknowledged, and any that was asked for since."""
    possible: dict[str, set[str]] = {}
    for operation in _password_steps(evidence):
        before = set() if operation.is_done and operation.what != "register" else possible.get(operation.who, set())
        possible[operation.who] = before | {operation.asked["password"]}
    return possible


def _old_passwords(evidence: Evidence) -> dict[str, set[str]]:
    """Return the passwords that must not be in force any more."""
    all_of: dict[str, set[str]] = defaultdict(set)
    for operation in _password_steps(evidence):
        all_of[operation.who].add(operation.asked["password"])
    old = {who: all_of[who] - possible for who, possible in _passwords(evidence).items()}
    return {who: passwords for who, passwords in old.items() if passwords}


def _last_tokens(evidence: Evidence) -> dict[str, tuple[str, str]]:
    """Return the last access and refresh token that was given out for each session."""
    return {
        operation.told["session"]: (operation.told["access"], operation.told["refresh"])
        for operation in evidence.told.of("sign_in", "refresh")
        if operation.is_done
    }


def _ended(evidence: Evidence) -> set[str]:
    """Return the sessions whose end was acknowledged."""
    return _ended_by(evidence, lambda operation: operation.is_done)


def _maybe_ended(evidence: Evidence) -> set[str]:
    """Return the sessions that somebody asked to end without hearing what came of it."""
    return _ended_by(evidence, lambda operation: operation.may_have_happened)


def _ended_by(evidence: Evidence, counts: Callable[[Operation], bool]) -> set[str]:
    """Return what ended: one session, all of an account, or all but the one that changed the password."""
    started: dict[str, set[str]] = defaultdict(set)
    over: set[str] = set()
    for operation in evidence.told.operations:
        if operation.is_done and operation.what == "sign_in":
            started[operation.who].add(operation.told["session"])
        elif counts(operation) and operation.what == "end_session":
            over.add(operation.asked["session"])
        elif counts(operation) and operation.what in ("end_all", "reset"):
            over |= started[operation.who]
        elif counts(operation) and operation.what == "change_password":
            over |= started[operation.who] - {operation.asked["session"]}
    return over


def _settled(evidence: Evidence) -> set[str]:
    """Return the sessions whose last refresh was answered."""
    last = {operation.asked["session"]: operation for operation in evidence.told.of("refresh")}
    return {session for session in evidence.session_ids if session not in last or last[session].is_done}


def _bounded(evidence: Evidence, finding: Finding, what: str, kind: AuditKind) -> None:
    """Check that each acknowledged event has a row, and that no more rows than requests are there."""
    done = Counter(each.who for each in evidence.told.of(what) if each.is_done)
    asked = Counter(each.who for each in evidence.told.of(what) if each.may_have_happened)
    for who in asked:
        account = evidence.accounts.get(who)
        rows = evidence.audited[kind, account.id] if account else 0
        holds = done[who] <= rows <= asked[who]
        finding.check(f"{who}: {rows} rows for {done[who]} to {asked[who]} of {what}", holds=holds)
