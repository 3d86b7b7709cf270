"""What speaks to a twin: somebody's browser, somebody's app, and whoever sends nothing by itself.

All are HTTP clients (`httpx2.Client`) that reach the server without a socket. A path is written from the root of the
host: where the server is mounted below `/auth`, its own routes begin with `/auth/v1`.
"""

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

from httpx2 import Auth, Request, Response
from starlette.testclient import TestClient
from starlette.types import ASGIApp

from doorward.api.v1.web.cookies import cookies_of
from doorward.core.kernel.clock import Clock

HOME: Final = "192.0.2.7"
"""The network address that clients come from, unless a test says another."""

_FIREFOX: Final = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"
_APP: Final = "Mapper/3.1 (Android 16)"
_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_OK: Final = 200
_UNAUTHENTICATED: Final = 401
_PORT: Final = 50_000
_AT_ONCE: Final = timedelta(0)


@dataclass(frozen=True, slots=True)
class Line:
    """How clients reach a twin: what answers, and by which address.

    `life` returns what runs it, in an event loop of its own; the first call begins it.
    """

    answers: ASGIApp
    issuer: str
    clock: Clock
    life: Callable[[], TestClient]

    @property
    def origin(self) -> str:
        """The host, without the path that the server may be mounted at."""
        parts = urlsplit(self.issuer)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def path(self) -> str:
        """The path that the server is mounted at; empty when it is at the root."""
        return urlsplit(self.issuer).path


class Client(TestClient):
    """Sends nothing by itself but the cookies that it was given, and those grow old by the clock of the twin."""

    def __init__(self, line: Line, address: str = HOME) -> None:
        super().__init__(line.answers, base_url=line.origin, client=(address, _PORT), follow_redirects=False)
        life = line.life()
        self.portal = life.portal
        self.app_state.update(life.app_state)
        self._line = line
        self._seen = line.clock.now()
        self.event_hooks = {"request": [self._prepare]}

    def _prepare(self, request: Request) -> None:
        """Let cookies that are too old fall off a request that is about to be sent."""
        if self._grow_older(self._line.clock.now()) > _AT_ONCE:
            self._write_cookies(request)

    def _grow_older(self, now: datetime) -> timedelta:
        """Age every cookie by the time since the last request, and return it: the jar knows only the machine's time."""
        passed, self._seen = now - self._seen, now
        jar = self.cookies.jar
        for cookie in list(jar):
            if cookie.expires is not None:
                cookie.expires -= int(passed.total_seconds())
            if cookie.is_expired():
                jar.clear(cookie.domain, cookie.path, cookie.name)
        return passed

    def _write_cookies(self, request: Request) -> None:
        request.headers.pop("cookie", None)
        self.cookies.set_cookie_header(request)


class Web(Client):
    """Somebody's browser: it keeps cookies, says where a request comes from, and sends the token against forgery.

    A test that forges a request says so: `headers={"sec-fetch-site": "cross-site"}`, or `{"x-csrf-token": "stolen"}`.
    """

    def __init__(self, line: Line, address: str = HOME) -> None:
        super().__init__(line, address)
        self.headers.update({"user-agent": _FIREFOX, "sec-fetch-site": "same-origin"})
        self._csrf_cookie = cookies_of(line.issuer).csrf.name

    def sign_in(self, login: str, password: str) -> Response:
        """Sign in by name or address, and return the answer, whatever it is."""
        return self.post(f"{self._line.path}/v1/auth/login_web", json={"username": login, "password": password})

    def refresh(self) -> Response:
        """Continue the session, and return the answer."""
        return self.post(f"{self._line.path}/v1/auth/refresh_web")

    def sign_out(self) -> Response:
        """Sign out, and return the answer."""
        return self.post(f"{self._line.path}/v1/auth/logout_web")

    def csrf_token(self) -> str:
        """Return the token against forgery that this browser holds; one is fetched where it has none."""
        held = self.cookies.get(self._csrf_cookie)
        if held:
            return held
        fetched: str = self.get(f"{self._line.path}/v1/auth/csrf").json()["csrf_token"]
        return fetched

    def _prepare(self, request: Request) -> None:
        super()._prepare(request)
        if request.method in _SAFE or "x-csrf-token" in request.headers:
            return
        request.headers["x-csrf-token"] = self.csrf_token()
        self._write_cookies(request)


class Bearer(Auth):
    """The tokens of an app, as an `auth` for any httpx2 client, asynchronous ones too.

    With `refreshes` a request that is answered 401 continues the session, once, and is sent again.
    """

    requires_response_body = True

    def __init__(self, refresh_url: str, *, refreshes: bool = False) -> None:
        self._refresh_url = refresh_url
        self._refreshes = refreshes
        self.access_token = ""
        self.refresh_token = ""
        self.device_token = ""

    def keep(self, answer: Response) -> None:
        """Keep the tokens of an answer; a refusal changes nothing."""
        if answer.status_code == _OK:
            tokens: Mapping[str, str] = answer.json()
            self.access_token, self.refresh_token = tokens["access_token"], tokens["refresh_token"]
            self.device_token = answer.headers.get("x-device-token", self.device_token)

    def auth_flow(self, request: Request) -> Generator[Request, Response, None]:
        """Send a request with the tokens."""
        is_ours = "authorization" not in request.headers and bool(self.access_token)
        if self.device_token:
            request.headers.setdefault("x-device-token", self.device_token)
        if is_ours:
            request.headers["authorization"] = f"Bearer {self.access_token}"
        answer = yield request
        if is_ours and self._refreshes and answer.status_code == _UNAUTHENTICATED:
            self.keep((yield self._refresh()))
            request.headers["authorization"] = f"Bearer {self.access_token}"
            yield request

    def _refresh(self) -> Request:
        headers = {"x-device-token": self.device_token} if self.device_token else {}
        return Request("POST", self._refresh_url, json={"refresh_token": self.refresh_token}, headers=headers)


class Mobile(Client):
    """Somebody's app or API client: it holds tokens, and sends them as a bearer."""

    def __init__(self, line: Line, address: str = HOME, *, refreshes: bool = False) -> None:
        super().__init__(line, address)
        self.headers["user-agent"] = _APP
        self.bearer = Bearer(f"{line.issuer}/v1/auth/refresh_mobile", refreshes=refreshes)
        self.auth = self.bearer

    @property
    def access_token(self) -> str:
        """The access token; empty before signing in."""
        return self.bearer.access_token

    @property
    def refresh_token(self) -> str:
        """The refresh token; empty before signing in."""
        return self.bearer.refresh_token

    def sign_in(self, login: str, password: str) -> Response:
        """Sign in by name or address, keep the tokens, and return the answer, whatever it is."""
        body = {"username": login, "password": password}
        return self._kept(self.post(f"{self._line.path}/v1/auth/login_mobile", json=body))

    def refresh(self, refresh_token: str | None = None) -> Response:
        """Continue the session by the token in hand or another one, keep the new tokens, and return the answer."""
        body = {"refresh_token": refresh_token or self.refresh_token}
        return self._kept(self.post(f"{self._line.path}/v1/auth/refresh_mobile", json=body))

    def sign_out(self) -> Response:
        """Sign out, and return the answer."""
        return self.post(f"{self._line.path}/v1/auth/logout_mobile")

    def _kept(self, answer: Response) -> Response:
        self.bearer.keep(answer)
        return answer
