"""What holds for every route, read from the OpenAPI document: a new one is covered by being there."""

import re
import sqlite3
from collections.abc import Iterator
from inspect import iscoroutinefunction, isroutine
from typing import Any, Final

import pytest
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from starlette.responses import StreamingResponse

from doorward.api.classes import RouteClass
from doorward.api.files.origin import PATH as FILE_PATH
from doorward.api.middleware.body_size import STREAMED as TAKEN_AS_THEY_COME
from doorward.telemetry.figures import STREAMED
from tests.functional.site import Site, problem

Operation = tuple[str, str, dict[str, Any]]

SESSION_ID: Final = "00000000000000000000000000"
CHANGED_BY_READING: Final = frozenset({"dw_audit", "dw_audit_head"})
"""The export writes into the audit that it was taken; nothing else changes by being read."""


def operations(site: Site) -> list[Operation]:
    document = site.client().get("/openapi.json").json()
    return [
        (method.upper(), path, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]


def contents(site: Site) -> dict[str, list[tuple[object, ...]]]:
    connection = sqlite3.connect(site.file)
    try:
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: connection.execute(f'SELECT * FROM "{name}"').fetchall() for name in tables}  # noqa: S608
    finally:
        connection.close()


def readable(site: Site) -> list[str]:
    """Return every path that answers GET: those of the document, and the pages."""
    plan = site.app.front.plan
    rows = [*plan.exact.values(), *(row for _, row in plan.patterns)]
    return [row.facts.path for row in rows if "GET" in row.facts.methods]


def asked_for(dependant: Dependant) -> Iterator[object]:
    """Yield what answers at a route, and everything that it asks for."""
    yield dependant.call
    for each in dependant.dependencies:
        yield from asked_for(each)


def runs_on_the_loop(call: object) -> bool:
    return iscoroutinefunction(call if isroutine(call) else type(call).__call__)


def filled(path: str) -> str:
    return re.sub(r"\{[a-z_]+\}", SESSION_ID, path)


def test_every_route_has_exactly_one_class(site: Site) -> None:
    classes = {kind.value for kind in RouteClass}

    for method, path, operation in operations(site):
        assert len(set(operation["tags"]) & classes) == 1, (method, path)
        assert len(operation["tags"]) == 1, (method, path)


def test_no_path_belongs_to_two_classes(site: Site) -> None:
    found: dict[str, set[str]] = {}
    for _, path, operation in operations(site):
        found.setdefault(path, set()).update(operation["tags"])

    assert {path: tags for path, tags in found.items() if len(tags) > 1} == {}


def test_no_route_takes_a_thread_of_the_framework_for_what_it_asks_for(development: Site) -> None:
    routes = [route for route in development.app.routes if isinstance(route, APIRoute)]

    found = {(route.path, call) for route in routes for call in asked_for(route.dependant)}

    assert len(found) > len(routes)
    assert [(path, call) for path, call in found if not runs_on_the_loop(call)] == []


def test_every_route_that_streams_is_known_as_one(development: Site) -> None:
    plan = development.app.front.plan
    there = {row.facts.path for row in (*plan.exact.values(), *(row for _, row in plan.patterns))}
    routes = [route for route in development.app.routes if isinstance(route, APIRoute)]
    streaming = {route.path for route in routes if route.response_class is StreamingResponse}

    assert streaming
    assert streaming | {FILE_PATH} | set(TAKEN_AS_THEY_COME) <= set(STREAMED) <= there | {FILE_PATH}


def test_every_row_of_the_contract_is_there(site: Site) -> None:
    there = {(method, path) for method, path, _ in operations(site)}
    both = [
        (method, f"/v1/{kind}/{name}")
        for kind in ("web", "mobile")
        for method, name in (
            ("GET", "me"),
            ("PATCH", "me"),
            ("DELETE", "me"),
            ("PUT", "password"),
            ("GET", "sessions"),
            ("DELETE", "sessions"),
            ("DELETE", "sessions/{session_id}"),
            ("GET", "me/export"),
        )
    ]
    posts = (
        "register register_mobile verify_email resend_verification forgot_password reset_password unlock "
        "login_web login_mobile refresh_web refresh_mobile logout_web logout_mobile"
    )
    wanted = {("GET", "/v1/auth/csrf"), *both, *(("POST", f"/v1/auth/{name}") for name in posts.split())}

    assert wanted <= there


def test_every_operation_is_described_and_named_once(site: Site) -> None:
    found = operations(site)

    assert len({operation["operationId"] for _, _, operation in found}) == len(found)
    assert all(operation["description"] for _, _, operation in found)


def test_every_operation_says_how_it_refuses(site: Site) -> None:
    for method, path, operation in operations(site):
        assert {"4XX", "5XX"} <= set(operation["responses"]), (method, path)
        assert "422" not in operation["responses"], (method, path)


def test_security_of_each_operation_is_that_of_its_class(site: Site) -> None:
    for method, path, operation in operations(site):
        schemes = {name for each in operation.get("security", []) for name in each}
        match operation["tags"]:
            case ["mobile"] | ["operator"]:
                assert schemes == {"bearer"}, path
            case ["web"]:
                assert "bearer" not in schemes
                assert ("csrf" in schemes) is (method != "GET"), path
            case ["public"]:
                assert schemes == set(), path


def test_document_bearer_is_got_from_the_mobile_sign_in(site: Site) -> None:
    document = site.client().get("/openapi.json").json()

    scheme = document["components"]["securitySchemes"]["bearer"]

    assert scheme["type"] == "oauth2"
    assert scheme["flows"]["password"]["tokenUrl"] == "/v1/auth/login_mobile"


def test_document_every_reference_leads_somewhere(site: Site) -> None:
    answer = site.client().get("/openapi.json")
    document = answer.json()

    for reference in set(re.findall(r'"\$ref":"#/([^"]+)"', answer.text)):
        found: Any = document
        for part in reference.split("/"):
            found = found[part]
        assert found


def test_every_route_for_sessions_refuses_a_stranger(site: Site) -> None:
    client = site.client()
    for method, path, _ in operations(site):
        if path.startswith(("/v1/web/", "/v1/mobile/")) or path.endswith("logout_mobile"):
            answer = client.request(method, filled(path), headers={"sec-fetch-site": "same-origin"})
            assert problem(answer) == (401, "NOT_AUTHENTICATED"), (method, path)


@pytest.mark.parametrize("kind", ["stranger", "browser", "app"])
def test_every_get_leaves_the_store_unchanged(development: Site, kind: str) -> None:
    site = development
    site.house.account()
    browser, app = site.browser(), site.device()
    browser.sign_in()
    app.sign_in()
    client = {"stranger": site.client(), "browser": browser.client, "app": app.client}[kind]
    headers = {"authorization": f"Bearer {app.access_token}"} if kind == "app" else {}
    before = contents(site)

    statuses = {
        path: client.get(filled(path), headers=headers, follow_redirects=False).status_code for path in readable(site)
    }

    after = contents(site)
    changed = {name for name in before if before[name] != after[name]}
    assert {"/account", "/v1/web/me", "/v1/mobile/me", "/dev/mail.json", "/healthz"} <= set(statuses)
    assert changed <= CHANGED_BY_READING
    assert all(status < 500 for status in statuses.values()), statuses
    assert set(before) == set(after)


def test_development_routes_are_not_there_in_production(site: Site) -> None:
    assert not any(path.startswith("/dev") for _, path, _ in operations(site))
    assert problem(site.client().get("/dev/mail.json")) == (404, "NOT_FOUND")
