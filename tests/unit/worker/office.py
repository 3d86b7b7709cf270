"""A house whose worker tells what it does, on a clock that stands still."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from doorward.adapters.memory.store import MemoryStore
from doorward.adapters.memory.work import MemoryWork
from doorward.core.flows import Flows
from doorward.core.kernel.work import OpensWork
from doorward.core.outbox.errors import DeliveryFailed
from doorward.core.outbox.ports import HasOutbox
from doorward.core.outbox.records import Job, JobState, Letter, LetterKind, Mail
from doorward.testing.clock import FixedClock
from doorward.worker.run import Worker
from tests.house import House, Postman
from tests.stores import a_memory_store


@dataclass
class Heard:
    """Keeps what the worker tells."""

    events: list[tuple[str, dict[str, object]]] = field(default_factory=list)

    def __call__(self, event: str, /, **values: object) -> None:
        self.events.append((event, values))

    def of(self, event: str) -> list[dict[str, object]]:
        """Return what was told with each event of that name."""
        return [values for name, values in self.events if name == event]


class MoodyPostman(Postman):
    """Takes mails unless it has a failure to raise, and does something beside it where it was told to."""

    def __init__(self) -> None:
        super().__init__()
        self.failure: Exception | None = None
        self.beside: Callable[[Mail], object] = lambda mail: mail
        self.asked = 0

    def send(self, mail: Mail) -> None:
        self.asked += 1
        self.beside(mail)
        if self.failure is not None:
            raise self.failure
        super().send(mail)


DOWN = DeliveryFailed("mail.example:25: Connection refused")


@dataclass
class Office:
    """A house whose worker tells what it does."""

    store: MemoryStore = field(default_factory=a_memory_store)
    clock: FixedClock = field(default_factory=FixedClock)
    postman: MoodyPostman = field(default_factory=MoodyPostman)
    heard: Heard = field(default_factory=Heard)
    house: House = field(init=False)
    worker: Worker = field(init=False)

    def __post_init__(self) -> None:
        self.house = House(self.store, self.clock, postman=self.postman)
        self.worker = self.another_worker()

    def another_worker(self, opens: OpensWork[HasOutbox] | None = None) -> Worker:
        """Return a worker on the same store, or on one that something stands before."""
        return Worker(opens or self.store.work, self.house.flows, self.house.tools.post, self.clock, self.heard)

    def add(self, name: str) -> None:
        """Queue a job that carries nothing."""
        with self.store.work() as work:
            self.house.tools.post.job(work.outbox, name, {}, now=self.clock.now())

    def post(self, to: str = "ada@mail.example") -> None:
        letter = Letter(LetterKind.PASSWORD_CHANGED, to, "ada", happened_at=self.clock.now())
        with self.store.work() as work:
            self.house.tools.post.letter(work.outbox, letter, now=self.clock.now())

    def jobs(self, state: JobState) -> tuple[Job, ...]:
        with self.store.view() as work:
            return work.outbox.list(state)


class FlakyStore(OpensWork[HasOutbox]):
    """Opens units of work of a store that can be away, or broken."""

    def __init__(self, store: MemoryStore) -> None:
        self.store = store
        self.error: Exception | None = None

    def __call__(self) -> AbstractContextManager[MemoryWork]:
        if self.error is not None:
            raise self.error
        return self.store.work()


def with_flows(flows: Flows, **changes: object) -> Flows:
    """Return the flows with some of them replaced."""
    return type(flows)(**{**{name: getattr(flows, name) for name in flows.__slots__}, **changes})
