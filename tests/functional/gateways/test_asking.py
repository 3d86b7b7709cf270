"""What gateways are told of people who hold nothing yet; one site is enough, since asking changes nothing."""

from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from doorward.core.keys.jose import b64url_decode
from tests.functional.gateways.seeker import APP, FETCH, HOSTS, NAVIGATION, OWN, Seeker, as_nginx, as_traefik
from tests.functional.site import ABROAD, Site

PAGE = f"{APP}/reports/7?month=5&q=a%2Fb"


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory, empty_store: Path) -> Iterator[Site]:
    site = Site.open(tmp_path_factory.mktemp("gate"), empty_store, protected_hosts=HOSTS)
    yield site
    site.close()


@pytest.fixture
def stranger(watched: Site) -> Seeker:
    return Seeker(watched)


@pytest.fixture(autouse=True)
def _nothing_changes(watched: Site) -> Iterator[None]:
    before = watched.file.read_bytes()
    yield
    assert watched.file.read_bytes() == before


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD", "PROPFIND"])
def test_only_reading_a_page_leads_to_sign_in(stranger: Seeker, method: str) -> None:
    stranger.want(PAGE, method)

    assert stranger.status == 401
    assert stranger.answer.headers["www-authenticate"] == "Bearer"
    assert "location" not in stranger.answer.headers


@pytest.mark.parametrize(
    "headers",
    [
        FETCH,
        {"accept": "*/*"},
        {"accept": "application/json"},
        {"accept": "text/html", "x-requested-with": "XMLHttpRequest"},
        {**NAVIGATION, "sec-fetch-dest": "iframe"},
        {**NAVIGATION, "sec-fetch-mode": "websocket"},
        {**NAVIGATION, "upgrade": "websocket"},
        {**NAVIGATION, "sec-purpose": "prefetch"},
        {**NAVIGATION, "authorization": "Basic eDp5"},
        {"accept": "text/html", "sec-fetch-mode": "no-cors", "sec-fetch-dest": "image"},
    ],
)
def test_what_nobody_looks_at_is_refused_and_led_nowhere(stranger: Seeker, headers: dict[str, str]) -> None:
    stranger.want(PAGE, **headers)

    assert stranger.status == 401
    assert "location" not in stranger.answer.headers


@pytest.mark.parametrize("headers", [NAVIGATION, {"accept": "text/html,*/*;q=0.8"}, {"sec-fetch-mode": "navigate"}])
def test_page_that_somebody_opens_leads_to_sign_in(stranger: Seeker, headers: dict[str, str]) -> None:
    assert stranger.want(PAGE, **headers).led_to.startswith(f"{OWN}/oauth/authorize?")


def test_preflight_is_refused_whatever_it_carries(stranger: Seeker) -> None:
    preflight = {"origin": "https://evil.example", "access-control-request-method": "GET"}

    stranger.want(PAGE, "OPTIONS", **preflight)

    assert stranger.status == 401
    assert "access-control-allow-origin" not in stranger.answer.headers


def test_nginx_is_told_in_its_own_words_and_leads_to_sign_in_by_the_other_address(stranger: Seeker) -> None:
    stranger.ask(PAGE, **as_nginx(PAGE), **NAVIGATION)
    assert stranger.status == 401

    stranger.ask(PAGE, at="/forward-auth/sign-in", **as_nginx(PAGE), **NAVIGATION)
    assert target_of(stranger) == PAGE

    stranger.ask(PAGE, at="/forward-auth/sign-in", **as_nginx(PAGE, "POST"), **NAVIGATION)
    assert stranger.status == 401


def target_of(stranger: Seeker) -> str:
    """Return where the browser would come back to in the end, as the sealed state says."""
    state = parse_qs(urlsplit(stranger.led_to).query)["state"][0]
    return b64url_decode(state.split(".")[1]).decode()


@pytest.mark.parametrize(
    "path",
    [
        "//evil.example/x",
        "/\\evil.example",
        "/a\tb",
        "/a b",
        "/<script>",
        '/"quoted"',
        "/#fragment",
        "/" + "a" * 2000,
        "https://evil.example/",
        "@evil.example/",
        ".evil.example/",
        ":443@evil.example/",
    ],
)
def test_target_that_two_readers_could_read_apart_leads_to_the_first_page(stranger: Seeker, path: str) -> None:
    stranger.ask(PAGE, **{**as_traefik(PAGE), "x-forwarded-uri": path}, **NAVIGATION)

    assert target_of(stranger) == f"{APP}/"


@pytest.mark.parametrize("path", ["/", "/a?next=https://evil.example", "/a/../b", "/%2e%2e/b?x=%00", "/a//b"])
def test_target_is_the_very_address_on_the_asked_host(stranger: Seeker, path: str) -> None:
    stranger.ask(PAGE, **{**as_traefik(PAGE), "x-forwarded-uri": path}, **NAVIGATION)

    assert target_of(stranger) == f"{APP}{path}"


@pytest.mark.parametrize(
    ("url", "code"),
    [
        (f"{OWN}/sign-in", "PATH_NOT_GUARDED"),
        (f"{OWN}/sign-in?request=x", "PATH_NOT_GUARDED"),
        (f"{OWN}/%73ign-in", "PATH_NOT_GUARDED"),
        (f"{OWN}/sign-in/with/google", "PATH_NOT_GUARDED"),
        (f"{OWN}/oauth/authorize?x", "PATH_NOT_GUARDED"),
        (f"{OWN}/forward-auth/callback?code=x", "PATH_NOT_GUARDED"),
        (f"{OWN}/forward-auth", "PATH_NOT_GUARDED"),
        (f"{APP}/forward-auth/callback?code=x", "PATH_NOT_GUARDED"),
        (f"{APP}/forward-auth", "PATH_NOT_GUARDED"),
        ("https://evil.example/", "HOST_NOT_PROTECTED"),
        ("https://app.example.evil.example/", "HOST_NOT_PROTECTED"),
        ("https://app.example./", "HOST_NOT_PROTECTED"),
        ("https://app.example:444/", "HOST_NOT_PROTECTED"),
        ("http://app.example/", "HOST_NOT_PROTECTED"),
        ("https://reports.example/", "HOST_NOT_PROTECTED"),
        ("https://app.example@evil.example/", "HOST_NOT_PROTECTED"),
        ("https://evil.example@app.example/", "HOST_NOT_PROTECTED"),
    ],
)
@pytest.mark.parametrize("dialect", [as_traefik, as_nginx])
def test_what_is_not_guarded_is_refused_and_led_nowhere(
    stranger: Seeker, dialect: Callable[[str], dict[str, str]], url: str, code: str
) -> None:
    stranger.ask(PAGE, **dialect(url), **NAVIGATION)

    assert (stranger.status, stranger.answer.json()["code"]) == (403, code)
    assert "location" not in stranger.answer.headers


@pytest.mark.parametrize("path", ["/sign-in", "/sign-in-sheet", "/oauth2/x", "/forward-authority"])
def test_paths_of_ours_are_only_ours_where_they_are(stranger: Seeker, path: str) -> None:
    assert stranger.want(f"{APP}{path}").status == 303
    assert stranger.want(f"{OWN}{path}").status == (403 if path == "/sign-in" else 303)


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"x-forwarded-host": "app.example"},
        {**as_traefik(PAGE), "x-forwarded-proto": "https, http"},
        {**as_traefik(PAGE), "x-forwarded-proto": "gopher"},
        {**as_traefik(PAGE), "x-forwarded-method": "GET, POST"},
        {**as_traefik(PAGE), "x-forwarded-method": "get"},
        {**as_traefik(PAGE), "x-forwarded-method": ""},
        {**as_traefik(PAGE), "x-forwarded-uri": ""},
        {**as_traefik(PAGE), "x-forwarded-host": ""},
        {**as_traefik(PAGE), "x-original-url": PAGE},
        {**as_traefik(PAGE), **as_nginx(PAGE)},
        {**as_nginx(PAGE), "x-forwarded-host": "vault.example"},
        {**as_nginx(PAGE), "x-forwarded-uri": "/"},
        {**as_nginx(PAGE), "x-forwarded-method": "GET"},
        {"x-original-url": PAGE},
        {"x-original-method": "GET"},
        {**as_nginx(PAGE), "x-original-url": "/reports"},
        {**as_nginx(PAGE), "x-original-url": f"{PAGE}, https://vault.example/"},
        {**as_nginx(PAGE), "x-original-url": "javascript:alert(1)"},
    ],
)
def test_what_cannot_be_read_in_one_way_is_refused(stranger: Seeker, fields: dict[str, str]) -> None:
    stranger.ask(PAGE, **fields, **NAVIGATION)

    assert (stranger.status, stranger.answer.json()["code"]) == (403, "FORWARDED_UNREADABLE")


def test_host_that_comes_twice_is_refused(stranger: Seeker) -> None:
    twice = [*as_traefik(PAGE).items(), ("x-forwarded-host", "vault.example")]

    answer = stranger.client.get("/forward-auth", headers=twice)

    assert answer.status_code == 403


@pytest.mark.parametrize(
    "name",
    ["X_Forwarded_Host", "X-Forwarded_Uri", "x_original-url", "X_Auth_Subject", "x-auth_roles", "X_FORWARDED_PROTO"],
)
def test_look_alike_with_underscores_is_refused(stranger: Seeker, name: str) -> None:
    answer = stranger.client.get("/forward-auth", headers={**as_traefik(PAGE), **NAVIGATION, name: "x"})

    assert (answer.status_code, answer.json()["code"]) == (403, "FORWARDED_UNREADABLE")


@pytest.mark.parametrize("address", [ABROAD, "10.0.0.1.evil.example", "192.168.1.1"])
@pytest.mark.parametrize("at", ["/forward-auth", "/forward-auth/sign-in"])
def test_whoever_is_no_gateway_is_refused(watched: Site, address: str, at: str) -> None:
    outsider = Seeker(watched, address)

    outsider.want(PAGE, at=at, **NAVIGATION)

    assert (outsider.status, outsider.answer.json()["code"]) == (403, "GATEWAY_NOT_TRUSTED")


def test_trusted_gateway_is_not_told_by_what_it_forwards(watched: Site) -> None:
    """A client abroad claims to be the gateway."""
    outsider = Seeker(watched, ABROAD)

    outsider.want(PAGE, **NAVIGATION, **{"x-forwarded-for": "10.0.0.1", "forwarded": "for=10.0.0.1"})

    assert outsider.status == 403


def test_sockets_count_as_their_pages(stranger: Seeker) -> None:
    stranger.ask(PAGE, **{**as_traefik(PAGE), "x-forwarded-proto": "wss"}, upgrade="websocket")

    assert stranger.status == 401


def test_refusal_says_how_to_come_in(stranger: Seeker) -> None:
    stranger.want(PAGE, **FETCH)

    assert stranger.answer.json()["code"] == "NOT_AUTHENTICATED"
    assert stranger.answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("headers", [FETCH, NAVIGATION])
def test_refusal_that_a_browser_sees_is_protected(stranger: Seeker, headers: dict[str, str]) -> None:
    stranger.want(PAGE, **headers)

    assert stranger.answer.headers["x-content-type-options"] == "nosniff"
    assert "content-security-policy" in stranger.answer.headers
