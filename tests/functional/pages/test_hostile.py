"""Whatever is typed into a form comes back as text, or not at all, and is never too much for a page."""

from collections.abc import Iterator
from urllib.parse import urlencode

import pytest

from tests.functional.pages.paper import Paper
from tests.functional.pages.visitor import Visitor
from tests.functional.site import Site
from tests.functional.vectors import hostile_strings

FORM = {"content-type": "application/x-www-form-urlencoded"}
STRINGS_A_BROWSER = 50
SHARES = 2
"""Four pages show what was typed alike: each string goes to two of them."""

FIELDS = {
    "/sign-in": ("username", "password"),
    "/register": ("username", "email", "password"),
    "/verify": ("email", "code"),
    "/forgot": ("email",),
}


def browsers(pages: Site, strings: list[str]) -> Iterator[tuple[Visitor, str]]:
    """Yield each string with a browser to type it into; no address types more than its limits let it."""
    for number, text in enumerate(strings):
        if number % STRINGS_A_BROWSER == 0:
            visitor = Visitor(pages, f"192.0.2.{number // STRINGS_A_BROWSER}").open("/sign-in")
        yield visitor, text


def is_harmless(html: str) -> bool:
    """Tell whether a page holds our own elements alone."""
    elements = Paper(html).elements
    handlers = [name for _, attributes in elements for name in attributes if name.startswith("on")]
    tags = [tag for tag, _ in elements]
    return not handlers and tags.count("script") == 3 and not {"img", "iframe", "object", "embed", "base"} & set(tags)


@pytest.mark.parametrize("path", FIELDS)
def test_form_hostile_text_is_refused_on_a_harmless_page(pages: Site, path: str) -> None:
    odd = []

    for visitor, text in browsers(pages, hostile_strings(list(FIELDS).index(path), SHARES)):
        token = visitor.paper.forms["sign-in-form"].fields["csrf_token"]
        fields = {"csrf_token": token, **dict.fromkeys(FIELDS[path], text)}
        body = urlencode(fields, errors="surrogatepass")
        answer = visitor.client.post(path, content=body, headers=FORM, follow_redirects=False)
        is_ours = answer.status_code == 303 or is_harmless(answer.text)
        if not is_ours or answer.status_code >= 500 or answer.status_code < 300:
            odd.append((text, answer.status_code))

    assert odd == []
    assert pages.notes.failures == []
