"""What is going on when the process dies, and how an honest client goes on afterwards."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from doorward.adapters.clock.system import SystemClock
from doorward.assembly.store import Store
from doorward.core.kernel.clock import Clock
from doorward.core.kernel.ids import SessionId, new_id
from doorward.core.oauth.start_session import StartClientSession
from doorward.core.outbox.records import Mail
from tests.builders import a_client, a_grant
from tests.faults.checker.history import History, Mailed, Refused
from tests.faults.kills.points import Points
from tests.faults.people.by_flows import FlowsDoor
from tests.faults.people.person import Person, a_password
from tests.house import CountingHasher, House, Postman

_LEASES_RUN_OUT: Final = timedelta(seconds=61)
_ATTEMPTS: Final = 8


class SkewedClock(Clock):
    """Tells the machine's time, moved on by what tests have skipped."""

    def __init__(self) -> None:
        self._machine = SystemClock()
        self.skew = timedelta(0)

    def now(self) -> datetime:
        return self._machine.now() + self.skew

    def steady(self) -> float:
        return self._machine.steady() + self.skew.total_seconds()

    def pause(self, duration: timedelta) -> None:
        self.skew += duration

    def skip(self, duration: timedelta) -> None:
        """Let time pass."""
        self.skew += duration


class NotingPostman(Postman):
    """Accepts mails, and notes it before it says so."""

    def __init__(self, history: History, points: Points) -> None:
        super().__init__()
        self._history = history
        self._points = points

    def send(self, mail: Mail) -> None:
        self._points.reach("before the mail")
        super().send(mail)
        mailed = {"mail_id": mail.id, "to": mail.to, "mail_kind": mail.subject}
        self._history.note("mailed", **mailed, token=mail.token or "", code=mail.code or "")
        self._points.reach("after the mail")


class NotingHasher(CountingHasher):
    """Compares passwords, and notes each comparison with a stored hash before anybody hears of it."""

    def __init__(self, history: History) -> None:
        super().__init__()
        self._history = history

    def verify(self, stored: str | None, password: str) -> bool:
        is_right = super().verify(stored, password)
        if stored is not None:
            self._history.note("guessed", stored=stored[-16:], is_right=is_right)
        return is_right


@dataclass
class Stage:
    """A house over a store, on which scenes are played; its points are armed while an act runs."""

    store: Store
    history: History
    clock: SkewedClock
    points: Points = field(default_factory=Points)
    house: House = field(init=False)
    door: FlowsDoor = field(init=False)

    def __post_init__(self) -> None:
        postman = NotingPostman(self.history, self.points)
        self.house = House(self.store, self.clock, hasher=NotingHasher(self.history), postman=postman)
        self.door = FlowsDoor(self.house.flows, lambda: self.points.reach("before the answer"))

    def mails_to(self, person: Person) -> list[Mailed]:
        """Return the mails that reached somebody, in order."""
        return self.history.mails_to(person.email)

    def deliver(self) -> None:
        """Run the jobs that are due, and those whose worker died."""
        self.clock.skip(_LEASES_RUN_OUT)
        self.house.worker.drain()


def _newcomer(_: Stage, __: Person) -> None:
    """Has not been here."""


def _claimant(stage: Stage, person: Person) -> None:
    person.register()
    stage.house.worker.drain()


def _member(stage: Stage, person: Person) -> None:
    _claimant(stage, person)
    person.verify(stage.mails_to(person)[-1].token)


def _signed_in(stage: Stage, person: Person) -> None:
    _member(stage, person)
    person.sign_in()


def _signed_in_twice(stage: Stage, person: Person) -> None:
    _signed_in(stage, person)
    person.sign_in()


def let_a_client_in(stage: Stage, person: Person) -> SessionId:
    """Let a client act for somebody in the session that they hold, and return the session of the client."""
    now, start = stage.clock.now(), StartClientSession(stage.house.tools.refresh_tokens)
    with stage.store.work() as work:
        parent = work.sessions.by_id(SessionId(person.tokens.session))
        assert parent is not None
        grant = replace(a_grant(now=now), session_id=SessionId(new_id(now)), account_id=parent.account_id)
        assert start(work, grant, a_client(), scope="openid", place="", granted_in=parent.id, now=now)
    return grant.session_id


def _acted_for(stage: Stage, person: Person) -> None:
    _signed_in_twice(stage, person)
    let_a_client_in(stage, person)


def _forgetful(stage: Stage, person: Person) -> None:
    _signed_in(stage, person)
    person.forget_password()
    stage.house.worker.drain()


def _enter(_: Stage, person: Person) -> None:
    person.sign_in()
    person.look()


def _retry_refresh(_: Stage, person: Person) -> None:
    person.refresh()
    person.refresh()
    person.look()


def _register_and_verify(stage: Stage, person: Person) -> None:
    person.register()
    stage.house.worker.drain()
    for mail in stage.mails_to(person):
        person.verify(mail.token)


def _go_on_registering(stage: Stage, person: Person) -> None:
    with suppress(Refused):  # the name is taken: by this very person, if the answer alone was lost
        person.register()
    stage.deliver()
    with suppress(Refused):  # verified before, or by the earlier link of the two
        person.verify(next(mail.token for mail in reversed(stage.mails_to(person)) if mail.token))
    _enter(stage, person)


def _verify_by_link(stage: Stage, person: Person) -> None:
    person.verify(stage.mails_to(person)[-1].token)


def _verify_by_code(stage: Stage, person: Person) -> None:
    person.verify_code(stage.mails_to(person)[-1].code)


def _again(act: Callable[[Stage, Person], None]) -> Callable[[Stage, Person], None]:
    """Return what an honest client does that heard nothing: the same again, then it goes in."""

    def go_on(stage: Stage, person: Person) -> None:
        with suppress(Refused):
            act(stage, person)
        _enter(stage, person)

    return go_on


def _change_password(_: Stage, person: Person) -> None:
    person.change_password(f"{person.password}-changed")


def _go_on_changing(stage: Stage, person: Person) -> None:
    changed = f"{person.password}-changed"
    try:
        person.change_password(changed)
    except Refused:
        person.password = changed
    person.look()
    _enter(stage, person)


def _reset_password(stage: Stage, person: Person) -> None:
    person.reset_password(stage.mails_to(person)[-1].token, f"{person.password}-reset")


def _go_on_resetting(stage: Stage, person: Person) -> None:
    chosen, before = f"{person.password}-reset", person.tokens
    with suppress(Refused):
        person.reset_password(stage.mails_to(person)[-1].token, chosen)
    person.password = chosen
    person.try_dead(before)
    _enter(stage, person)


def _end_session(_: Stage, person: Person) -> None:
    person.end_session()


def _end_all(_: Stage, person: Person) -> None:
    person.end_all()


def _go_on_ending(act: Callable[[Stage, Person], None]) -> Callable[[Stage, Person], None]:
    def go_on(stage: Stage, person: Person) -> None:
        with suppress(Refused):
            act(stage, person)
        person.try_dead(person.tokens)
        _enter(stage, person)

    return go_on


def _guess(_: Stage, person: Person) -> None:
    with suppress(Refused):
        person.guess(f"{person.password}-no", must_deny="yes")


def _go_on_guessing(stage: Stage, person: Person) -> None:
    for _ in range(_ATTEMPTS):
        stage.clock.skip(_LEASES_RUN_OUT)
        _guess(stage, person)
    with suppress(Refused):  # suspended for strangers: even the right password is refused
        person.guess(person.password, must_deny="yes")
    _enter(stage, person)


@dataclass(frozen=True)
class Scene:
    """A flow that is killed: what goes before, the act that dies somewhere, and how the client goes on."""

    name: str
    prepare: Callable[[Stage, Person], None]
    act: Callable[[Stage, Person], None]
    go_on: Callable[[Stage, Person], None]


SCENES: Final = (
    Scene("rotate", _signed_in, lambda _, person: person.refresh(), _retry_refresh),
    Scene("verify_by_link", _claimant, _verify_by_link, _again(_verify_by_link)),
    Scene("verify_by_code", _claimant, _verify_by_code, _again(_verify_by_code)),
    Scene("reset_password", _forgetful, _reset_password, _go_on_resetting),
    Scene("register", _newcomer, _register_and_verify, _go_on_registering),
    Scene("change_password", _signed_in_twice, _change_password, _go_on_changing),
    Scene("end_session", _signed_in_twice, _end_session, _go_on_ending(_end_session)),
    Scene("end_parent", _acted_for, _end_session, _go_on_ending(_end_session)),
    Scene("end_all", _acted_for, _end_all, _go_on_ending(_end_all)),
    Scene("sign_in", _member, _enter, _enter),
    Scene("guess", _signed_in, _guess, _go_on_guessing),
)
"""Every flow whose death is tried."""


def a_person(stage: Stage, name: str) -> Person:
    """Return somebody who has not been here."""
    return Person(name, stage.door, stage.history, a_password())
