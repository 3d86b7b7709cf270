"""Somebody at a browser without scripts, whom applications send to the server."""

import ssl
from dataclasses import dataclass, field
from itertools import count
from typing import Final, Self
from urllib.parse import urlencode, urljoin, urlsplit

import httpx2

from tests.conformance.suite.deployment import OWNER, Deployment
from tests.functional.pages.paper import Paper
from tests.house import PASSWORD
from tests.processes import PATIENCE

_NUMBERS: Final = count(1)
_MOST_PAGES: Final = 6
_NO_TLS: Final = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Made once: nothing here is encrypted, and to read the trust of the machine takes long."""


@dataclass
class Person:
    """A browser: its cookies, the answer that it got last, and the pages that its owner had to answer."""

    deployment: Deployment
    client: httpx2.Client = field(init=False)
    answer: httpx2.Response = field(init=False)
    pages: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        number = next(_NUMBERS)
        address = f"198.51.{number // 250}.{number % 250 + 1}"
        headers = {"user-agent": "Suite/1", "accept": "text/html", "x-forwarded-for": address}
        self.client = httpx2.Client(headers=headers, timeout=PATIENCE, verify=_NO_TLS)

    @property
    def paper(self) -> Paper:
        """What the last answer shows."""
        return Paper(self.answer.text)

    @property
    def led_to(self) -> str | None:
        """Where the last answer leads; what leads anywhere is a 303 (RFC 9700 section 4.12)."""
        location = self.answer.headers.get("location")
        assert (self.answer.status_code == 303) is (location is not None), self.answer.status_code
        return location

    def arrive(self, path: str, parameters: dict[str, str] | None = None, *, by_form: bool = False) -> Self:
        """Come from an application: by a link, or by a form of its page, along which no cookie comes."""
        url, site = f"{self.deployment.url}{path}", {"sec-fetch-site": "cross-site"}
        if by_form:
            cookies, self.client.cookies = self.client.cookies, httpx2.Cookies()
            self.answer = self.client.post(url, data=parameters, headers=site, follow_redirects=False)
            self.client.cookies = cookies
        else:
            joint = "&" if "?" in url else "?"
            address = f"{url}{joint}{urlencode(parameters)}" if parameters else url
            self.answer = self.client.get(address, headers=site, follow_redirects=False)
        return self

    def open(self, path: str) -> Self:
        """Open a page of the server."""
        site = {"sec-fetch-site": "same-origin"}
        self.answer = self.client.get(urljoin(self.deployment.url, path), headers=site, follow_redirects=False)
        return self

    def fill(self, form: str, **typed: str) -> Self:
        """Send a form of the page, with what is typed besides what its fields hold already."""
        found = self.paper.forms[form]
        headers = {"sec-fetch-site": "same-origin", "origin": self.deployment.url}
        self.answer = self.client.post(
            urljoin(self.deployment.url, found.action),
            data={**found.fields, **typed},
            headers=headers,
            follow_redirects=False,
        )
        return self

    def go_on(self, decision: str = "allow") -> Self:
        """Answer whatever the server asks, until it leads elsewhere or asks nothing any more."""
        for _ in range(_MOST_PAGES):
            led_to = self.led_to
            if led_to is not None and self._is_ours(led_to):
                self.open(led_to)
            elif led_to is None and "sign-in-form" in self.paper.forms:
                self.pages.append("sign-in")
                self.fill("sign-in-form", username=OWNER, password=PASSWORD)
            elif led_to is None and "consent-form" in self.paper.forms:
                self.pages.append("consent")
                self.fill("consent-form", decision=decision)
            else:
                return self
        return self

    def sign_in(self) -> Self:
        """Sign in at the server itself."""
        return self.open("/sign-in").fill("sign-in-form", username=OWNER, password=PASSWORD)

    @property
    def is_signed_in(self) -> bool:
        """Tell whether the server knows the browser."""
        return self.open("/account").answer.status_code == 200

    @property
    def is_shown_an_error(self) -> bool:
        """Tell whether the last answer is a page that says what is wrong and leads nowhere."""
        return self.led_to is None and self.answer.status_code == 400 and "error-code" in self.paper.ids

    def _is_ours(self, location: str) -> bool:
        return urlsplit(location).netloc in ("", urlsplit(self.deployment.url).netloc)
