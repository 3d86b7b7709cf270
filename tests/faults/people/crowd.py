"""Honest clients at once, each in a thread of its own, who ask again when they hear nothing."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count, cycle, islice
from threading import Event, Lock, Thread
from typing import Final

from tests.faults.checker.history import Away, History, Refused
from tests.faults.machine.post_office import PostOffice
from tests.faults.people.by_http import HttpDoor
from tests.faults.people.person import Person, a_password

_PAUSE: Final = 0.2
"""Seconds until a client asks again that heard nothing."""

_REST: Final = 0.02
"""Seconds between two acts of a client, so that a server that starts or is slow gets some of the machine too."""


class Stopped(Exception):
    """The day is over."""


@dataclass
class Crowd:
    """Several honest clients of one server."""

    url: str
    history: History
    office: PostOffice
    size: int = 4
    patience: float = 20.0
    answered: int = 0
    failures: list[BaseException] = field(default_factory=list)
    _stop: Event = field(default_factory=Event)
    _lock: Lock = field(default_factory=Lock)
    _numbers: Iterator[int] = field(default_factory=count)

    @contextmanager
    def about(self) -> Iterator["Crowd"]:
        """Let the clients do what they do while the block runs; what one did not expect is raised at the end."""
        threads = [Thread(target=self._live, args=(place,), daemon=True) for place in range(self.size)]
        for thread in threads:
            thread.start()
        try:
            yield self
        finally:
            self._stop.set()
            for thread in threads:
                thread.join(60)
        assert not any(thread.is_alive() for thread in threads), "a client hangs"
        if self.failures:
            raise self.failures[0]

    def wait_for_answers(self, more: int, patience: float = 60.0) -> None:
        """Return when clients have got so many more answers."""
        until = self.answered + more
        for _ in range(int(patience / 0.01)):
            if self.answered >= until or self.failures:
                return
            Event().wait(0.01)
        raise AssertionError(f"only {self.answered} answers, where {until} were waited for")

    def _live(self, place: int) -> None:
        door = HttpDoor(self.url, self.patience)
        try:
            while True:
                self._life(door, place)
        except Stopped:
            return
        except BaseException as error:  # noqa: BLE001 (handed to whoever waits)
            self.failures.append(error)
        finally:
            door.close()

    def _life(self, door: HttpDoor, place: int) -> None:
        """Register, come in, and stay for a while. All but the first change their password, leave and come back."""
        person = Person(f"person.{next(self._numbers)}", door, self.history)
        self._until_answered(person.register)
        mail = self.office.wait_for(person.email, patience=0.0)
        while mail is None:
            if self._stop.is_set():
                raise Stopped
            mail = self.office.wait_for(person.email, patience=0.2)
        token = mail.token
        self._until_answered(lambda: person.verify(token), may_be_done=True)
        self._until_answered(person.sign_in)
        stays = (self._refresh, self._look)
        acts = stays if place == 0 else (*stays, self._refresh, self._change, self._refresh, self._look, self._sign_out)
        for act in islice(cycle(acts), place, place + 3 * len(acts)):
            act(person)
            self._stop.wait(_REST)

    def _refresh(self, person: Person) -> None:
        self._until_answered(person.refresh)

    def _look(self, person: Person) -> None:
        self._until_answered(person.look)

    def _change(self, person: Person) -> None:
        new = a_password()
        if not self._until_answered(lambda: person.change_password(new), may_be_done=True):
            person.password = new

    def _sign_out(self, person: Person) -> None:
        dead = person.tokens
        self._until_answered(person.end_session, may_be_done=True)
        self._until_answered(lambda: person.try_dead(dead))
        self._until_answered(person.sign_in)

    def _until_answered(self, ask: Callable[[], None], *, may_be_done: bool = False) -> bool:
        """Ask until there is an answer, and tell whether it was yes. No is an answer to a repetition alone."""
        is_repeated = False
        while True:
            if self._stop.is_set():
                raise Stopped
            try:
                ask()
            except Away:
                is_repeated = True
                self._stop.wait(_PAUSE)
            except Refused:
                if not (may_be_done and is_repeated):
                    raise
                self._count()
                return False
            else:
                self._count()
                return True

    def _count(self) -> None:
        with self._lock:
            self.answered += 1
