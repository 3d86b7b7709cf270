"""The whole server in memory.

Routes, flows, limits, lockouts, rotation and refusals are those of production. What differs: the store and the mails
are in this process, the clock stands still until it is moved, a password hash costs next to nothing, and a pair of
signing keys is made once a process.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from itertools import count
from threading import Event, Lock, Thread
from typing import Final, Self
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.testclient import TestClient
from starlette.types import ASGIApp

from doorward.adapters.argon2.hasher import Argon2Hasher
from doorward.adapters.clock.system import SystemClock
from doorward.adapters.mailbox.memory import MemoryMailbox
from doorward.adapters.memory.files.bytes import MemoryBytes
from doorward.adapters.web.addresses import Reach
from doorward.adapters.web.client import WebClient
from doorward.api.app import Api
from doorward.api.doors import Doors
from doorward.assembly.app import app_of, doors_of
from doorward.assembly.house import House, open_house
from doorward.assembly.keeping.places import Places
from doorward.assembly.mounting import Mounted, mount, mounted_in, require_place
from doorward.assembly.outside import Outside
from doorward.assembly.store import Listeners, Store
from doorward.settings.generate import generate_secret
from doorward.settings.load import given
from doorward.settings.problems import Problem, SettingsInvalid
from doorward.settings.record import SETTINGS
from doorward.testing.clients import HOME, Client, Line, Mobile, Web
from doorward.testing.clock import FixedClock
from doorward.testing.mails import Mails
from doorward.testing.materials import WORTHLESS_HASH_COST_FOR_TESTS, ReusedKeys, SharedStore
from doorward.testing.serving import a_port, answering

ISSUER: Final = "https://doorward.test"
PASSWORD: Final = "the door opens inwards"  # noqa: S105 (of accounts that exist in tests alone)
_OWN_SECTIONS: Final = frozenset({"store", "secrets"})
_OWN_SETTINGS: Final = frozenset({"environment", "data_dir", "smtp_url"})
_OK: Final = 200


@dataclass(frozen=True, slots=True)
class Owner:
    """Somebody with an account: what they know, and what they may do."""

    id: str
    username: str
    email: str
    password: str = field(repr=False)
    roles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Instance:
    """One server that runs: the house behind it, and what clients speak to, itself or where it is mounted."""

    house: House
    line: Line


class Twin:
    """The server in this process, and hands to use it with. It is a context manager; the fixture `doorward` is one.

    `settings` are those of the server, by their names in doorward.toml; neither a file nor the environment is read.
    The clock begins at the machine's present, so that others who ask the machine agree at first.
    Raises: SettingsInvalid, when a setting is wrong, or names what a twin has of its own.
    """

    def __init__(self, settings: Mapping[str, object] | None = None, *, start: datetime | None = None) -> None:
        self._settings = dict(settings or {})
        _require_changeable(self._settings)
        given(self._settings)  # so that a mistake is told before anything is done
        self._secrets = {"secret": generate_secret(), "pepper": generate_secret()}
        self._store = SharedStore()
        self._mailbox = MemoryMailbox()
        self._heaps = MemoryBytes()
        self._has_jobs = Event()
        self._working = Lock()
        self._open = ExitStack()
        self._mounted: tuple[Starlette, Mounted] | None = None
        self._instance: _Instance | None = None
        self._numbers = count(1)
        self.clock: Final = FixedClock(start or SystemClock().now().replace(microsecond=0), then=self.run_jobs)
        self.mailbox: Final = Mails(self._mailbox, self.run_jobs)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End everything that runs, and leave an application that it was mounted in as it was."""
        self._open.close()

    @property
    def issuer(self) -> str:
        """The public base URL of the server, with the path that it is mounted at."""
        return self._here.line.issuer

    @property
    def app(self) -> ASGIApp:
        """What answers, as an ASGI application: the server, or the application that it is mounted in."""
        return self._here.line.answers

    @property
    def key_set(self) -> dict[str, list[dict[str, str]]]:
        """The public keys that verify its tokens, as `/.well-known/jwks.json` shows them."""
        published: dict[str, list[dict[str, str]]] = json.loads(self._here.house.flows.keyring.published())
        return published

    def account(
        self,
        username: str | None = None,
        *,
        email: str | None = None,
        password: str = PASSWORD,
        roles: tuple[str, ...] = (),
    ) -> Owner:
        """Make an account with a proven address, as an operator adds one, and return its owner.

        Raises: Refusal, for a name, an address or a password that the server would not take from anybody.
        """
        name = username or f"person{next(self._numbers)}"
        add = self._here.house.flows.add_account
        added = add(name, email or f"{name}@mail.example", password=password, roles=roles).account
        return Owner(added.id, added.username, added.email, password, roles)

    def web(self, owner: Owner | None = None, *, address: str = HOME) -> Web:
        """Return a browser that has not been here before, signed in as `owner` if one is given.

        Raises: RuntimeError, when signing in is refused.
        """
        browser = Web(self._here.line, address)
        if owner is not None:
            _require_signed_in(owner, browser.sign_in(owner.username, owner.password))
        return browser

    def mobile(self, owner: Owner | None = None, *, address: str = HOME, refreshes: bool = False) -> Mobile:
        """Return an app that has not been here before, signed in as `owner` if one is given.

        With `refreshes` it continues its session by itself when it is answered 401.
        Raises: RuntimeError, when signing in is refused.
        """
        device = Mobile(self._here.line, address, refreshes=refreshes)
        if owner is not None:
            _require_signed_in(owner, device.sign_in(owner.username, owner.password))
        return device

    def anonymous(self, *, address: str = HOME) -> Client:
        """Return a client that sends nothing by itself."""
        return Client(self._here.line, address)

    def run_jobs(self) -> int:
        """Do what a worker would have done by now, and return how many jobs ran. Looking at the mailbox does it too."""
        with self._working:
            worker = self._here.house.worker
            worker.post_scheduled()
            return worker.drain()

    def mount_in(self, app: object, path: str = "/auth") -> None:
        """Stand in an application, until the twin is closed.

        Where `doorward.mount` has put the server, the twin takes its place, at that path and with the settings that
        stand in the code, and the other one never comes to life; elsewhere it is mounted at `path`. From here on every
        client speaks to that application.
        Raises: TypeError, when it is no FastAPI or Starlette application.
        """
        place = require_place(app, path)
        mounted = mounted_in(place)
        if mounted is None:
            mounted = self._open.enter_context(_mounted_for_a_while(place, path))
        self._mounted = (place, mounted)
        self._stand_at(f"{self._origin}{mounted.path}")

    @contextmanager
    def serve(self) -> Iterator[str]:
        """Answer on a port of this machine too, for as long as the block runs, and return the base URL for a browser.

        Accounts, mails and the clock stay; sessions belong to an address, so those of before count again afterwards.
        Jobs are run as they come.
        """
        before = self._here
        path = urlsplit(before.line.issuer).path
        with a_port() as listening, ExitStack() as served:
            port: int = listening.getsockname()[1]
            self._open, outer = served, self._open
            try:
                self._stand_at(f"http://localhost:{port}{path}")
                with answering(self.app, listening), self._at_work():
                    yield self.issuer
            finally:
                self._open, self._instance = outer, before

    @property
    def _origin(self) -> str:
        parts = urlsplit(str(self._settings.get("issuer", ISSUER)))
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def _here(self) -> _Instance:
        return self._instance or self._stand_at(str(self._settings.get("issuer", ISSUER)))

    def _stand_at(self, issuer: str) -> _Instance:
        """Open a house at an address over the one store, and let everybody speak to it."""
        mounted = self._mounted[1] if self._mounted else None
        in_code = {name: value for name, value in mounted.given.items() if not _is_own(name)} if mounted else {}
        own = {"store_url": "sqlite://", **self._secrets, "issuer": issuer}
        house = open_house(given({**in_code, **self._settings, **own}), in_tests=self._outside())
        house.prepare()
        doors = doors_of(house)
        self._open.callback(_end, house, doors)
        server = app_of(house, doors=doors, with_worker=False)
        self._instance = _Instance(house, self._line(server, issuer))
        return self._instance

    def _line(self, server: Api, issuer: str) -> Line:
        """Return how to reach a server, which comes to life when the first client asks for it."""
        opened = self._open
        answers: ASGIApp = server
        if self._mounted is not None:
            answers, mounted = self._mounted
            opened.enter_context(mounted.replaced_by(server))
        return Line(answers, issuer, self.clock, cache(lambda: opened.enter_context(TestClient(answers))))

    def _outside(self) -> Outside:
        return Outside(
            clock=self.clock,
            open_store=self._open_store,
            mailer=self._mailbox,
            mailbox=self._mailbox,
            signatures=ReusedKeys(),
            hash_cost=WORTHLESS_HASH_COST_FOR_TESTS,
            web=WebClient(Reach(loopback_for_development=True)),
            places=Places(self._heaps),
        )

    def _open_store(self, listeners: Listeners) -> Store:
        def wake() -> None:
            listeners.on_jobs()
            self._has_jobs.set()

        return self._store.open(Listeners(listeners.on_change, wake, listeners.on_audited))

    @contextmanager
    def _at_work(self) -> Iterator[None]:
        """Run jobs as they come, in a thread of its own."""
        is_over = Event()

        def work() -> None:
            while not is_over.is_set():
                self._has_jobs.wait()
                self._has_jobs.clear()
                self.run_jobs()

        thread = Thread(target=work, name="doorward-worker", daemon=True)
        thread.start()
        try:
            yield
        finally:
            is_over.set()
            self._has_jobs.set()
            thread.join()


def _end(house: House, doors: Doors) -> None:
    """End every thread of a house."""
    doors.lanes.close()
    house.close()
    if isinstance(house.adapters.hasher, Argon2Hasher):
        house.adapters.hasher.close()


def _require_changeable(settings: Mapping[str, object]) -> None:
    own = sorted(name for name in settings if _is_own(name))
    if own:
        what = f"A test cannot choose {', '.join(own)}."
        why = "The twin keeps accounts, mails and secrets in this process, and none of them anywhere else."
        raise SettingsInvalid([Problem(what, why, "Leave it out; a real server is started with `doorward serve`.")])


def _is_own(name: str) -> bool:
    setting = SETTINGS.get(name)
    return name in _OWN_SETTINGS or (setting is not None and setting.section in _OWN_SECTIONS)


def _require_signed_in(owner: Owner, answer: object) -> None:
    status, text = getattr(answer, "status_code", None), getattr(answer, "text", "")
    if status != _OK:
        raise RuntimeError(f"signing in as {owner.username} was answered {status}: {text}")


@contextmanager
def _mounted_for_a_while(app: Starlette, path: str) -> Iterator[Mounted]:
    """Mount a place for a server, and leave the application as it was afterwards."""
    routes, lifespan = list(app.router.routes), app.router.lifespan_context
    handlers = dict(app.exception_handlers)
    mounted = Mounted(path, {}, _nothing_of_its_own)
    mount(app, mounted)
    try:
        yield mounted
    finally:
        app.router.routes[:] = routes
        app.router.lifespan_context = lifespan
        app.exception_handlers = handlers


def _nothing_of_its_own() -> Api:
    raise RuntimeError("the twin that stood here is closed")
