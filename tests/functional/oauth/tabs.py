"""Tabs of a browser that show pages of an application whose refresh token is a cookie."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from httpx2 import Response

from doorward.core.kernel.ids import SessionId
from doorward.core.oauth.records import Client
from doorward.core.sessions.records import EndReason
from tests.applications import SPA, VERIFIER, Application, another, claims
from tests.builders import CALLBACK, ISSUER
from tests.functional.site import Browser, Site

OWN: Final = "https://app.example"
TOKEN, REFRESH, SIGN_OUT = (f"/oauth/browser/{name}" for name in ("token", "refresh", "sign-out"))


@dataclass
class Tab:
    """A page of an application in somebody's browser, whose cookies it shares with every other tab."""

    site: Site
    client: Client = field(default_factory=lambda: another(SPA, uses_refresh_cookie=True))
    browser: Browser = field(init=False)
    app: Application = field(init=False)

    def __post_init__(self) -> None:
        self.browser = self.site.browser()
        del self.browser.client.headers["sec-fetch-site"]
        self.browser.client.headers["origin"] = ISSUER
        self.app = Application(self.site.house, self.client)
        assert self.browser.sign_in().status_code == 200
        self.app.browser = SessionId(str(claims(self.browser.cookie("access") or "")["sid"]))

    @property
    def name(self) -> str:
        """What the cookie is called."""
        return f"__Host-dw_app_{self.client.id}"

    @property
    def cookie(self) -> str | None:
        """What it holds."""
        return self.browser.client.cookies.get(self.name)

    def post(self, path: str, headers: Mapping[str, str | None] | None = None, /, **fields: str) -> Response:
        """Send a form, as a script of the page does; a header field that is None is left out."""
        sent = {"origin": OWN, "x-doorward-spa": "1", **(headers or {})}
        request = self.browser.client.build_request(
            "POST",
            path,
            data={name: value for name, value in ({"client_id": self.client.id} | fields).items() if value},
            headers={name: value for name, value in sent.items() if value is not None},
        )
        for name in [name for name, value in sent.items() if value is None]:
            request.headers.pop(name, None)
        return self.browser.client.send(request)

    def form(self, code: str | None = None) -> dict[str, str]:
        """Return the fields that exchange a code."""
        return {"code": code or self.app.code(), "redirect_uri": CALLBACK, "code_verifier": VERIFIER}

    def exchange(self, code: str | None = None, **changes: str) -> Response:
        """Exchange a code."""
        form = self.form(code) | changes
        return self.post(TOKEN, **form)

    def refresh(self, cookie: str | None = None, **more: str) -> Response:
        """Ask for the next access token; with a cookie, as a tab does whose request was under way for long."""
        held = "; ".join(
            f"{each.name}={each.value}" for each in self.browser.client.cookies.jar if each.name != self.name
        )
        return self.post(REFRESH, {"cookie": f"{held}; {self.name}={cookie}"} if cookie else None, **more)

    def signed_in(self) -> "Tab":
        """Return the same tab once it has its tokens."""
        answer = self.exchange()
        assert answer.status_code == 200, answer.text
        return self

    def end_reason(self, answer: Response) -> EndReason | None:
        """Return why the session ended that an access token belongs to."""
        session_id = SessionId(str(claims(answer.json()["access_token"])["sid"]))
        with self.site.house.store.view() as view:
            session = view.sessions.by_id(session_id)
        assert session is not None
        return session.end_reason
