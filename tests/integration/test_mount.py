"""The server inside somebody else's application, and as an application of its own."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

import doorward
from doorward.settings.problems import SettingsInvalid
from tests.processes import wait_until

REGISTRATION = {"username": "ada", "email": "ada@mail.example", "password": "correct horse battery staple"}


@pytest.fixture
def moments() -> list[str]:
    return []


@pytest.fixture
def team(tmp_path: Path, moments: list[str]) -> Iterator[TestClient]:
    """A team's application with a life of its own, in which the server is mounted."""

    @asynccontextmanager
    async def live(_: FastAPI) -> AsyncIterator[dict[str, str]]:
        moments.append("begins")
        yield {"kept": "by the team"}
        moments.append("ends")

    app = FastAPI(lifespan=live)
    app.get("/hello")(lambda: {"hello": "world"})
    doorward.mount(app, "/auth", data_dir=tmp_path / "data")
    with TestClient(app, base_url="http://localhost:8000") as client:
        yield client


def test_mount_leaves_the_team_its_own_routes_and_life(team: TestClient, moments: list[str]) -> None:
    answer = team.get("/hello")

    assert answer.json() == {"hello": "world"}
    assert team.app_state == {"kept": "by the team"}
    assert moments == ["begins"]


def test_mount_serves_everything_below_the_path(team: TestClient) -> None:
    ready, page, keys = team.get("/auth/readyz"), team.get("/auth/sign-in"), team.get("/auth/.well-known/jwks.json")
    document = team.get("/auth/openapi.json").json()

    assert (ready.status_code, page.status_code, len(keys.json()["keys"])) == (200, 200, 2)
    assert 'href="/auth/register"' in page.text
    assert document["servers"] == [{"url": "/auth"}]
    assert team.get("/auth/nothing").json()["code"] == "NOT_FOUND"
    assert team.get("/readyz").status_code == 404


@pytest.mark.requirement("D-01", "D-06")
def test_mount_documents_stand_between_host_and_path_too(team: TestClient) -> None:
    below = team.get("/auth/.well-known/oauth-authorization-server")
    resource = team.get("/auth/.well-known/oauth-protected-resource/oauth/userinfo")

    for name in ("oauth-authorization-server", "openid-configuration"):
        found = team.get(f"/.well-known/{name}/auth", headers={"origin": "https://app.example"})
        assert (found.status_code, found.content) == (200, below.content)
        assert found.headers["access-control-allow-origin"] == "*"
    assert team.get("/.well-known/oauth-protected-resource/auth/oauth/userinfo").content == resource.content
    assert below.json()["issuer"] == "http://localhost:8000/auth"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/.well-known/oauth-authorization-server/other", 404),
        ("GET", "/.well-known/oauth-authorization-server", 404),
        ("GET", "/.well-known/oauth-authorization-server/auth/x", 404),
        ("POST", "/.well-known/oauth-authorization-server/auth", 405),
        ("POST", "/auth", 405),
        ("GET", "/authors", 404),
    ],
)
def test_mount_answers_nothing_else_outside_its_path(team: TestClient, method: str, path: str, status: int) -> None:
    assert team.request(method, path).status_code == status


@pytest.mark.requirement("T-04")
@pytest.mark.parametrize("host", ["localhost:8000", "evil.example"])
def test_mount_path_without_a_slash_leads_to_the_start_page_whatever_host_is_claimed(
    team: TestClient, host: str
) -> None:
    answer = team.get("/auth", headers={"host": host}, follow_redirects=False)

    assert (answer.status_code, answer.headers["location"]) == (303, "/auth/")


def test_mount_register_verify_and_sign_in_by_the_mailed_link(team: TestClient) -> None:
    registered = team.post("/auth/v1/auth/register_mobile", json=REGISTRATION)
    mail = the_mail(team)
    verified = team.post("/auth/v1/auth/verify_email", json={"token": mail["token"]})
    token = team.get("/auth/v1/auth/csrf").json()["csrf_token"]
    credentials = {"username": "ada", "password": REGISTRATION["password"]}
    signed_in = team.post(
        "/auth/v1/auth/login_web", json=credentials, headers={"x-csrf-token": token, "sec-fetch-site": "same-origin"}
    )

    assert registered.status_code == 201
    assert "http://localhost:8000/auth/verify?token=" in mail["text"]
    assert (verified.status_code, signed_in.status_code) == (200, 200)
    assert team.get("/auth/v1/web/me").json()["username"] == "ada"


def the_mail(team: TestClient) -> dict[str, str]:
    """Return the mail to the person, which the worker inside delivers in its own time."""
    found: list[dict[str, str]] = []

    def has_come() -> bool:
        found[:] = team.get("/auth/dev/mail.json", params={"to": REGISTRATION["email"]}).json()
        return bool(found)

    wait_until(has_come)
    return found[0]


def test_mount_issuer_that_leads_elsewhere_refuses(tmp_path: Path) -> None:
    with pytest.raises(SettingsInvalid, match="does not end with /auth"):
        doorward.mount(FastAPI(), "/auth", data_dir=tmp_path, issuer="https://sign-in.mail.example")


@pytest.mark.parametrize("path", ["auth", "/auth/", "/", ""])
def test_mount_path_that_is_none_refuses(tmp_path: Path, path: str) -> None:
    with pytest.raises(ValueError, match="begins with a slash"):
        doorward.mount(FastAPI(), path, data_dir=tmp_path)


def test_mount_in_what_is_no_application_refuses(tmp_path: Path) -> None:
    inner = doorward.create_app(data_dir=tmp_path / "data")

    async def bare(*_: object) -> None: ...

    with pytest.raises(TypeError, match="FastAPI or Starlette"):
        doorward.mount(bare, "/auth", data_dir=tmp_path / "other")
    assert callable(inner)


def test_create_app_answers_and_lives_and_ends(tmp_path: Path) -> None:
    app = doorward.create_app(data_dir=tmp_path / "data", port=8123)

    with TestClient(app, base_url="http://localhost:8123") as client:
        ready = client.get("/readyz")

    assert ready.status_code == 200
    assert not list((tmp_path / "data").glob("*-wal"))


def test_create_app_unknown_setting_refuses(tmp_path: Path) -> None:
    with pytest.raises(SettingsInvalid, match="Did you mean issuer"):
        doorward.create_app(data_dir=tmp_path, isuer="x")
