"""What every answer carries."""

import json
import re
from typing import Final

import pytest
from httpx2 import Response

from tests.functional.direct import Direct
from tests.functional.site import PROXY, SPA, Site

ANSWERS: Final[tuple[tuple[str, str, dict[str, str], int], ...]] = (
    ("GET", "/healthz", {}, 200),
    ("GET", "/docs", {}, 200),
    ("GET", "/openapi.json", {}, 200),
    ("GET", "/docs/swagger-ui.css", {}, 200),
    ("GET", "/.well-known/jwks.json", {}, 200),
    ("GET", "/.well-known/change-password", {}, 303),
    ("GET", "/v1/auth/csrf", {}, 200),
    ("GET", "/v1/mobile/me", {}, 401),
    ("GET", "/v1/web/me", {}, 401),
    ("GET", "/nowhere", {}, 404),
    ("PUT", "/healthz", {}, 405),
    ("POST", "/v1/auth/login_web", {}, 403),
    ("POST", "/v1/auth/login_mobile", {"content-type": "text/plain", "content-length": "1"}, 415),
    ("POST", "/v1/auth/login_mobile", {"content-length": "99999"}, 413),
    ("GET", "/healthz?" + "x" * 9000, {}, 414),
    ("GET", "/healthz", {"x-padding": "x" * 17_000}, 431),
    ("OPTIONS", "/v1/mobile/me", {"origin": SPA, "access-control-request-method": "GET"}, 204),
)


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"), [each for each in ANSWERS if each[1] != "/v1/auth/csrf"]
)
def test_answer_is_the_same_whether_a_server_takes_it_whole_or_not(
    site: Site, method: str, path: str, headers: dict[str, str], status: int
) -> None:
    content = b"x" if "content-length" in headers else None
    client = site.client()
    transport = client._transport
    assert isinstance(transport, Direct)

    whole = client.request(method, path, headers=headers, content=content, follow_redirects=False)
    transport.extensions = {}
    in_pieces = client.request(method, path, headers=headers, content=content, follow_redirects=False)

    assert (whole.status_code, in_pieces.status_code) == (status, status)
    assert _told(whole) == _told(in_pieces)


@pytest.mark.parametrize(("method", "path", "headers", "status"), ANSWERS)
def test_every_answer_is_protected(site: Site, method: str, path: str, headers: dict[str, str], status: int) -> None:
    content = b"x" if "content-length" in headers else None

    answer = site.client().request(method, path, headers=headers, content=content, follow_redirects=False)

    assert answer.status_code == status
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cross-origin-opener-policy"] == "same-origin"
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    assert answer.headers["strict-transport-security"] == "max-age=63072000; includeSubDomains"
    assert "camera=()" in answer.headers["permissions-policy"]
    assert re.fullmatch(r"[0-9a-f]{32}", answer.headers["x-request-id"])
    assert "server" not in answer.headers
    for name in set(answer.headers):
        if name not in ("set-cookie", "vary"):
            assert len(answer.headers.get_list(name)) == 1, name
    if "text/html" not in answer.headers.get("content-type", ""):
        assert answer.headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
    if not path.startswith(("/docs/", "/.well-known/jwks")):
        assert answer.headers["cache-control"] == "no-store"


def test_page_policy_has_a_nonce_that_is_fresh_for_every_answer(site: Site) -> None:
    client = site.client()
    nonces = set()

    for _ in range(300):
        answer = client.get("/docs")
        (nonce,) = set(re.findall(r"'nonce-([^']+)'", answer.headers["content-security-policy"]))
        assert f'nonce="{nonce}"' in answer.text
        assert len(nonce) >= 22
        nonces.add(nonce)

    assert len(nonces) == 300


def test_page_policy_is_strict(site: Site) -> None:
    policy = site.client().get("/docs").headers["content-security-policy"]

    for directive in (
        "default-src 'none'",
        "'strict-dynamic'",
        "base-uri 'none'",
        "object-src 'none'",
        "frame-ancestors 'none'",
        "form-action 'self'",
        "require-trusted-types-for 'script'",
    ):
        assert directive in policy
    assert "unsafe" not in policy
    assert "http" not in policy


def test_request_id_of_a_trusted_proxy_is_kept_and_anybody_elses_is_not(site: Site) -> None:
    headers = {"x-request-id": "edge-0123456789"}

    assert site.client(PROXY).get("/healthz", headers=headers).headers["x-request-id"] == "edge-0123456789"
    assert site.client().get("/healthz", headers=headers).headers["x-request-id"] != "edge-0123456789"


def opened(answer: Response) -> str | None:
    allowed: str | None = answer.headers.get("access-control-allow-origin")
    return allowed


@pytest.mark.parametrize("path", ["/v1/mobile/me", "/v1/web/me", "/v1/auth/csrf", "/healthz"])
def test_cors_allowed_origin_may_read_with_credentials(site: Site, path: str) -> None:
    answer = site.client().get(path, headers={"origin": SPA})

    assert opened(answer) == SPA
    assert answer.headers["access-control-allow-credentials"] == "true"
    assert answer.headers["vary"] == "origin"


@pytest.mark.parametrize("origin", ["https://evil.example", "null", SPA + ".evil.example", SPA.upper(), SPA + "/", ""])
def test_cors_any_other_origin_may_not(site: Site, origin: str) -> None:
    answer = site.client().get("/v1/mobile/me", headers={"origin": origin})

    assert opened(answer) is None
    assert "access-control-allow-credentials" not in answer.headers
    assert answer.headers["vary"] == "origin"


def test_cors_pages_are_never_open(site: Site) -> None:
    assert opened(site.client().get("/docs", headers={"origin": SPA})) is None


def test_cors_key_set_is_open_to_everybody_without_credentials(site: Site) -> None:
    answer = site.client().get("/.well-known/jwks.json", headers={"origin": "https://anybody.example"})

    assert opened(answer) == "*"
    assert "access-control-allow-credentials" not in answer.headers


def test_cors_preflight_of_an_allowed_origin_names_what_may_be_sent(site: Site) -> None:
    headers = {"origin": SPA, "access-control-request-method": "PATCH"}

    answer = site.client().request("OPTIONS", "/v1/mobile/me", headers=headers)

    assert answer.status_code == 204
    assert answer.headers["access-control-allow-methods"] == "DELETE, GET, PATCH"
    assert "authorization" in answer.headers["access-control-allow-headers"]


def test_cors_preflight_of_another_origin_grants_nothing(site: Site) -> None:
    headers = {"origin": "https://evil.example", "access-control-request-method": "PATCH"}

    answer = site.client().request("OPTIONS", "/v1/mobile/me", headers=headers)

    assert not any(name.startswith("access-control") for name in answer.headers)


def test_cors_refusal_can_be_read_by_an_allowed_origin(site: Site) -> None:
    answer = site.client().post("/v1/auth/login_mobile", content=b"x", headers={"origin": SPA})

    assert answer.status_code == 415
    assert opened(answer) == SPA


@pytest.mark.parametrize("path", ["/healthz", "/docs", "/.well-known/jwks.json", "/v1/mobile/me", "/nowhere"])
def test_head_is_answered_as_get_without_the_content(site: Site, path: str) -> None:
    told = site.client().get(path)

    answer = site.client().head(path)

    assert answer.content == b""
    assert answer.status_code == told.status_code
    assert answer.headers["content-type"] == told.headers["content-type"]
    assert int(answer.headers["content-length"]) == int(told.headers["content-length"])


def test_page_in_a_frame_of_another_site_is_refused_by_old_browsers_too(site: Site) -> None:
    client = site.client()

    assert client.get("/docs").headers["x-frame-options"] == "DENY"
    assert "x-frame-options" not in client.get("/healthz").headers


def _told(answer: Response) -> tuple[list[tuple[str, str]], str]:
    """Return the fields and the body of an answer, without what is its own."""
    own = (answer.headers["x-request-id"], *re.findall(r"nonce-([^']+)", answer.headers["content-security-policy"]))
    fields = [(name, value) for name, value in answer.headers.multi_items() if name != "ratelimit"]
    text = json.dumps([sorted(fields), answer.text])
    for each in own:
        text = text.replace(each, "")
    told: tuple[list[tuple[str, str]], str] = json.loads(text)
    return told
