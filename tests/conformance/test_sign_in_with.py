"""Signing in with a certified provider that others wrote (npm oidc-provider), over HTTP from end to end."""

import json
import os
import re
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from threading import Event
from typing import Final
from urllib.parse import urljoin, urlsplit

import httpx2
import pytest

from tests.library import installed
from tests.processes import wait_until

FOLDER: Final = Path(__file__).parent / "upstream"
SECRET: Final = "a secret of the client: 100%"
ALGORITHMS: Final = ("RS256", "ES256", "PS256", "EdDSA")
"""What the provider signs ID tokens with: one client of it for each, which is a provider of its own to us."""

_FORM: Final = re.compile(r'<form[^>]*action="([^"]*)"[^>]*>(.*?)</form>', re.DOTALL)
_FIELD: Final = re.compile(r'<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"')
_LEAVE: Final = re.compile(r'href="([^"]+)" id="leave-link"')
_TRIES: Final = 400


def free_port() -> int:
    with socket.create_server(("localhost", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture(scope="session")
def modules() -> Path:
    """Return the folder of the provider, with what its lock names."""
    return installed(FOLDER)


@dataclass(frozen=True)
class Both:
    """The address of the server, and that of the provider."""

    here: str
    elsewhere: str


@pytest.fixture(scope="module")
def both(modules: Path) -> Iterator[Both]:
    """Start both."""
    ports = free_port(), free_port()
    addresses = Both(*(f"http://localhost:{port}" for port in ports))
    providers = [
        {
            "id": algorithm.lower(),
            "name": f"Elsewhere {algorithm}",
            "issuer": addresses.elsewhere,
            "client_id": f"doorward-{algorithm}",
            "client_secret": SECRET,
            "trusted_domains": ["mail.example"],
        }
        for algorithm in ALGORITHMS
    ]
    node = ["node", "server.mjs", str(ports[1]), addresses.here, *ALGORITHMS]
    with tempfile.TemporaryDirectory() as folder:
        serve = [sys.executable, "-m", "doorward", "serve", "--port", str(ports[0]), "--data-dir", folder, "--json"]
        environment = {**os.environ, "DOORWARD_PROVIDERS": json.dumps(providers)}  # noqa: TID251 (for a process)
        with (
            running(node, cwd=modules, until=f"{addresses.elsewhere}/.well-known/openid-configuration"),
            running(serve, env=environment, until=f"{addresses.here}/readyz"),
        ):
            yield addresses


@contextmanager
def running(
    command: list[str], *, until: str, cwd: Path | None = None, env: dict[str, str] | None = None
) -> Iterator[None]:
    """Run a process while the block runs; the block begins when an address answers."""
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(command, cwd=cwd, env=env, stdout=log, stderr=log)
        try:
            _wait(until, process, log)
            yield
        finally:
            process.terminate()
            try:
                process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait(url: str, process: "subprocess.Popen[bytes]", log: object) -> None:
    pause = Event()
    for _ in range(_TRIES):
        try:
            if httpx2.get(url).status_code == 200:
                return
        except httpx2.TransportError:
            pass
        if process.poll() is not None:
            break
        pause.wait(0.05)
    assert hasattr(log, "seek")
    assert hasattr(log, "read")
    log.seek(0)
    raise RuntimeError(log.read().decode())


@dataclass
class Surfer:
    """A browser that runs no scripts: one jar of cookies a host and port, as a browser keeps them apart by name."""

    both: Both
    client: httpx2.Client = field(default_factory=lambda: httpx2.Client(timeout=30))
    jars: dict[str, dict[str, str]] = field(default_factory=dict)

    def ask(self, method: str, url: str, form: dict[str, str] | None = None) -> httpx2.Response:
        """Send a request, with the cookies of its server alone."""
        origin = f"{urlsplit(url).scheme}://{urlsplit(url).netloc}"
        jar = self.jars.setdefault(origin, {})
        headers = {"origin": origin, "cookie": "; ".join(f"{name}={value}" for name, value in jar.items())}
        answer = self.client.request(method, url, data=form, headers=headers, follow_redirects=False)
        self.client.cookies.clear()
        for header in answer.headers.get_list("set-cookie"):
            name, _, value = header.partition(";")[0].partition("=")
            jar[name] = value
        return answer

    def sign_in_with(self, name: str, *, page: str = "/sign-in", action: str = "/sign-in/with/rs256") -> str:
        """Go to the provider as somebody, and return where we are led when it is over."""
        answer = self.ask("GET", f"{self.both.here}{page}")
        fields = next(fields for path, fields in forms(answer.text) if path == action)
        left = self.ask("POST", f"{self.both.here}{action}", fields)
        (url,) = _LEAVE.findall(left.text)
        return self._through(unescape(url), name)

    def _through(self, url: str, name: str) -> str:
        """Go through the provider's pages: sign in, agree, and come back."""
        for _ in range(20):
            answer = self.ask("GET", url)
            if answer.status_code == 200:
                action, fields = forms(answer.text)[0]
                typed = {**fields, "login": name, "password": "whatever"} if fields["prompt"] == "login" else fields
                answer = self.ask("POST", urljoin(url, action), typed)
            if answer.status_code >= 400:
                raise AssertionError(answer.text)
            url = urljoin(url, answer.headers["location"])
            if url.startswith(self.both.here) and "/callback" not in url:
                return url.removeprefix(self.both.here)
        raise AssertionError("this goes in a circle")


def forms(html: str) -> list[tuple[str, dict[str, str]]]:
    """Return where each form of a page goes, and what its fields hold."""
    return [
        (unescape(action), {name: unescape(value) for name, value in _FIELD.findall(body)})
        for action, body in _FORM.findall(html)
    ]


@pytest.fixture
def surfers(both: Both) -> Iterator[Callable[[], Surfer]]:
    """Return what makes browsers, which are closed at the end."""
    opened: list[Surfer] = []

    def appear() -> Surfer:
        opened.append(Surfer(both))
        return opened[-1]

    yield appear
    for surfer in opened:
        surfer.client.close()


def mailed_codes(both: Both, to: str) -> list[str]:
    """Return the codes that were mailed to an address, the newest first, once there are any."""
    codes: list[str] = []

    def have_come() -> bool:
        codes[:] = [mail["code"] for mail in httpx2.get(f"{both.here}/dev/mail.json", params={"to": to}).json()]
        return bool(codes)

    wait_until(have_come)
    return codes


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_certified_provider_newcomer_signs_in_and_is_known_again(
    both: Both, surfers: Callable[[], Surfer], algorithm: str
) -> None:
    name, action = f"ada-{algorithm.lower()}", f"/sign-in/with/{algorithm.lower()}"
    first, second = surfers(), surfers()

    assert first.sign_in_with(name, action=action) == "/account"
    assert second.sign_in_with(name, action=action) == "/account"

    assert f"{name}@mail.example" in second.ask("GET", f"{both.here}/account").text


def test_certified_provider_unproven_address_is_asked_for_a_code(both: Both, surfers: Callable[[], Surfer]) -> None:
    surfer = surfers()

    assert surfer.sign_in_with("grace-unproven") == "/sign-in/finish"

    (code, *_) = mailed_codes(both, "grace-unproven@mail.example")
    page = surfer.ask("GET", f"{both.here}/sign-in/finish")
    fields = next(fields for path, fields in forms(page.text) if path == "/sign-in/finish")
    finished = surfer.ask("POST", f"{both.here}/sign-in/finish", {**fields, "code": code})
    assert finished.headers["location"] == "/account"


def test_certified_provider_confirms_by_asking_again(surfers: Callable[[], Surfer]) -> None:
    surfer = surfers()
    surfer.sign_in_with("joan")

    led_to = surfer.sign_in_with("joan", page="/account/confirm", action="/account/confirm/with")

    assert led_to == "/account?notice=confirmed"
