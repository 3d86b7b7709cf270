"""What answers is the route whose path was guarded, whatever else of the application matches it too."""

from typing import Final

import pytest
from fastapi import APIRouter
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send

from doorward.api.app import ROUTERS, build
from doorward.api.classes import RouteClass
from doorward.api.middleware.chosen import ROUTES
from doorward.api.pages.errors import error_page
from doorward.api.pages.router import page_routers
from tests.functional.site import Site, problem

greedy: Final = APIRouter(prefix="/greedy", tags=[RouteClass.PUBLIC])
guarded: Final = APIRouter(prefix="/greedy", tags=[RouteClass.WEB])


@greedy.api_route("/{anything}", methods=["GET", "POST"])
async def answer_anything(anything: str) -> dict[str, str]:
    return {"answered": f"anything: {anything}"}


@guarded.post("/change")
async def change() -> dict[str, str]:
    return {"answered": "change"}


@pytest.fixture
def greedy_site(settled: Site) -> Site:
    doors = settled.doors
    settled.app = build(doors, routers=(greedy, *ROUTERS, guarded), pages=page_routers(doors), error_page=error_page)
    return settled


def test_exact_path_answers_before_a_pattern_that_was_declared_first(greedy_site: Site) -> None:
    browser = greedy_site.browser()
    browser.sign_in()

    assert browser.send("POST", "/greedy/change").json() == {"answered": "change"}
    assert browser.get("/greedy/other").json() == {"answered": "anything: other"}


def test_guard_of_the_exact_path_is_passed_by_nobody(greedy_site: Site) -> None:
    browser = greedy_site.browser()
    browser.sign_in()

    assert problem(browser.client.post("/greedy/change")) == (403, "CSRF_FAILED")


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", "/greedy/change", "POST"),
        ("OPTIONS", "/v1/web/me", "DELETE, GET, HEAD, PATCH"),
        ("OPTIONS", "/oauth/authorize", "GET, POST"),
        ("HEAD", "/oauth/authorize", "GET, POST"),
    ],
)
def test_method_that_no_route_of_the_path_takes_is_refused_and_the_others_are_named(
    greedy_site: Site, method: str, path: str, allowed: str
) -> None:
    answer = greedy_site.client().request(method, path)

    assert (answer.status_code, answer.headers["allow"]) == (405, allowed)


def test_routes_that_another_server_left_in_the_scope_answer_nothing(greedy_site: Site) -> None:
    left = greedy_site.app.front.plan.find("/greedy/change")
    assert left is not None
    second = build(greedy_site.doors)

    async def offered_to_both(scope: Scope, receive: Receive, send: Send) -> None:
        await second({**scope, ROUTES: left.routes}, receive, send)

    answer = TestClient(offered_to_both).post("/greedy/change")

    assert answer.status_code == 404
