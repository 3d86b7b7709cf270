"""Honest clients behind a gateway that knows some servers, and the mail server that they read their mail from."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from threading import Event, Lock, Thread
from typing import Final

import httpx2
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.processes import free_port, wait_until

PASSWORD: Final = "the door opens inwards"
_PATIENCE: Final = 30.0
_REST: Final = 0.3
"""How many seconds a client rests between its turns."""
_LONG_REST: Final = 2.0
"""The same while a server starts, which would have to share the machine with them."""


class MailServer:
    """Takes every mail, and counts each by its Message-ID."""

    def __init__(self) -> None:
        self.taken: Counter[str] = Counter()
        self.tokens: dict[str, str] = {}
        self._lock = Lock()
        self._controller = Controller(self, hostname="127.0.0.1", port=free_port())

    @property
    def url(self) -> str:
        """Where it is."""
        return f"smtp://127.0.0.1:{self._controller.port}"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 (as aiosmtpd calls it)
        """Take a mail."""
        assert isinstance(envelope.content, bytes)
        text = envelope.content.decode().replace("=\r\n", "").replace("=3D", "=")
        (message_id,) = re.findall(r"(?im)^message-id: (\S+)", text)
        found = re.search(r"/verify\?token=([\w-]+)", text)
        with self._lock:
            self.taken[message_id] += 1
            if found:
                self.tokens[envelope.rcpt_tos[0]] = found[1]
        return "250 taken"

    def wait_for(self, email: str) -> None:
        """Return when the letter that verifies an address has come."""
        wait_until(lambda: email in self.tokens)

    @contextmanager
    def open(self) -> Iterator["MailServer"]:
        """Listen for as long as the block runs."""
        self._controller.start()
        try:
            yield self
        finally:
            self._controller.stop()


@dataclass
class Gateway:
    """Hands each request to the next server; one that is being stopped and takes it no more is passed over."""

    ports: tuple[int, ...] = ()
    host: str = "127.0.0.1"
    stopping: set[int] = field(default_factory=set)
    served: Counter[int] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    _turn: Iterator[int] = field(default_factory=count)
    _client: httpx2.Client = field(default_factory=lambda: httpx2.Client(timeout=_PATIENCE))

    def close(self) -> None:
        """Hang up."""
        self._client.close()

    def send(
        self,
        method: str,
        path: str,
        expected: int,
        *,
        body: object = None,
        headers: Mapping[str, str] | None = None,
        client: httpx2.Client | None = None,
    ) -> httpx2.Response:
        """Return the answer; any other status than the expected one, and a broken connection, is a failed request."""
        for port in self._order():
            try:
                url = f"http://{self.host}:{port}{path}"
                answer = (client or self._client).request(method, url, json=body, headers=headers)
            except (httpx2.NetworkError, httpx2.RemoteProtocolError) as error:
                if port in self.stopping:
                    continue
                self.failures.append(f"{method} {path} on {port}: {error!r}")
                raise
            self.served[port] += 1
            if answer.status_code != expected:
                self.failures.append(f"{method} {path} on {port}: {answer.status_code} {answer.text}")
            return answer
        raise AssertionError(f"no server took {method} {path}")

    def _order(self) -> tuple[int, ...]:
        ports = self.ports
        first = next(self._turn) % len(ports)
        return (*ports[first:], *ports[:first])


@dataclass
class Person:
    """Somebody who has an account, and one session that lasts through everything."""

    gateway: Gateway
    name: str
    tokens: dict[str, str] = field(default_factory=dict)

    @property
    def email(self) -> str:
        return f"{self.name}@mail.example"

    def register(self) -> None:
        body = {"username": self.name, "email": self.email, "password": PASSWORD}
        self.gateway.send("POST", "/v1/auth/register_mobile", 201, body=body)

    def verify(self, token: str) -> None:
        self.gateway.send("POST", "/v1/auth/verify_email", 200, body={"token": token})

    def sign_in(self) -> None:
        body = {"username": self.email, "password": PASSWORD}
        self.tokens = self.gateway.send("POST", "/v1/auth/login_mobile", 200, body=body).json()

    def refresh(self) -> None:
        body = {"refresh_token": self.tokens["refresh_token"]}
        self.tokens = self.gateway.send("POST", "/v1/auth/refresh_mobile", 200, body=body).json()

    def show(self) -> None:
        self.gateway.send("GET", "/v1/mobile/me", 200, headers=self._bearer)

    def rename(self, name: str) -> None:
        self.gateway.send("PATCH", "/v1/mobile/me", 200, body={"username": name}, headers=self._bearer)

    def change_password(self) -> None:
        body = {"current_password": PASSWORD, "new_password": f"{PASSWORD} too"}
        self.gateway.send("PUT", "/v1/mobile/password", 204, body=body, headers=self._bearer)

    def sign_out(self) -> None:
        self.gateway.send("POST", "/v1/auth/logout_mobile", 204, headers=self._bearer)

    @property
    def _bearer(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.tokens['access_token']}"}


@dataclass
class Browser:
    """Somebody's browser: it keeps cookies, one session, and sends the token against forgery."""

    gateway: Gateway
    email: str
    _client: httpx2.Client = field(
        default_factory=lambda: httpx2.Client(timeout=_PATIENCE, headers={"sec-fetch-site": "same-origin"})
    )

    def close(self) -> None:
        """Hang up."""
        self._client.close()

    def sign_in(self) -> None:
        self._send("GET", "/v1/auth/csrf", 200)
        self._send("POST", "/v1/auth/login_web", 200, body={"username": self.email, "password": PASSWORD})

    def refresh(self) -> None:
        self._send("POST", "/v1/auth/refresh_web", 200)

    def show(self) -> None:
        self._send("GET", "/v1/web/me", 200)

    def sign_out(self) -> None:
        self._send("POST", "/v1/auth/logout_web", 204)

    def _send(self, method: str, path: str, expected: int, *, body: object = None) -> None:
        headers = {"x-csrf-token": self._client.cookies.get("dw_csrf") or ""}
        self.gateway.send(method, path, expected, body=body, headers=headers, client=self._client)


@dataclass
class Traffic:
    """Some clients at once, each with sessions that last, and with guests who change their password and leave."""

    gateway: Gateway
    mail: MailServer
    clients: int = 2
    rounds: Counter[int] = field(default_factory=Counter)
    raised: list[BaseException] = field(default_factory=list)
    residents: list[Person] = field(default_factory=list)
    browsers: list[Browser] = field(default_factory=list)
    left: list[Person] = field(default_factory=list)
    registered: list[str] = field(default_factory=list)
    _over: Event = field(default_factory=Event)
    _rest: float = _REST

    @contextmanager
    def sparse(self) -> Iterator[None]:
        """Let the clients rest longer while the block runs."""
        self._rest = _LONG_REST
        yield
        self._rest = _REST

    @contextmanager
    def flowing(self) -> Iterator[Callable[[], None]]:
        """Let it flow, and return what waits until every client has gone a full round from now on."""
        threads = [Thread(target=self._client, args=(number,), daemon=True) for number in range(self.clients)]
        for thread in threads:
            thread.start()
        try:
            yield self._a_round
        finally:
            self._over.set()
            for thread in threads:
                thread.join(_PATIENCE)

    def end(self) -> None:
        """Let every session that lasted go on once more, sign out, and hang up."""
        lasting: list[Person | Browser] = [*self.residents, *self.browsers]
        for session in lasting:
            session.refresh()
            session.show()
            session.sign_out()
        for browser in self.browsers:
            browser.close()
        self.gateway.close()

    def _a_round(self) -> None:
        before = dict(self.rounds)
        wait_until(
            lambda: all(self.rounds[n] >= before.get(n, 0) + 2 for n in range(self.clients)) or bool(self.raised)
        )
        assert self.raised == [], repr((self.raised, self.gateway.failures))

    def _client(self, number: int) -> None:
        try:
            resident = Person(self.gateway, f"resident{number}")
            if not self._come(resident):
                return
            browser = Browser(self.gateway, resident.email)
            browser.sign_in()
            self.residents.append(resident)
            self.browsers.append(browser)
            guests: list[Person] = []
            while not self._over.wait(self._rest):
                turn = self.rounds[number]
                self._stay(resident, browser, f"resident{number}turn{turn}")
                guests = self._without_mail(guests)
                if turn % 2 == 0:
                    guests.append(self._guest(f"guest{number}turn{turn}"))
                self.rounds[number] += 1
        except BaseException as error:
            self.raised.append(error)
            raise

    def _stay(self, resident: Person, browser: Browser, name: str) -> None:
        sessions: tuple[Person | Browser, ...] = (resident, browser)
        for session in sessions:
            session.refresh()
            session.show()
        resident.rename(name)
        elsewhere = Person(self.gateway, resident.name)
        elsewhere.sign_in()
        elsewhere.show()
        elsewhere.sign_out()

    def _guest(self, name: str) -> Person:
        guest = Person(self.gateway, name)
        guest.register()
        self.registered.append(guest.email)
        return guest

    def _without_mail(self, guests: list[Person]) -> list[Person]:
        """Let the guests whose mail has come change their password and leave, and return those who still wait."""
        for guest in guests:
            if guest.email in self.mail.tokens:
                guest.verify(self.mail.tokens[guest.email])
                guest.sign_in()
                guest.change_password()
                guest.sign_out()
                self.left.append(guest)
        return [guest for guest in guests if guest not in self.left]

    def _come(self, person: Person) -> bool:
        person.register()
        self.registered.append(person.email)
        wait_until(lambda: person.email in self.mail.tokens or self._over.is_set())
        if self._over.is_set():
            return False
        person.verify(self.mail.tokens[person.email])
        person.sign_in()
        return True
