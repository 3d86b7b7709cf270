"""Requests that nobody well-meaning sends: each is refused clearly, and leaves nothing behind."""

import json
from typing import Final

import pytest

from doorward.adapters.limits.counters import LimitsCounters
from doorward.api.doors import AtOnce
from tests.functional.site import Site, problem
from tests.functional.vectors import hostile_strings
from tests.house import PASSWORD

LOGIN: Final = "/v1/auth/login_mobile"
JSON: Final = {"content-type": "application/json"}
Ask = tuple[str, str, dict[str, str]]

FIELDS: Final[tuple[Ask, ...]] = (
    ("POST", "/v1/auth/register_mobile", {"username": "ada", "email": "ada@mail.example", "password": PASSWORD}),
    ("POST", "/v1/auth/login_mobile", {"username": "margaret", "password": PASSWORD, "device_name": "phone"}),
    ("POST", "/v1/auth/refresh_mobile", {"refresh_token": "x"}),
    ("POST", "/v1/auth/verify_email", {"token": "x"}),
    ("POST", "/v1/auth/verify_email", {"email": "ada@mail.example", "code": "1"}),
    ("POST", "/v1/auth/resend_verification", {"email": "ada@mail.example"}),
    ("POST", "/v1/auth/forgot_password", {"email": "ada@mail.example"}),
    ("POST", "/v1/auth/reset_password", {"token": "x", "new_password": PASSWORD}),
    ("POST", "/v1/auth/unlock", {"token": "x"}),
    ("PATCH", "/v1/mobile/me", {"username": "margaret", "email": "ada@mail.example"}),
    ("PUT", "/v1/mobile/password", {"current_password": PASSWORD, "new_password": PASSWORD}),
)
SHARES: Final = 4
"""Twenty fields read text alike: each string goes into five of them."""

EVERY_FIELD: Final = [
    pytest.param(ask, field, id=f"{ask[1].rpartition('/')[2]} {field}") for ask in FIELDS for field in ask[2]
]
PLACES: Final = [(path, field) for _, path, body in FIELDS for field in body]
OPERATORS: Final[tuple[object, ...]] = ({"$ne": None}, {"$gt": ""}, {"$regex": ".*"}, ["x"], [], {}, 1, 1.5, True, None)


@pytest.mark.parametrize(("ask", "field"), EVERY_FIELD)
def test_hostile_string_in_any_field_is_answered_and_never_an_error_of_ours(site: Site, ask: Ask, field: str) -> None:
    method, path, body = ask
    object.__setattr__(site.doors, "counters", AtOnce(LimitsCounters(site.clock, scale=1000)))
    site.house.account()
    app = site.device()
    app.sign_in()

    statuses = set()
    for text in hostile_strings(PLACES.index((path, field)), SHARES):
        answer = app.client.request(
            method,
            path,
            content=json.dumps({**body, field: text}).encode(),
            headers={**JSON, "authorization": f"Bearer {app.access_token}"},
        )
        statuses.add(answer.status_code)
        if answer.status_code >= 400:
            problem(answer)

    assert statuses <= {200, 201, 202, 204, 400, 401, 422}
    assert site.notes.failures == []


@pytest.mark.parametrize(("ask", "field"), EVERY_FIELD)
def test_operator_or_other_type_in_any_field_is_refused(site: Site, ask: Ask, field: str) -> None:
    method, path, body = ask
    site.house.account()
    app = site.device()
    app.sign_in()

    for value in OPERATORS:
        answer = app.send(method, path, {**body, field: value})
        if value is None and (path == "/v1/mobile/me" or field == "device_name"):
            assert answer.status_code < 300
        else:
            assert problem(answer) == (422, "VALIDATION_FAILED")
            assert {error["pointer"] for error in answer.json()["errors"]} >= {f"/{field}"}


@pytest.mark.parametrize(
    ("body", "refused"),
    [
        pytest.param(b'{"username":"a","username":"b","password":"c"}', (400, "BODY_MALFORMED"), id="member twice"),
        pytest.param(b'{"username":"\xff","password":"c"}', (400, "BODY_MALFORMED"), id="not UTF-8"),
        pytest.param(b'{"username":"a","password":', (400, "BODY_MALFORMED"), id="cut off"),
        pytest.param(b"[" * 40_000, (400, "BODY_MALFORMED"), id="deep"),
        pytest.param(b'{"a":' * 17 + b"1" + b"}" * 17, (400, "BODY_MALFORMED"), id="17 levels"),
        pytest.param(b'{"username":"\\ud800","password":"c"}', (422, "VALIDATION_FAILED"), id="half a letter"),
        pytest.param(b'{"username":"a\\u0000","password":"c"}', (422, "VALIDATION_FAILED"), id="NUL"),
        pytest.param(b"null", (422, "VALIDATION_FAILED"), id="null"),
        pytest.param(b"", (422, "VALIDATION_FAILED"), id="nothing"),
        pytest.param(b'"' + b"x" * 65_536, (413, "BODY_TOO_LARGE"), id="large"),
    ],
)
@pytest.mark.parametrize("path", [LOGIN, "/v1/auth/refresh_mobile", "/v1/auth/register_mobile"])
def test_body_that_cannot_be_read_is_refused(site: Site, path: str, body: bytes, refused: tuple[int, str]) -> None:
    assert problem(site.client().post(path, content=body, headers=JSON)) == refused


@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "application/xml", "multipart/form-data; boundary=x", "application/json; charset=latin-1", ""],
)
@pytest.mark.parametrize("path", [LOGIN, "/v1/auth/refresh_mobile", "/v1/auth/register_mobile"])
def test_body_of_another_kind_is_refused(site: Site, path: str, content_type: str) -> None:
    headers = {"content-type": content_type}

    assert problem(site.client().post(path, content=b"{}", headers=headers)) == (415, "CONTENT_TYPE_REFUSED")


def test_form_where_only_json_is_read_is_refused(site: Site) -> None:
    answer = site.client().post("/v1/auth/register_mobile", data={"username": "a"})

    assert problem(answer) == (415, "CONTENT_TYPE_REFUSED")


def test_body_in_pieces_that_grow_too_large_is_refused(site: Site) -> None:
    def pieces() -> object:
        for _ in range(70):
            yield b"x" * 1024

    answer = site.client().post(LOGIN, content=pieces(), headers=JSON)  # type: ignore[arg-type]  # a generator is fine

    assert problem(answer) == (413, "BODY_TOO_LARGE")


@pytest.mark.parametrize("path", ["/v1/mobile/me", "/nowhere", "/healthz"])
def test_headers_larger_than_16_kib_are_refused(site: Site, path: str) -> None:
    assert problem(site.client().get(path, headers={"x-padding": "x" * 17_000})) == (431, "HEADERS_TOO_LARGE")


def test_address_longer_than_8_kib_is_refused(site: Site) -> None:
    assert problem(site.client().get("/healthz?" + "x" * 8200)) == (414, "URL_TOO_LONG")


def test_unknown_member_is_refused_and_named(site: Site) -> None:
    answer = site.device().send("POST", LOGIN, {"username": "a", "password": "b", "otp": "1"})

    assert problem(answer) == (422, "VALIDATION_FAILED")
    assert "`otp`" in answer.json()["errors"][0]["reason"]


@pytest.mark.parametrize(
    ("method", "path", "refused"),
    [
        ("GET", "/nowhere", (404, "NOT_FOUND")),
        ("GET", "/v1/web/me/", (404, "NOT_FOUND")),
        ("GET", "//v1/web/me", (404, "NOT_FOUND")),
        ("GET", "/v1/auth/login_mobile", (405, "METHOD_NOT_ALLOWED")),
        ("PUT", "/v1/mobile/me", (405, "METHOD_NOT_ALLOWED")),
        ("TRACE", "/v1/mobile/me", (405, "METHOD_NOT_ALLOWED")),
        ("POST", "/nowhere", (404, "NOT_FOUND")),
    ],
)
def test_path_or_method_that_is_not_there_is_a_problem_too(
    site: Site, method: str, path: str, refused: tuple[int, str]
) -> None:
    assert problem(site.client().request(method, path)) == refused


def test_host_that_somebody_claims_is_never_repeated(site: Site) -> None:
    site.house.account()
    client = site.client()
    headers = {"host": "evil.example", "x-forwarded-host": "evil.example", "forwarded": "host=evil.example"}

    answers = [
        client.get("/.well-known/change-password", headers=headers, follow_redirects=False),
        client.post("/v1/auth/forgot_password", json={"email": "margaret@mail.example"}, headers=headers),
    ]

    for answer in answers:
        assert "evil.example" not in answer.text + str(answer.headers)


@pytest.mark.parametrize(
    "name",
    [
        "authorization",
        "content-length",
        "content-type",
        "host",
        "origin",
        "sec-fetch-site",
        "x-csrf-token",
        "x-device-token",
        "x-request-id",
    ],
)
def test_header_field_that_may_come_once_is_refused_twice(site: Site, name: str) -> None:
    client = site.client()
    twice = [(name, "1"), (name, "1")]

    assert problem(client.post(LOGIN, content=b"{}", headers=twice)) == (400, "HEADER_REPEATED")
