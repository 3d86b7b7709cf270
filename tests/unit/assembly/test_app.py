"""What the application of a deployment shows to whom, as its settings say."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from doorward.assembly.app import created
from doorward.settings.generate import generate_secret

ISSUER = "https://id.example.org"


@pytest.fixture(scope="module")
def deployment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    app = created(
        {
            "environment": "production",
            "issuer": ISSUER,
            "data_dir": str(tmp_path_factory.mktemp("production")),
            "secret": generate_secret(),
            "pepper": generate_secret(),
            "smtp_url": "smtps://mail.example.org",
            "mail_from": "Example <no-reply@example.org>",
        }
    )
    with TestClient(app, base_url=ISSUER) as client:
        yield client


@pytest.fixture
def production(deployment: TestClient) -> TestClient:
    deployment.cookies.clear()
    return deployment


@pytest.mark.parametrize("path", ["/dev/mail", "/dev/mail.json", "/dev/mail/01m854x5bx61nw1cr70s4bw43j"])
def test_production_has_no_mailbox(production: TestClient, path: str) -> None:
    assert production.get(path).status_code == 404


def test_production_shows_its_figures_to_operators_alone(production: TestClient) -> None:
    assert production.get("/metrics").status_code == 401


def test_production_says_nothing_of_a_mailbox_on_its_pages(production: TestClient) -> None:
    assert "/dev/mail" not in production.get("/").text + production.get("/register").text


def test_production_sets_cookies_with_prefix_and_secure(production: TestClient) -> None:
    cookies = production.get("/v1/auth/csrf").headers.get_list("set-cookie")

    assert {cookie.partition("=")[0] for cookie in cookies} == {"__Host-dw_pre", "__Host-dw_csrf"}
    assert all("; Secure" in cookie for cookie in cookies)


def test_development_has_a_mailbox_and_shows_its_figures(tmp_path: Path) -> None:
    made = created({"data_dir": str(tmp_path), "environment": "development"})
    with TestClient(made, base_url="http://localhost:8000") as client:
        statuses = [client.get(path).status_code for path in ("/dev/mail", "/dev/mail.json", "/metrics")]

    assert statuses == [200, 200, 200]
