"""A running site for functional tests: the application over a real SQLite file, and browsers and apps to visit it."""

from asyncio import AbstractEventLoop
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from ipaddress import ip_network
from pathlib import Path
from typing import Final, Self

from httpx2 import Client, Response

from doorward.adapters.disk.folder import FolderBytes
from doorward.adapters.mailbox.folder import FolderMailbox
from doorward.adapters.snapshots.cached import CachedSnapshots
from doorward.adapters.sql.store import SqlStore
from doorward.api.app import Api, build
from doorward.api.doors import AtOnce, Doors, FileDoors, Inside, Instance, Watch
from doorward.api.lanes import Lanes
from doorward.api.pages.errors import error_page
from doorward.api.pages.router import page_routers
from doorward.assembly.keeping.places import Places
from doorward.core.federation.records import Provider
from doorward.core.kernel.outgoing import Web
from doorward.core.oauth.gateways.records import ProtectedHost
from doorward.core.operating.figures import Counted, Figures
from doorward.testing.clock import FixedClock
from tests.builders import ISSUER
from tests.functional.direct import Direct, a_loop
from tests.functional.inside import HOUR, SHOWN
from tests.house import FILES_ORIGIN, PASSWORD, SECRET, House, StillPictures, code_of, token_of

HOME: Final = "192.0.2.7"
ABROAD: Final = "198.51.100.66"
PROXY: Final = "10.0.0.1"
SPA: Final = "https://spa.example"
FIREFOX: Final = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"
CSRF: Final = "/v1/auth/csrf"


class Notes(Watch):
    """Keeps what the doors tell."""

    def __init__(self) -> None:
        self.answers: list[tuple[str, str, int, float, str]] = []
        self.failures: list[tuple[BaseException, str, str]] = []
        self.refusals: list[tuple[str, str, str, str]] = []
        self.lanes: list[str] = []

    def answered(self, *, method: str, route: str, status: int, seconds: float, request_id: str) -> None:
        self.answers.append((method, route, status, seconds, request_id))

    def failed(self, error: BaseException, *, route: str, request_id: str) -> None:
        self.failures.append((error, route, request_id))

    def refused(self, code: str, *, reason: str, route: str, request_id: str) -> None:
        self.refusals.append((code, reason, route, request_id))

    def waited(self, lane: str, *, seconds: float) -> None:  # noqa: ARG002 (how long is no matter here)
        self.lanes.append(lane)

    def turned_away(self, lane: str) -> None: ...


@dataclass
class Site:
    """The application, and the house behind it."""

    house: House
    doors: Doors
    app: Api
    notes: Notes
    clock: FixedClock
    file: Path
    _loop: AbstractEventLoop = field(init=False)
    _until_closed: ExitStack = field(default_factory=ExitStack)

    def __post_init__(self) -> None:
        self._loop = self._until_closed.enter_context(a_loop())

    @classmethod
    def open(
        cls,
        folder: Path,
        empty: Path,
        *,
        is_development: bool = False,
        web: Web | None = None,
        providers: tuple[Provider, ...] = (),
        protected_hosts: tuple[ProtectedHost, ...] = (),
        places: Places | None = None,
    ) -> Self:
        """Return a site over a copy of an empty store. Files lie in a folder unless `places` says otherwise."""
        file, clock, notes = folder / "store.sqlite3", FixedClock(), Notes()
        file.write_bytes(empty.read_bytes())
        houses: list[House] = []

        def forget(account_ids: object) -> None:
            for snapshots in (each.flows.recognise.snapshots for each in houses):
                assert isinstance(snapshots, CachedSnapshots)
                assert isinstance(account_ids, tuple | set | frozenset | list | dict)
                snapshots.forget(account_ids)

        store = SqlStore(f"sqlite:///{file}", on_change=forget, on_jobs=lambda: None)
        kept = places or Places(FolderBytes(folder / "files"))
        house = House(
            store,
            clock,
            web=web,
            providers=providers,
            protected_hosts=protected_hosts,
            heaps=kept.heaps,
            scanner=kept.scanner,
            pictures=kept.pictures or StillPictures(),
        )
        houses.append(house)
        doors = Doors(
            flows=house.flows,
            lanes=Lanes.build(cores=2, watch=notes),
            counters=AtOnce(house.flows.answer_claim.counters),
            clock=clock,
            issuer=ISSUER,
            is_development=is_development,
            csrf_key=SECRET,
            watch=notes,
            checks={"store": lambda: True, "keys": house.flows.keyring.is_ready},
            metrics=lambda: b"doorward_up 1\n",
            figures=lambda: Figures(0.0, Counted()),
            inside=Inside(lambda: SHOWN, lambda: Instance(clock.now(), None, "SQLite", "none", 1), lambda: HOUR),
            version="0",
            trusted_proxies=(ip_network("10.0.0.0/8"),),
            cors_origins=frozenset({SPA}),
            mailbox=FolderMailbox(folder / "mailbox") if is_development else None,
            files=FileDoors(FILES_ORIGIN, house.bounds.max_bytes),
        )
        return cls(house, doors, _built(doors), notes, clock, file)

    def built_anew(self) -> Self:
        """Return the site once its application was built for what stands in the doors now."""
        self.app = _built(self.doors)
        return self

    def close(self) -> None:
        """End the loop, and close lanes and store."""
        self._until_closed.close()
        self.doors.lanes.close()
        assert isinstance(self.house.store, SqlStore)
        self.house.store.close()

    def browser(self, address: str = HOME) -> "Browser":
        """Return a browser that has not been here before."""
        return Browser(self, address)

    def device(self, address: str = HOME) -> "App":
        """Return an app that has not been here before."""
        return App(self, address)

    def client(self, address: str = HOME) -> Client:
        """Return a client that sends nothing by itself."""
        return Client(base_url=ISSUER, transport=Direct(self.app, self._loop, address), follow_redirects=True)


def _built(doors: Doors) -> Api:
    return build(doors, pages=page_routers(doors), error_page=error_page)


@dataclass
class Browser:
    """Keeps cookies, says where a request comes from, and fetches a token before it changes anything."""

    site: Site
    address: str = HOME
    client: Client = field(init=False)

    def __post_init__(self) -> None:
        self.client = self.site.client(self.address)
        self.client.headers.update({"user-agent": FIREFOX, "sec-fetch-site": "same-origin"})

    def get(self, path: str, **headers: str) -> Response:
        """Get something."""
        return self.client.get(path, headers=headers, follow_redirects=False)

    def token(self) -> str:
        """Return a fresh token against forgery."""
        token = self.client.get(CSRF).json()["csrf_token"]
        assert isinstance(token, str)
        return token

    def send(
        self, method: str, path: str, body: object = None, *, headers: Mapping[str, str] | None = None
    ) -> Response:
        """Change something."""
        sent = {"x-csrf-token": self.token(), **(headers or {})}
        return self.client.request(method, path, json=body, headers=sent)

    def sign_in(self, login: str = "margaret", password: str = PASSWORD) -> Response:
        """Sign in."""
        return self.send("POST", "/v1/auth/login_web", {"username": login, "password": password})

    def cookie(self, name: str) -> str | None:
        """Return a cookie that the browser holds, by the end of its name."""
        found = [cookie.value for cookie in self.client.cookies.jar if cookie.name.endswith(f"dw_{name}")]
        assert len(found) <= 1, found
        return found[0] if found else None

    def cookies(self) -> set[str]:
        """Return the names of the cookies that the browser holds, without prefix."""
        return {cookie.name.rpartition("dw_")[2] for cookie in self.client.cookies.jar}


@dataclass
class App:
    """Holds tokens, and sends them as a bearer."""

    site: Site
    address: str = HOME
    client: Client = field(init=False)
    access_token: str = ""
    refresh_token: str = ""
    device_token: str = ""

    def __post_init__(self) -> None:
        self.client = self.site.client(self.address)
        self.client.headers["user-agent"] = "Mapper/3.1 (Android 16)"

    def send(
        self, method: str, path: str, body: object = None, *, headers: Mapping[str, str] | None = None
    ) -> Response:
        """Ask for something, with the access token if there is one."""
        sent = dict(headers or {})
        if self.access_token:
            sent.setdefault("authorization", f"Bearer {self.access_token}")
        return self.client.request(method, path, json=body, headers=sent)

    def get(self, path: str, **headers: str) -> Response:
        """Get something."""
        return self.send("GET", path, headers=headers)

    def sign_in(self, login: str = "margaret", password: str = PASSWORD, **more: str) -> Response:
        """Sign in, and keep the tokens."""
        headers = {"x-device-token": self.device_token} if self.device_token else {}
        body = {"username": login, "password": password, **more}
        answer = self.client.post("/v1/auth/login_mobile", json=body, headers=headers)
        if answer.status_code == 200:
            self.keep(answer)
        return answer

    def refresh(self, refresh_token: str | None = None) -> Response:
        """Continue the session, and keep the tokens."""
        body = {"refresh_token": refresh_token or self.refresh_token}
        answer = self.client.post("/v1/auth/refresh_mobile", json=body)
        if answer.status_code == 200:
            self.keep(answer)
        return answer

    def keep(self, answer: Response) -> None:
        """Keep the tokens of an answer."""
        tokens = answer.json()
        self.access_token, self.refresh_token = tokens["access_token"], tokens["refresh_token"]
        self.device_token = answer.headers.get("x-device-token", self.device_token)


def last_token(site: Site) -> str:
    """Run the jobs that are due, and return the token of the last letter."""
    return token_of(site.house.deliver()[-1])


def last_code(site: Site) -> str:
    """Run the jobs that are due, and return the code of the last letter."""
    return code_of(site.house.deliver()[-1])


def problem(answer: Response) -> tuple[int, str]:
    """Return status and code of a refusal, which must be a problem document with everything that it needs."""
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    body = answer.json()
    assert {"type", "title", "status", "code", "detail", "request_id"} <= set(body)
    assert body["status"] == answer.status_code
    assert body["request_id"] == answer.headers["x-request-id"]
    return answer.status_code, body["code"]
