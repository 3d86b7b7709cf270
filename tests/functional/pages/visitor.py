"""Somebody at the pages: opens them, fills in their forms, and follows where they lead."""

from dataclasses import dataclass, field
from typing import Self

from httpx2 import Client, Response

from tests.functional.pages.paper import Paper
from tests.functional.site import FIREFOX, HOME, Site
from tests.house import PASSWORD


@dataclass
class Visitor:
    """A browser that runs no scripts, at the page that it has opened last."""

    site: Site
    address: str = HOME
    client: Client = field(init=False)
    answer: Response = field(init=False)

    def __post_init__(self) -> None:
        self.client = self.site.client(self.address)
        self.client.headers.update(
            {"user-agent": FIREFOX, "sec-fetch-site": "same-origin", "accept": "text/html,application/xhtml+xml"}
        )

    @property
    def status(self) -> int:
        """The status of the last answer."""
        return self.answer.status_code

    @property
    def paper(self) -> Paper:
        """What the last answer shows."""
        return Paper(self.answer.text)

    @property
    def led_to(self) -> str:
        """Where the last answer leads, which must be a 303."""
        assert self.status == 303, (self.status, self.answer.text)
        return self.answer.headers["location"]

    def open(self, path: str) -> Self:
        """Open a page."""
        self.answer = self.client.get(path, follow_redirects=False)
        return self

    def fill(self, form: str, **typed: str) -> Self:
        """Send a form of the page, with what is typed besides what its fields hold already."""
        found = self.paper.forms[form]
        return self.post(found.action, {**found.fields, **typed})

    def post(self, path: str, fields: dict[str, str]) -> Self:
        """Send fields to an address."""
        self.answer = self.client.post(path, data=fields, follow_redirects=False)
        return self

    def follow(self) -> Self:
        """Go where the last answer leads."""
        return self.open(self.led_to)

    def sign_in(self, login: str = "margaret", password: str = PASSWORD) -> Self:
        """Sign in, and stand at the account."""
        return self.open("/sign-in").fill("sign-in-form", username=login, password=password).follow()

    def cookie(self, name: str) -> str | None:
        """Return a cookie that the browser holds."""
        return next((held.value for held in self.client.cookies.jar if held.name == f"__Host-dw_{name}"), None)

    def set_cookies(self) -> dict[str, str]:
        """Return what the last answer set, by the end of the cookie's name."""
        headers = self.answer.headers.get_list("set-cookie")
        return {header.partition("=")[0].rpartition("dw_")[2]: header for header in headers}
