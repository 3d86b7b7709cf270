"""Going to another provider from our pages, and coming back."""

from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from pathlib import Path
from urllib.parse import urlencode

from doorward.core.federation.records import Answer
from tests.functional.pages.visitor import Visitor
from tests.functional.site import Site
from tests.upstream import Elsewhere

KIND = "oidc"


@contextmanager
def a_site_with(elsewhere: Elsewhere, folder: Path, empty: Path) -> Iterator[Site]:
    """Return a site whose people can sign in with one provider."""
    site = Site.open(folder, empty, web=elsewhere, providers=(elsewhere.provider,))
    elsewhere.clock = site.clock
    try:
        yield site
    finally:
        site.close()


def leave(visitor: Visitor, form: str = f"with-{KIND}-form") -> str:
    """Press a provider's button, and return where the browser is led."""
    visitor.fill(form)
    assert visitor.status == 200, visitor.answer.text
    (url,) = [facts["href"] for tag, facts in visitor.paper.elements if facts.get("id") == "leave-link"]
    (refresh,) = [facts["content"] for tag, facts in visitor.paper.elements if facts.get("http-equiv") == "refresh"]
    assert refresh == f"0;url={url}"
    return str(unescape(url or ""))


def callback(answer: Answer, **changes: str) -> str:
    fields = {"state": answer.state, "code": answer.code or "", **changes}
    return f"/sign-in/with/{KIND}/callback?{urlencode(fields)}"


def come_back(visitor: Visitor, answer: Answer, **changes: str) -> Visitor:
    """Come back from another site, as a browser does."""
    visitor.client.headers["sec-fetch-site"] = "cross-site"
    visitor.open(callback(answer, **changes))
    visitor.client.headers["sec-fetch-site"] = "same-origin"
    return visitor


def go(visitor: Visitor, elsewhere: Elsewhere, page: str = "/sign-in", form: str = f"with-{KIND}-form") -> Visitor:
    return come_back(visitor, elsewhere.authorize(leave(visitor.open(page), form)))
