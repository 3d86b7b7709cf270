"""What operators, gateways and other servers ask."""

import json
from datetime import timedelta

import pytest

from doorward.core.access.records import OPERATOR
from doorward.core.outbox.records import Mail
from tests.functional.site import Site, problem


def test_healthz_asks_nothing_of_the_store(site: Site) -> None:
    site.house.statements.clear()

    answer = site.client().get("/healthz")

    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    assert site.house.statements == []


def test_readyz_names_each_thing(site: Site) -> None:
    answer = site.client().get("/readyz")

    assert (answer.status_code, answer.json()) == (
        200,
        {"status": "ok", "checks": {"serving": "ok", "store": "ok", "keys": "ok"}},
    )


def test_jwks_holds_public_keys_that_may_be_cached(site: Site) -> None:
    answer = site.client().get("/.well-known/jwks.json")

    keys = answer.json()["keys"]
    assert {key["alg"] for key in keys} == {"ES256", "RS256"}
    assert all({"kid", "kty", "use"} <= set(key) and "d" not in key for key in keys)
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "public, max-age=300"


def test_jwks_unchanged_document_is_not_sent_again(site: Site) -> None:
    client = site.client()
    etag = client.get("/.well-known/jwks.json").headers["etag"]

    answer = client.get("/.well-known/jwks.json", headers={"if-none-match": etag})

    assert (answer.status_code, answer.content) == (304, b"")
    assert answer.headers["etag"] == etag


def test_jwks_new_key_is_published_within_seconds(site: Site) -> None:
    client = site.client()
    before = client.get("/.well-known/jwks.json").json()
    site.house.flows.rotate_keys(force=True)
    site.clock.advance(timedelta(seconds=6))

    after = client.get("/.well-known/jwks.json").json()

    assert len(after["keys"]) == len(before["keys"]) + 2


def test_change_password_leads_to_the_account(site: Site) -> None:
    answer = site.client().get("/.well-known/change-password", follow_redirects=False)

    assert answer.status_code == 303
    assert answer.headers["location"] == "https://auth.example/account"


def test_metrics_in_development_are_open(development: Site) -> None:
    answer = development.client().get("/metrics")

    assert answer.status_code == 200
    assert answer.text == "doorward_up 1\n"
    assert answer.headers["content-type"].startswith("text/plain")


def test_metrics_elsewhere_are_for_operators(site: Site) -> None:
    site.house.account()
    site.house.account("ada")
    site.house.flows.set_role("ada", OPERATOR, granted=True)
    anybody, operator = site.device(), site.device()
    anybody.sign_in()
    operator.sign_in("ada")

    assert problem(site.device().get("/metrics")) == (401, "NOT_AUTHENTICATED")
    refused = anybody.get("/metrics")
    assert problem(refused) == (403, "FORBIDDEN")
    assert refused.headers["www-authenticate"] == 'Bearer error="insufficient_scope", scope="operate"'
    assert operator.get("/metrics").status_code == 200


def test_mailbox_lists_mails_newest_first_and_by_address(development: Site) -> None:
    mailbox = development.doors.mailbox
    assert mailbox is not None
    now = development.clock.now()
    for number, to in enumerate(("a@mail.example", "b@mail.example", "a@mail.example")):
        mail = Mail(f"{number:026d}", to, "Hello", "text", "<p>text</p>", now + timedelta(seconds=number), "token", "1")
        mailbox.send(mail)  # type: ignore[attr-defined]  # the folder is a mailer too
    client = development.client()

    every, some = client.get("/dev/mail.json").json(), client.get("/dev/mail.json?to=a@mail.example").json()

    assert [mail["id"][-1] for mail in every] == ["2", "1", "0"]
    assert [mail["id"][-1] for mail in some] == ["2", "0"]
    assert set(every[0]) == {"id", "to", "subject", "text", "html", "token", "code", "sent_at"}


@pytest.mark.parametrize("path", ["/dev/mail.json", "/dev/mail"])
@pytest.mark.parametrize(("host", "status"), [("evil.example", 404), ("evil.example:8000", 404), ("[::1]:8000", 200)])
def test_mailbox_under_a_name_that_is_not_ours_is_not_there(
    development: Site, path: str, host: str, status: int
) -> None:
    assert development.client().get(path, headers={"host": host}).status_code == status


@pytest.mark.parametrize(
    "path", ["/docs/swagger-ui-bundle.js", "/docs/swagger-ui.css", "/docs/start.js", "/docs/markup.js"]
)
def test_docs_files_come_from_our_own_origin(site: Site, path: str) -> None:
    answer = site.client().get(path)

    assert answer.status_code == 200
    assert answer.headers["content-type"].split(";")[0] in ("text/javascript", "text/css")


def test_docs_page_names_no_other_origin_and_no_inline_script(site: Site) -> None:
    page = site.client().get("/docs").text

    assert "http" not in page
    assert "<script>" not in page
    assert "style=" not in page


def test_openapi_is_of_version_3_1(site: Site) -> None:
    assert json.loads(site.client().get("/openapi.json").content)["openapi"].startswith("3.1")
