"""Somebody who wants something of a host behind a gateway, and the gateway that asks about it."""

from dataclasses import dataclass
from typing import Final, Self
from urllib.parse import urlsplit

from doorward.core.oauth.gateways.records import ProtectedHost
from tests.builders import ISSUER
from tests.functional.pages.visitor import Visitor
from tests.functional.site import PROXY

OWN: Final = ISSUER
APP: Final = "https://app.example"
REPORTS: Final = "https://reports.example:8443"
VAULT: Final = "https://vault.example"
AUDIENCE: Final = "urn:example:reports"
HOSTS: Final = (
    ProtectedHost(OWN),
    ProtectedHost(APP),
    ProtectedHost(REPORTS, audience=AUDIENCE, scopes=("reports:read",)),
    ProtectedHost(VAULT, audience="urn:example:vault", role="keeper"),
)
NAVIGATION: Final = {"sec-fetch-mode": "navigate", "sec-fetch-dest": "document", "accept": "text/html"}
FETCH: Final = {"sec-fetch-mode": "cors", "sec-fetch-dest": "empty", "accept": "*/*"}


def as_traefik(url: str, method: str = "GET") -> dict[str, str]:
    """Return what Traefik and Caddy say of a request."""
    parts = urlsplit(url)
    path = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    return {
        "x-forwarded-method": method,
        "x-forwarded-proto": parts.scheme,
        "x-forwarded-host": parts.netloc,
        "x-forwarded-uri": path,
    }


def as_nginx(url: str, method: str = "GET") -> dict[str, str]:
    """Return what nginx says of a request."""
    return {"x-original-url": url, "x-original-method": method}


@dataclass
class Seeker(Visitor):
    """A browser in front of a gateway, whose network is trusted."""

    address: str = PROXY

    def want(self, url: str, method: str = "GET", *, at: str = "/forward-auth", **headers: str) -> Self:
        """Ask for something as the gateway sees it, with the cookies that belong to the host."""
        sent = {**as_traefik(url, method), **(headers or NAVIGATION)}
        return self.ask(url, at=at, **sent)

    def ask(self, url: str, *, at: str = "/forward-auth", **headers: str) -> Self:
        """Let a gateway ask with these header fields alone."""
        parts = urlsplit(url)
        self.answer = self.client.get(
            f"{parts.scheme}://{parts.netloc}{at}",
            headers={name.replace("_", "-"): value for name, value in headers.items()},
            follow_redirects=False,
        )
        return self

    def follow_until(self, url: str, most: int = 6) -> Self:
        """Go where answers lead until one leads to `url`, and stand before that."""
        for _ in range(most):
            if self.led_to == url:
                return self
            self.follow()
        raise AssertionError(f"it goes in circles, or ends at {self.led_to}")

    def enter(self, url: str) -> Self:
        """Be led to sign in where need be, and back, and want it again."""
        return self.enter_as_far_as_possible(url).want(url)

    def enter_as_far_as_possible(self, url: str) -> Self:
        """Be known on a host that may be closed all the same."""
        return self.want(url).follow_until(url)

    @property
    def told(self) -> dict[str, str]:
        """What the application behind the gateway is told."""
        assert self.status == 200, (self.status, self.answer.text)
        assert self.answer.content == b""
        return {
            name.removeprefix("x-auth-"): value
            for name, value in self.answer.headers.items()
            if name.startswith("x-auth-")
        }
