"""The whole house for tests: every flow over one store, on a clock that stands still, with hashes that cost nothing."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

from doorward.adapters.argon2.hasher import Argon2Hasher, Parameters, peppers_by_id
from doorward.adapters.limits.counters import LimitsCounters
from doorward.adapters.memory.files.bytes import MemoryBytes
from doorward.adapters.sealing.sealer import AesGcmSealer
from doorward.adapters.snapshots.cached import CachedSnapshots
from doorward.adapters.web.documents import CachedDocuments
from doorward.assembly.announcing import announcing
from doorward.assembly.flows import Adapters, Policy, Tools, Work, flows, tools
from doorward.assembly.keeping.flows import Keeping
from doorward.assembly.keeping.places import Places
from doorward.core.accounts.records import Registration
from doorward.core.credentials.ports import KnownPasswords, PasswordHasher
from doorward.core.federation.records import Provider
from doorward.core.files.errors import PictureRefused
from doorward.core.files.ports import Bytes, Pictures, Scanner
from doorward.core.files.records import Bounds
from doorward.core.files.rules import DEFAULT_TYPES, PICTURE_TYPES, sniff
from doorward.core.flows import Flows
from doorward.core.kernel.clock import Clock
from doorward.core.kernel.ids import AccountId
from doorward.core.kernel.outgoing import Web
from doorward.core.kernel.secrets import derive
from doorward.core.kernel.work import OpensView, OpensWork
from doorward.core.login.log_in import Attempt
from doorward.core.oauth.gateways.records import ProtectedHost
from doorward.core.outbox.ports import Letters, Mailer
from doorward.core.outbox.records import Letter, Mail
from doorward.core.sessions.records import Caller, Kind, Profile, Remembered, Rotation, Session
from doorward.testing.clock import FixedClock
from doorward.testing.materials import ReusedKeys
from doorward.worker.run import Worker
from tests.builders import ISSUER
from tests.wire import Wire

PASSWORD: Final = "correct horse battery staple"
OTHER_PASSWORD: Final = "purple monkey dishwasher lamp"
WRONG_PASSWORD: Final = "incorrect zebra voltage clip"
KNOWN_PASSWORD: Final = "an attacker tries this first"
HOME: Final = Caller(address="192.0.2.7", program="Firefox")
ABROAD: Final = Caller(address="198.51.100.66", program="curl")
SECRET: Final = bytes(range(32))
FILES_ORIGIN: Final = "https://files.example"
BOUNDS: Final = Bounds(max_bytes=1 << 20, quota_bytes=2 << 20, types=DEFAULT_TYPES)


class Store(Protocol):
    """What every store offers."""

    def work(self) -> AbstractContextManager[Work]: ...
    def view(self) -> AbstractContextManager[Work]: ...
    def rotate(self, rotations: Sequence[Rotation]) -> Sequence[tuple[Session, Profile] | None]: ...


class CountingHasher(PasswordHasher):
    """The real hasher with the smallest parameters; it counts what it is asked."""

    def __init__(self, *, passes: int = 1) -> None:
        parameters = Parameters(memory_kib=8, passes=passes)
        self._hasher = Argon2Hasher(peppers_by_id(SECRET), parameters=parameters, parallel=4)
        self.hashed: list[str] = []
        self.verified: list[str | None] = []

    @property
    def compared(self) -> int:
        """How many presented passwords were held against a stored one."""
        return sum(stored is not None for stored in self.verified)

    @property
    def calls(self) -> int:
        """How many hashes were computed."""
        return len(self.hashed) + len(self.verified)

    def hash(self, password: str) -> str:
        self.hashed.append(password)
        return self._hasher.hash(password)

    def verify(self, stored: str | None, password: str) -> bool:
        self.verified.append(stored)
        return self._hasher.verify(stored, password)

    def is_outdated(self, stored: str) -> bool:
        return self._hasher.is_outdated(stored)


class OneKnownPassword(KnownPasswords):
    """Knows one password that attackers try."""

    def contains(self, password: str) -> bool:
        return password == KNOWN_PASSWORD


class Postman(Letters, Mailer):
    """Keeps the letters that it is given to set, and the mails that it is given to carry."""

    def __init__(self) -> None:
        self.letters: list[Letter] = []
        self.mails: list[Mail] = []

    def set(self, letter: Letter, *, mail_id: str, now: datetime) -> Mail:
        self.letters.append(letter)
        return Mail(mail_id, letter.to, letter.kind, letter.username, "", now, letter.token, letter.code)

    def send(self, mail: Mail) -> None:
        self.mails.append(mail)


class StillPictures(Pictures):
    """Makes the same picture of everything that begins as one, and reads nothing else."""

    def shrink(self, source: bytes, *, edge_pixels: int) -> bytes:
        if sniff(source, PICTURE_TYPES) is None:
            raise PictureRefused
        return b"RIFF\x00\x00\x00\x00WEBPVP8 %d %d" % (edge_pixels, len(source))


@dataclass
class House:
    """Every flow, and hands to use them with."""

    store: Store
    clock: Clock = field(default_factory=FixedClock)
    registration: Registration = Registration.SEED
    hasher: CountingHasher = field(default_factory=CountingHasher)
    statements: list[str] = field(default_factory=list)
    web: Web | None = None
    providers: tuple[Provider, ...] = ()
    protected_hosts: tuple[ProtectedHost, ...] = ()
    postman: Postman = field(default_factory=Postman)
    heaps: Bytes = field(default_factory=MemoryBytes)
    bounds: Bounds = BOUNDS
    scanner: Scanner | None = None
    pictures: Pictures = field(default_factory=StillPictures)
    wire: Wire = field(default_factory=Wire)
    flows: Flows = field(init=False)
    tools: Tools = field(init=False)
    worker: Worker = field(init=False)
    failures: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        web = self.web or self.wire
        adapters = Adapters(
            work=self._counted(self.store.work),
            view=self._counted(self.store.view),
            rotate=self.store.rotate,
            clock=self.clock,
            hasher=self.hasher,
            known=OneKnownPassword(),
            signatures=ReusedKeys(),
            sealer=AesGcmSealer(derive(SECRET, "sealing")),
            counters=LimitsCounters(self.clock),
            letters=self.postman,
            mailer=self.postman,
            snapshots=CachedSnapshots(self.store.view, self.clock, bound=timedelta(0)),
            web=web,
            documents=CachedDocuments(web, self.clock),
            keeping=Keeping(Places(self.heaps, self.pictures, self.scanner), self.bounds, FILES_ORIGIN),
        )
        policy = Policy(
            ISSUER,
            SECRET,
            registration=self.registration,
            providers=self.providers,
            protected_hosts=self.protected_hosts,
            details_types=("files", "transfer"),
        )
        self.tools = tools(adapters, policy)
        self.flows = flows(announcing(adapters, self.tools), policy, self.tools)
        self.worker = Worker(self.store.work, self.flows, self.tools.post, self.clock, self._note)
        self.flows.rotate_keys()

    def advance(self, by: timedelta) -> None:
        """Move the clock, which stands otherwise."""
        assert isinstance(self.clock, FixedClock)
        self.clock.advance(by)

    def deliver(self) -> list[Letter]:
        """Run every job that is due, and return the letters that were written."""
        before = len(self.postman.letters)
        self.worker.drain()
        return self.postman.letters[before:]

    def claim(self, name: str = "margaret", *, email: str | None = None, password: str = PASSWORD) -> Letter:
        """Register, and return the letter that answers it."""
        self.flows.register(name, email or f"{name}@mail.example", password=password, caller=HOME)
        (letter,) = self.deliver()
        return letter

    def account(self, name: str = "margaret", *, email: str | None = None, password: str = PASSWORD) -> AccountId:
        """Register, take the link from the mail, and return the account."""
        return self.flows.verify_email.by_link(token_of(self.claim(name, email=email, password=password)))

    def sign_in(
        self,
        login: str = "margaret",
        password: str = PASSWORD,
        *,
        kind: Kind = Kind.WEB,
        caller: Caller = HOME,
        device_token: str | None = None,
    ) -> Remembered:
        """Sign in."""
        known = Caller(caller.address, caller.program, device_token)
        return self.flows.log_in(Attempt(login, password, kind, known, "Firefox on Linux"))

    def _note(self, event: str, /, **values: object) -> None:
        if event.endswith("failed"):
            self.failures.append(f"{event} {values}")

    def _counted(self, opens: Callable[[], AbstractContextManager[Work]]) -> "Opens":
        return Opens(opens, self.statements.append)


_OPEN: Final = threading.local()


@dataclass(frozen=True)
class Opens(OpensWork[Work], OpensView[Work]):
    """Opens a unit of work whose every question and change is noted by name.

    Never one inside another: where there is one connection, that waits for itself.
    """

    opens: Callable[[], AbstractContextManager[Work]]
    note: Callable[[str], None]

    @contextmanager
    def __call__(self) -> Iterator[Work]:
        assert not getattr(_OPEN, "is_open", False), "a unit of work is open in this thread"
        with self.opens() as work:
            _OPEN.is_open = True
            try:
                yield noted(work, self.note)
            finally:
                _OPEN.is_open = False


def noted(work: Work, note: Callable[[str], None]) -> Work:
    """Return `work` with rooms that note each call."""
    return _rebuilt(work, lambda room, name: lambda: note(f"{room}.{name}"))


def replacing(work: Work, room: str, name: str, answer: Callable[[], object]) -> Work:
    """Return `work` with one method that gives `answer` instead of its own, unless that is None."""
    return _rebuilt(work, lambda other, method: answer if (other, method) == (room, name) else lambda: None)


def _rebuilt(work: Work, before: Callable[[str, str], Callable[[], object]]) -> Work:
    proxy: Work = _standing_for(work, lambda room, port: _rebuilt_room(room, port, before))
    return proxy


def _rebuilt_room(room: str, port: object, before: Callable[[str, str], Callable[[], object]]) -> object:
    def through(name: str, method: Callable[..., object]) -> Callable[..., object]:
        def call(*arguments: object, **named: object) -> object:
            answer = before(room, name)()
            return method(*arguments, **named) if answer is None else answer

        return call

    return _standing_for(port, through)


class _Rebuilt:
    """Has each part of `inner` as `made` of its name and itself; a part is made when it is first asked for."""

    def __init__(self, inner: object, made: Callable[[str, Any], object]) -> None:
        self._inner = inner
        self._made = made

    def __getattr__(self, name: str) -> object:
        part = vars(self)[name] = self._made(name, getattr(self._inner, name))
        return part


def _standing_for(inner: object, made: Callable[[str, Any], object]) -> Any:  # noqa: ANN401 (stands for whatever it is given)
    return _Rebuilt(inner, made)


def token_of(letter: Letter) -> str:
    """Return the token in a letter, which must have one."""
    assert letter.token is not None, letter
    return letter.token


def code_of(letter: Letter) -> str:
    """Return the code in a letter, which must have one."""
    assert letter.code is not None, letter
    return letter.code
