"""Floods."""

from datetime import timedelta
from pathlib import Path

import pytest

from doorward.api.limits import LIMITED
from tests.functional.site import ABROAD, PROXY, Site, problem
from tests.house import PASSWORD

REFRESH = "/v1/auth/refresh_mobile"
FORGOT = "/v1/auth/forgot_password"


def forgot(site: Site, address: str, **headers: str) -> int:
    answer = site.client(address).post(FORGOT, json={"email": "a@mail.example"}, headers=headers)
    return answer.status_code


def test_flood_of_one_address_is_refused_with_the_time_to_wait(site: Site) -> None:
    client = site.client()

    answers = [client.post(FORGOT, json={"email": "a@mail.example"}) for _ in range(61)]

    assert {answer.status_code for answer in answers[:60]} == {202}
    assert problem(answers[60]) == (429, "TOO_MANY_REQUESTS")
    assert 0 < int(answers[60].headers["retry-after"]) <= 61


def test_flood_is_over_after_the_time_to_wait(site: Site) -> None:
    client = site.client()
    for _ in range(60):
        client.post(FORGOT, json={"email": "a@mail.example"})
    refused = client.post(FORGOT, json={"email": "a@mail.example"})

    site.clock.advance(timedelta(seconds=int(refused.headers["retry-after"])))

    assert client.post(FORGOT, json={"email": "a@mail.example"}).status_code == 202


def test_flood_of_one_address_does_not_hold_up_another(site: Site) -> None:
    for _ in range(61):
        forgot(site, "192.0.2.7")

    assert forgot(site, "192.0.2.7") == 429
    assert forgot(site, ABROAD) == 202


def test_flood_from_one_network_of_version_6_shares_a_budget(site: Site) -> None:
    statuses = [forgot(site, f"2001:db8:1:2::{number:x}") for number in range(61)]

    assert statuses[-1] == 429
    assert forgot(site, "2001:db8:1:3::1") == 202


def test_flood_with_made_up_origins_is_counted_as_one(site: Site) -> None:
    headers = [{"x-forwarded-for": f"203.0.113.{number}"} for number in range(61)]

    assert [forgot(site, "192.0.2.7", **each) for each in headers][-1] == 429


def test_flood_behind_a_trusted_proxy_is_counted_for_each_client(site: Site) -> None:
    for _ in range(61):
        forgot(site, PROXY, **{"x-forwarded-for": "203.0.113.1"})

    assert forgot(site, PROXY, **{"x-forwarded-for": "203.0.113.1"}) == 429
    assert forgot(site, PROXY, **{"x-forwarded-for": "203.0.113.2"}) == 202


def test_flood_of_sign_ins_is_refused_even_with_the_right_password(site: Site) -> None:
    site.house.account()
    app = site.device()
    for _ in range(120):
        app.client.post("/v1/auth/login_mobile", json={"username": "x", "password": "y"})

    assert problem(app.sign_in("margaret", PASSWORD)) == (429, "TOO_MANY_REQUESTS")


def test_limited_answer_tells_what_is_left(site: Site) -> None:
    client = site.client()

    first, second = (client.post(REFRESH, json={"refresh_token": "x"}) for _ in range(2))

    assert first.headers["ratelimit-policy"] == '"refresh";q=1200;w=60'
    assert first.headers["ratelimit"].startswith('"refresh";r=1199;t=')
    assert second.headers["ratelimit"].startswith('"refresh";r=1198;t=')


@pytest.fixture(scope="module")
def paths(tmp_path_factory: pytest.TempPathFactory, empty_store: Path) -> dict[str, dict[str, object]]:
    site = Site.open(tmp_path_factory.mktemp("site"), empty_store)
    found: dict[str, dict[str, object]] = site.client().get("/openapi.json").json()["paths"]
    site.close()
    return found


@pytest.mark.parametrize(("method", "path"), [key for key in LIMITED if key[1].startswith("/v1/")])
def test_every_limited_route_exists(paths: dict[str, dict[str, object]], method: str, path: str) -> None:
    assert method.lower() in paths[path]


def test_unlimited_answer_tells_nothing(site: Site) -> None:
    assert "ratelimit" not in site.client().get("/healthz").headers
