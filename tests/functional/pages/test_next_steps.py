"""No page is a dead end: each leads on, by links and forms that need no script, to what is there."""

import importlib
import pkgutil
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urljoin, urlsplit

import pytest
from fastapi.routing import APIRoute
from starlette.responses import Response

from doorward.api.classes import RouteClass
from doorward.api.pages.errors import error_page
from doorward.api.pages.router import page_routers
from doorward.api.problems import STATUSES, Problem, status_of
from doorward.api.visit import Facts, Visit
from doorward.core.kernel.errors import Refusal
from tests.functional.pages.paper import Paper
from tests.functional.pages.visitor import Visitor
from tests.functional.site import Site

PLACES: Final = {
    "a page": Facts("/sign-in", RouteClass.PAGE, frozenset({"GET", "POST"})),
    "a form of the account": Facts("/account/username", RouteClass.PAGE, frozenset({"POST"})),
    "another form": Facts("/verify/resend", RouteClass.PAGE, frozenset({"POST"})),
    "nowhere": None,
}
_PARAMETER: Final = re.compile(r"\{[^}]*\}")


@dataclass
class Walker:
    """Somebody who tries where pages lead, each place once."""

    visitor: Visitor
    _tried: dict[str, bool] = field(default_factory=dict)

    def faults(self, html: str, place: str) -> Iterator[str]:
        """Yield what is wrong with where a page leads; header and footer do not count."""
        paper = Paper(html)
        inside = paper.elements[[tag for tag, _ in paper.elements].index("main") :]
        links = [facts["href"] or "" for tag, facts in inside if tag == "a"]
        buttons = [facts for tag, facts in inside if tag == "button"]
        if not links and not (paper.forms and buttons):
            yield f"{place} leads nowhere"
        yield from (f"{place} leads to {link!r}" for link in links if not self.gets_to(urljoin(place, link)))
        actions = {form.action for form in paper.forms.values()}
        yield from (f"{place} sends to {action!r}" for action in actions if not self.takes(action))

    def gets_to(self, link: str) -> bool:
        """Tell whether there is something at an address of ours; others' are theirs to keep."""
        parts = urlsplit(link)
        if parts.netloc:
            return True
        where = f"{parts.path}?{parts.query}"
        if where not in self._tried:
            self._tried[where] = self.visitor.open(where).status < 400
        return self._tried[where]

    def takes(self, action: str) -> bool:
        """Tell whether a form is awaited where it is sent."""
        found = self.visitor.site.app.front.plan.find(urlsplit(action).path)
        return found is not None and bool({"POST", "GET"} & found.facts.methods)


@pytest.fixture
def walkers(pages: Site) -> tuple[Walker, Walker]:
    pages.house.account()
    return Walker(Visitor(pages)), Walker(Visitor(pages).sign_in())


def refusals(kind: type[Refusal] = Refusal) -> Iterator[type[Refusal]]:
    """Yield every refusal that there is, and every one that somebody adds."""
    for each in kind.__subclasses__():
        yield each
        yield from refusals(each)


def problems() -> list[Problem]:
    """Return everything that a page of ours may have to say, whether or not it says it today."""
    for room in ("doorward.core", "doorward.api"):
        for found in pkgutil.walk_packages(importlib.import_module(room).__path__, f"{room}."):
            importlib.import_module(found.name)
    told = {(status_of(each), each.code) for each in refusals() if hasattr(each, "code")}
    return [Problem(*each, "") for each in sorted(told | {(status, "SOMETHING_NEW") for status in STATUSES.values()})]


def shown(site: Site, problem: Problem, facts: Facts | None) -> Response:
    return error_page(Visit(site.doors, "request", None, {}, facts), problem)


@pytest.mark.parametrize("place", PLACES)
def test_page_of_every_refusal_leads_on(pages: Site, walkers: tuple[Walker, Walker], place: str) -> None:
    facts, faults = PLACES[place], list[str]()

    for problem in problems():
        answer = shown(pages, problem, facts)
        for walker in walkers:
            if answer.status_code == 303:
                assert walker.gets_to(answer.headers["location"]), problem.code
                continue
            found = walker.faults(bytes(answer.body).decode(), facts.path if facts else "/nowhere")
            faults += [f"{problem.status} {problem.code}: {fault}" for fault in found]

    assert faults == []


def test_page_of_every_refusal_says_what_it_means_for_the_reader(pages: Site) -> None:
    for problem in problems():
        answer = shown(pages, problem, None)

        heading = re.search(r"<h1>(.+?)</h1>\s*<p class=\"lead\">(.+?)</p>", bytes(answer.body).decode())
        assert heading is not None, problem.code
        assert problem.code not in " ".join(heading.groups())


def test_every_page_leads_on_whoever_opens_it(pages: Site, walkers: tuple[Walker, Walker]) -> None:
    routes = [route for router in page_routers(pages.doors) for route in router.routes]
    of_pages = [route for route in routes if isinstance(route, APIRoute) and RouteClass.PAGE in route.tags]
    paths = {_PARAMETER.sub("x", route.path) for route in of_pages if "GET" in (route.methods or ())}
    faults: list[str] = []

    for path in sorted(paths):
        for walker in walkers:
            visitor = walker.visitor.open(path)
            if visitor.status == 303:
                faults += [] if walker.gets_to(visitor.led_to) else [f"{path} leads to {visitor.led_to}"]
            else:
                faults += walker.faults(visitor.answer.text, path)

    assert faults == []
    assert {"/sign-in", "/account", "/forward-auth/forbidden", "/oauth/logout", "/consent"} <= paths
