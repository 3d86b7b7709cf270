"""Somebody with a browser that runs no script: it keeps cookies, follows redirects and sends forms."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from types import TracebackType
from typing import Final, Self
from urllib.parse import urljoin, urlsplit

import httpx2

_LONGEST_WAY: Final = 10


@dataclass
class Form:
    """A form of a page: where it leads, and what it holds already."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)


class _Forms(HTMLParser):
    """Reads the forms of a page, by their ids."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, Form] = {}
        self._open: Form | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take note of a form, or of a field in one."""
        said = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._open = self.found[said.get("id", "")] = Form(said.get("action", ""))
        elif tag == "input" and self._open is not None and "name" in said:
            self._open.fields[said["name"]] = said.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        """Take note of the end of a form."""
        if tag == "form":
            self._open = None


class Person:
    """Somebody, at one page at a time."""

    def __init__(self) -> None:
        self.http = httpx2.Client(headers={"accept": "text/html"}, timeout=30)
        self.page = httpx2.Response(204)
        self.address = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.http.close()

    def open(self, address: str) -> Self:
        """Open an address, and go where it leads."""
        return self._arrive(self.http.get(address), address)

    def send(self, form: str, **typed: str) -> Self:
        """Send a form of the page, and go where that leads.

        Raises: LookupError, when the page has no such form.
        """
        found = self.forms.get(form)
        if found is None:
            raise LookupError(f"{self.address} has no form {form}, but {', '.join(self.forms) or 'none at all'}")
        target, parts = urljoin(self.address, found.action), urlsplit(self.address)
        headers = {"origin": f"{parts.scheme}://{parts.netloc}", "sec-fetch-site": "same-origin"}
        return self._arrive(self.http.post(target, data={**found.fields, **typed}, headers=headers), target)

    @property
    def forms(self) -> Mapping[str, Form]:
        """The forms of the page."""
        reader = _Forms()
        reader.feed(self.page.text)
        return reader.found

    def allow(self, question: str, *, username: str, password: str) -> Self:
        """Go the way of somebody whom an application sends here: sign in where that is asked, and allow it."""
        self.open(question)
        if "sign-in-form" in self.forms:
            self.send("sign-in-form", username=username, password=password)
        if "consent-form" in self.forms:
            self.send("consent-form", decision="allow")
        return self

    def _arrive(self, answer: httpx2.Response, address: str) -> Self:
        for _ in range(_LONGEST_WAY):
            if not answer.has_redirect_location:
                break
            address = urljoin(address, answer.headers["location"])
            answer = self.http.get(address)
        self.page, self.address = answer, address
        return self
