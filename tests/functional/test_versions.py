"""Two versions of one resource: what each answers, what the old one says of its end, and what both keep."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Final

import pytest
from fastapi import APIRouter

from doorward.api.app import ROUTERS, build
from doorward.api.classes import RouteClass
from doorward.api.limits import LIMITED
from doorward.api.versions import ENDINGS, Ending
from doorward.assembly.watching.watch import DoorWatch
from doorward.telemetry.metrics import Metrics
from tests.functional.site import CSRF, SPA, Site, problem
from tests.functional.v2 import endings, mobile, web

NOTICE: Final = ("deprecation", "sunset", "link")
WITH_V2: Final = (*ROUTERS, web.router, mobile.router)


@pytest.fixture
def site(settled: Site) -> Site:
    """Return a site that has a second version of `me`, and in which the first one ends."""
    return rebuilt(settled)


def answered() -> dict[str, str]:
    return {}


def rebuilt(site: Site, *more: APIRouter, ends: Mapping[str, Ending] = endings.ENDINGS) -> Site:
    site.app = build(site.doors, routers=(*WITH_V2, *more), endings=ends)
    return site


def test_old_version_answers_as_before_and_says_when_it_ends(site: Site) -> None:
    app = site.device()
    app.sign_in()

    answer = app.get("/v1/mobile/me")

    assert (answer.status_code, answer.json()["email"]) == (200, "margaret@mail.example")
    assert answer.headers["deprecation"] == "@1798761600"
    assert answer.headers["sunset"] == "Thu, 01 Jul 2027 00:00:00 GMT"
    assert answer.headers["link"] == (
        '<https://docs.example.org/changes/2027-01>; rel="deprecation"; type="text/html", '
        '<https://auth.example/v2/mobile/me>; rel="successor-version"'
    )


def test_new_version_answers_in_its_own_shape_and_says_nothing_of_an_end(site: Site) -> None:
    browser = site.browser()
    browser.sign_in()

    answer = browser.get("/v2/web/me")

    assert answer.status_code == 200
    assert answer.json()["email"] == {"address": "margaret@mail.example", "is_verified": True}
    assert not set(NOTICE) & set(answer.headers)


def test_refusal_of_the_old_version_says_when_it_ends_too(site: Site) -> None:
    answer = site.client().get("/v1/mobile/me")

    assert problem(answer) == (401, "NOT_AUTHENTICATED")
    assert set(NOTICE) <= set(answer.headers)


@pytest.mark.parametrize("path", ["/v1/web/sessions", "/healthz", "/v1/web/nothing"])
def test_what_does_not_end_says_nothing_of_an_end(site: Site, path: str) -> None:
    answer = site.client().get(path)

    assert not set(NOTICE) & set(answer.headers)


def test_this_release_ends_nothing(settled: Site) -> None:
    browser = settled.browser()
    browser.sign_in()

    answer = browser.get("/v1/web/me")

    assert (ENDINGS, answer.status_code) == ({}, 200)
    assert not set(NOTICE) & set(answer.headers)


def test_page_of_another_origin_may_read_when_a_resource_ends(site: Site) -> None:
    answer = site.client().get("/v1/web/me", headers={"origin": SPA})

    exposed = answer.headers["access-control-expose-headers"].split(", ")
    assert set(NOTICE) <= set(exposed)


@pytest.mark.parametrize("path", ["/v2/web/me", "/v2/mobile/me"])
def test_new_version_does_not_read_the_credentials_of_the_other_class(site: Site, path: str) -> None:
    browser, app = site.browser(), site.device()
    browser.sign_in()
    app.sign_in()

    answer = app.get(path) if path == "/v2/web/me" else browser.get(path)

    assert problem(answer) == (401, "NOT_AUTHENTICATED")


def test_new_version_of_a_web_route_is_guarded_against_forgery(site: Site) -> None:
    browser = site.browser()
    browser.sign_in()

    answer = browser.client.patch("/v2/web/me", json={"username": "grace"})

    assert problem(answer) == (403, "CSRF_FAILED")
    assert browser.get("/v2/web/me").json()["username"] == "margaret"


def test_new_version_is_for_sessions_alone_where_the_first_one_is(site: Site) -> None:
    """An expired session is then told to refresh, and is not taken for a forgery."""
    browser = site.browser()
    browser.client.get(CSRF)

    answer = browser.client.patch("/v2/web/me", json={"username": "grace"})

    assert problem(answer) == (401, "NOT_AUTHENTICATED")


def test_new_version_spends_the_limits_of_the_first(site: Site) -> None:
    browser = site.browser()
    browser.sign_in()
    allowed = LIMITED["PATCH", "/v1/web/me"].amount

    answers = [browser.send("PATCH", f"/{version}/web/me", {}) for version in ["v1", "v2"] * allowed]

    statuses = [answer.status_code for answer in answers]
    assert statuses == [200] * allowed + [429] * allowed


def test_new_version_of_a_sign_in_counts_as_one_and_reads_what_the_first_reads(settled: Site) -> None:
    metrics = Metrics()
    later = APIRouter(prefix="/v2/auth", tags=[RouteClass.PUBLIC])
    later.post("/login_mobile")(answered)
    settled.doors = replace(settled.doors, watch=DoorWatch(metrics))
    client = rebuilt(settled, later).client()

    answer = client.post("/v2/auth/login_mobile", data={"username": "margaret"})

    shown = metrics.render().decode()
    assert answer.status_code == 200
    assert 'doorward_logins_total{outcome="accepted"} 1.0' in shown


def test_figures_say_which_version_was_asked(settled: Site) -> None:
    metrics = Metrics()
    settled.doors = replace(settled.doors, watch=DoorWatch(metrics))
    client = rebuilt(settled).client()

    for path in ("/v1/web/me", "/v2/web/me", "/v2/web/me", "/healthz", "/v9/web/me"):
        client.get(path)

    counted = {
        (labels["version"], labels["route"]): sample.value
        for family in metrics.registry.collect()
        for sample in family.samples
        if sample.name == "doorward_http_requests_total"
        for labels in [sample.labels]
    }
    assert counted == {
        ("v1", "/v1/web/me"): 1,
        ("v2", "/v2/web/me"): 2,
        ("none", "/healthz"): 1,
        ("none", "none"): 1,
    }


def test_each_line_of_log_says_which_version_was_asked(settled: Site, caplog: pytest.LogCaptureFixture) -> None:
    settled.doors = replace(settled.doors, watch=DoorWatch(Metrics()))
    client = rebuilt(settled).client()

    with caplog.at_level("DEBUG"):
        client.get("/v2/mobile/me")

    assert len([line for line in caplog.messages if "version=v2" in line]) == 2


def test_document_shows_what_ends_as_deprecated(site: Site) -> None:
    paths = site.client().get("/openapi.json").json()["paths"]

    deprecated = {path for path, operations in paths.items() for each in operations.values() if each.get("deprecated")}
    assert deprecated == set(endings.ENDINGS)
    assert paths["/v2/web/me"]["get"]["operationId"] == "v2_web_show_me"
    assert paths["/v2/web/me"]["patch"]["security"] == paths["/v1/web/me"]["patch"]["security"]


@pytest.mark.parametrize(
    ("path", "successor", "what"),
    [
        ("/v1/web/nothing", None, "is no route"),
        ("/v1/web/sessions", "v2", "v2 has nothing in its place"),
        ("/v1/web/me", "v1", "v1 has nothing in its place"),
    ],
)
def test_end_of_what_is_not_there_or_has_no_successor_is_refused(
    settled: Site, path: str, successor: str | None, what: str
) -> None:
    ending = replace(endings.ENDINGS["/v1/web/me"], successor=successor)

    with pytest.raises(ValueError, match=what):
        rebuilt(settled, ends=MappingProxyType({path: ending}))


def test_resource_may_end_without_a_successor(settled: Site) -> None:
    ending = replace(endings.ENDINGS["/v1/web/me"], successor=None)
    client = rebuilt(settled, ends={"/v1/web/sessions": ending}).client()

    answer = client.get("/v1/web/sessions")

    assert answer.headers["link"] == '<https://docs.example.org/changes/2027-01>; rel="deprecation"; type="text/html"'


def test_notice_of_less_than_half_a_year_is_refused() -> None:
    now = datetime(2027, 1, 1, tzinfo=UTC)

    with pytest.raises(ValueError, match="180 days"):
        Ending(now, now + timedelta(days=179), None, "https://docs.example.org")


def test_link_to_a_successor_cannot_be_broken_by_what_was_asked_for(settled: Site) -> None:
    ending = endings.ENDINGS["/v1/web/me"]
    one = APIRouter(prefix="/v2/web", tags=[RouteClass.WEB])
    one.delete("/sessions/{session_id}")(answered)
    client = rebuilt(settled, one, ends={"/v1/web/sessions/{session_id}": ending}).client()

    answer = client.delete(
        "/v1/web/sessions/a%0d%0aset-cookie:%20x=1;%22%3e", headers={"sec-fetch-site": "same-origin"}
    )

    assert "set-cookie" not in answer.headers
    assert answer.headers["link"].endswith(
        '<https://auth.example/v2/web/sessions/a%0D%0Aset-cookie%3A%20x%3D1%3B%22%3E>; rel="successor-version"'
    )
