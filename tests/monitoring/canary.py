"""Somebody who does everything that has a secret in it, and remembers each that they gave and were given."""

import re
from base64 import b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html import unescape
from typing import Any, Final
from urllib.parse import parse_qsl, quote, urljoin, urlsplit

import httpx2

from tests.authorizing import CHALLENGE, VERIFIER
from tests.processes import PATIENCE, wait_until

CALLBACK: Final = "http://127.0.0.1:9/callback"
_NAVIGATION: Final = {"sec-fetch-mode": "navigate", "sec-fetch-dest": "document", "accept": "text/html"}
_OWN: Final = {"sec-fetch-site": "same-origin"}
_TOLD: Final = re.compile("token|secret|code|password|cookie|assertion|request_uri")
_HARMLESS: Final = frozenset({"token_type", "code_challenge", "code_challenge_method", "error_code", "refusal_code"})
_SHORTEST: Final = 6
_INPUT: Final = re.compile(r"<input\b[^>]*>")
_ATTRIBUTE: Final = re.compile(r'([a-z-]+)="([^"]*)"')
_FORM: Final = re.compile(
    r'<form\b[^>]*\bid="(?P<id>[a-z-]+)"[^>]*\baction="(?P<action>[^"]*)"[^>]*>(?P<inner>.*?)</form>', re.DOTALL
)


@dataclass
class Canary:
    """A browser and an app of one person. `marked` are the secrets that were given and got, by where they were seen."""

    base: str
    name: str = "canary"
    password: str = "canary yellow submarine drawer"
    marked: dict[str, str] = field(default_factory=dict)
    client: httpx2.Client = field(init=False)

    def __post_init__(self) -> None:
        self.client = httpx2.Client(base_url=self.base, timeout=PATIENCE)
        self.mark("a password", self.password)

    def mark(self, where: str, secret: str) -> str:
        """Remember a secret, and return it."""
        if len(secret) >= _SHORTEST:
            self.marked.setdefault(secret, where)
        return secret

    def ask(self, method: str, path: str, **asked: Any) -> httpx2.Response:  # noqa: ANN401 (what the client takes)
        """Send something, and remember every secret in the answer."""
        answer = self.client.request(method, path, **asked)
        for cookie in answer.headers.get_list("set-cookie"):
            self.mark(f"a cookie of {path}", cookie.partition("=")[2].partition(";")[0])
        for name, value in parse_qsl(urlsplit(answer.headers.get("location", "")).query):
            if name in ("code", "state", "token", "request_uri"):
                self.mark(f"{name} in an address", value)
        if answer.headers.get("content-type", "").startswith("application/json"):
            for name, value in _members(answer.json()):
                self.mark(f"{name} of {path}", value)
        return answer

    def post(self, path: str, body: object, **headers: str) -> dict[str, Any]:
        """Send JSON, and return the JSON of the answer."""
        answer = self.ask("POST", path, json=body, headers=headers)
        assert answer.status_code < 500, answer.text
        told: dict[str, Any] = answer.json() if answer.content else {}
        return told

    def open(self, address: str) -> httpx2.Response:
        """Open an address as a browser does, and follow where it leads on the same host."""
        answer = self.ask("GET", address, headers=_NAVIGATION)
        while answer.is_redirect and urljoin(self.base, answer.headers["location"]).startswith(self.base):
            answer = self.ask("GET", answer.headers["location"], headers=_NAVIGATION)
        return answer

    def submit(self, page: httpx2.Response, form: str, **fields: str) -> httpx2.Response:
        """Fill in a form of a page, and follow where it leads."""
        found = next((each for each in _FORM.finditer(page.text) if each["id"] == form), None)
        assert found is not None, page.text
        hidden = dict(_hidden(found["inner"]))
        for name, value in hidden.items():
            self.mark(f"{name} of {form}", value)
        answer = self.ask("POST", unescape(found["action"]), data={**hidden, **fields}, headers=_OWN)
        if answer.is_redirect and urljoin(self.base, answer.headers["location"]).startswith(self.base):
            return self.open(answer.headers["location"])
        return answer

    def mail(self, subject: str) -> Mapping[str, str]:
        """Return the newest mail of a kind, whose link and code are secrets."""
        found: list[dict[str, Any]] = []

        def has_come() -> bool:
            mails = httpx2.get(f"{self.base}/dev/mail.json?to={self.name}@mail.example", timeout=PATIENCE).json()
            found[:] = [mail for mail in mails if subject in mail["subject"].lower()]
            return bool(found)

        wait_until(has_come)
        for member in ("token", "code"):
            if found[0][member]:
                self.mark(f"{member} of a mail", found[0][member])
        return found[0]

    def live(self, service: Mapping[str, str], application: Mapping[str, str]) -> None:
        """Do everything: each line leaves secrets behind that may be seen nowhere."""
        self._come_in()
        self._come_back()
        self._let_an_application_in(application)
        self._be_a_service(service)
        self._connect_a_device(application)
        self._forget()
        self._err()

    def _come_in(self) -> None:
        mail = f"{self.name}@mail.example"
        self.post("/v1/auth/register_mobile", {"username": self.name, "email": mail, "password": self.password})
        verify = self.mail("confirm")
        self.submit(self.open(f"/verify?token={quote(verify['token'])}"), "verify-form")

    def _come_back(self) -> None:
        tokens = self.post("/v1/auth/login_mobile", {"username": self.name, "password": self.password})
        tokens = self.post("/v1/auth/refresh_mobile", {"refresh_token": tokens["refresh_token"]})
        self.ask("GET", "/v1/mobile/me", headers={"authorization": f"Bearer {tokens['access_token']}"})
        self.ask(
            "POST",
            "/v1/auth/login_mobile",
            json={"username": self.name, "password": self.mark("a wrong one", "a-wrong-canary")},
        )
        csrf = self.ask("GET", "/v1/auth/csrf", headers=_OWN).json()["csrf_token"]
        web = {"username": self.name, "password": self.password}
        self.post("/v1/auth/login_web", web, **_OWN, **{"x-csrf-token": csrf})
        csrf = self.ask("GET", "/v1/auth/csrf", headers=_OWN).json()["csrf_token"]
        self.post("/v1/auth/refresh_web", {}, **_OWN, **{"x-csrf-token": csrf})

    def _let_an_application_in(self, application: Mapping[str, str]) -> None:
        self.client.cookies.clear()
        asked = {
            "client_id": application["client_id"],
            "redirect_uri": CALLBACK,
            "response_type": "code",
            "scope": "openid offline_access",
            "state": self.mark("a state", "canary-state-of-the-application"),
            "nonce": self.mark("a nonce", "canary-nonce-of-the-application"),
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
        }
        basic = (application["client_id"], application["client_secret"])
        pushed = self.ask("POST", "/oauth/par", data=asked, auth=basic).json()
        query = f"client_id={application['client_id']}&request_uri={quote(pushed['request_uri'])}"
        page = self.open(f"/oauth/authorize?{query}")
        answer = self.submit(page, "sign-in-form", username=self.name, password=self.password)
        code = dict(parse_qsl(urlsplit(answer.headers["location"]).query))["code"]
        exchange = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": CALLBACK,
            "code_verifier": self.mark("a verifier", VERIFIER),
        }
        tokens = self.ask("POST", "/oauth/token", data=exchange, auth=basic).json()
        again = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
        tokens = self.ask("POST", "/oauth/token", data=again, auth=basic).json()
        self.ask("GET", "/oauth/userinfo", headers={"authorization": f"Bearer {tokens['access_token']}"})
        self.ask("POST", "/oauth/introspect", data={"token": tokens["access_token"]}, auth=basic)
        self.ask("POST", "/oauth/token", data=exchange, auth=basic)  # the code a second time
        self.ask("POST", "/oauth/revoke", data={"token": tokens["refresh_token"]}, auth=basic)

    def _be_a_service(self, service: Mapping[str, str]) -> None:
        asked = {"grant_type": "client_credentials", "client_id": service["client_id"]}
        self.ask("POST", "/oauth/token", data={**asked, "client_secret": service["client_secret"]})
        self.ask(
            "POST", "/oauth/token", data={**asked, "client_secret": self.mark("a wrong one", "a-wrong-client-canary")}
        )
        basic = b64encode(f"{service['client_id']}:{service['client_secret']}".encode()).decode()
        self.mark("a header", basic)
        self.ask(
            "POST",
            "/oauth/token",
            data={"grant_type": "client_credentials"},
            headers={"authorization": f"Basic {basic}"},
        )

    def _connect_a_device(self, application: Mapping[str, str]) -> None:
        basic = (application["client_id"], application["client_secret"])
        told = self.ask("POST", "/oauth/device_authorization", data={"scope": "openid"}, auth=basic).json()
        self.open(f"/device?user_code={told['user_code']}")
        polled = {"grant_type": "urn:ietf:params:oauth:grant-type:device_code", "device_code": told["device_code"]}
        self.ask("POST", "/oauth/token", data=polled, auth=basic)

    def _forget(self) -> None:
        self.post("/v1/auth/forgot_password", {"email": f"{self.name}@mail.example"})
        reset = self.mail("password")
        self.open(f"/reset?token={quote(reset['token'])}")
        fresh = self.mark("a password", "another canary in the coal mine")
        self.post("/v1/auth/reset_password", {"token": reset["token"], "new_password": fresh})

    def _err(self) -> None:
        """Put secrets where they do not belong: into addresses, headers and bodies that nobody can read."""
        for path in ("/sign-in/with/elsewhere/callback", "/forward-auth/callback", "/oauth/authorize", "/nowhere"):
            code = self.mark("an address", "canary-code-in-an-address")
            self.open(f"{path}?code={code}&state={self.mark('an address', 'canary-state-in-an-address')}")
        broken = self.mark("a body", "canary-in-a-broken-body")
        self.ask(
            "POST",
            "/v1/auth/login_mobile",
            content=f'{{"password": "{broken}"'.encode(),
            headers={"content-type": "application/json"},
        )
        self.ask("POST", "/v1/auth/login_mobile", json={"username": self.name, "password": broken, broken: broken})
        self.ask(
            "GET",
            "/v1/mobile/me",
            headers={"authorization": f"Bearer {self.mark('a header', 'canary-in-a-bearer-header')}"},
        )
        self.ask(
            "GET", "/v1/web/me", headers={"cookie": f"__Host-access={self.mark('a cookie', 'canary-in-a-cookie')}"}
        )


def _members(value: object) -> Iterator[tuple[str, str]]:
    """Yield every text in JSON whose name says that it is secret."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if isinstance(inner, str) and _TOLD.search(name) and name not in _HARMLESS and name != "code":
                yield name, inner
            else:
                yield from _members(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _members(inner)


def _hidden(form: str) -> Iterator[tuple[str, str]]:
    for tag in _INPUT.findall(form):
        found = dict(_ATTRIBUTE.findall(tag))
        if found.get("type") == "hidden":
            yield found["name"], unescape(found.get("value", ""))
