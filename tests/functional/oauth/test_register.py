"""`/oauth/register`: RFC 7591 and 7592, where the deployment opens them."""

import json
from datetime import timedelta
from typing import Any, Final

import pytest
from httpx2 import Response

from doorward.core.limits.records import limit
from doorward.core.oauth.clients.records import Registering, Wanted
from doorward.core.oauth.records import ClientType
from tests.functional.site import Site

CALLBACK: Final = "https://app.example/signed-in"
PATH: Final = "/oauth/register"
ASKED: Final = {"client_name": "Reports", "redirect_uris": [CALLBACK]}


@pytest.fixture
def opened(site: Site) -> Site:
    return registering(site, Registering.OPEN)


def registering(site: Site, who: Registering) -> Site:
    object.__setattr__(site.house.flows.clients.register, "registering", who)
    return site


def post(site: Site, body: object, *, token: str | None = None) -> Response:
    headers = {"authorization": f"Bearer {token}"} if token else {}
    return site.client().post(PATH, json=body, headers=headers)


def manage(site: Site, method: str, made: Any, body: object = None, *, token: str | None = None) -> Response:  # noqa: ANN401 (any JSON)
    presented = made["registration_access_token"] if token is None else token
    path = made["registration_client_uri"].removeprefix(site.doors.issuer)
    return site.client().request(method, path, json=body, headers={"authorization": f"Bearer {presented}"})


def error(answer: Response) -> tuple[int, str]:
    assert answer.headers["cache-control"] == "no-store"
    document = answer.json()
    assert set(document) <= {"error", "error_description"}
    return answer.status_code, document["error"]


def test_register_is_closed_by_default_and_not_announced(site: Site) -> None:
    answer = post(site, ASKED)
    metadata = site.client().get("/.well-known/openid-configuration").json()

    assert error(answer) == (404, "invalid_request")
    assert "registration_endpoint" not in metadata
    assert site.house.flows.clients.list().items == ()


@pytest.mark.requirement("O-16")
def test_register_answers_with_what_only_the_owner_may_see(opened: Site) -> None:
    answer = post(opened, ASKED | {"unknown_member": 1})

    made = answer.json()
    assert answer.status_code == 201
    assert (answer.headers["cache-control"], answer.headers["pragma"]) == ("no-store", "no-cache")
    assert made["client_secret"].startswith("dws1_")
    assert made["client_secret_expires_at"] == 0
    assert made["registration_access_token"].startswith("dwg1_")
    assert made["registration_client_uri"] == f"{opened.doors.issuer}{PATH}/{made['client_id']}"
    assert {name: made[name] for name in ASKED} == ASKED
    assert "unknown_member" not in made


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"redirect_uris": ["http://app.example"]}, "invalid_redirect_uri"),
        ({"software_statement": "a.b.c"}, "invalid_client_metadata"),
        ({"grant_types": ["client_credentials"]}, "invalid_client_metadata"),
        ({"client_name": 'a"\\b\n'}, "invalid_client_metadata"),
    ],
    ids=str,
)
def test_register_refuses_in_the_words_of_the_specification(opened: Site, change: dict[str, object], code: str) -> None:
    assert error(post(opened, ASKED | change)) == (400, code)
    assert opened.house.flows.clients.list().items == ()


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"", "application/json", 400),
        (b"[]", "application/json", 400),
        (b'"x"', "application/json", 400),
        (b"{", "application/json", 400),
        (b'{"a":1,"a":2}', "application/json", 400),
        (b'{"a":' + b"[" * 100 + b"]" * 100 + b"}", "application/json", 400),
        (b"client_name=x", "application/x-www-form-urlencoded", 415),
        (b"{}", "text/plain", 415),
        (json.dumps(ASKED | {"x": "y" * 70_000}).encode(), "application/json", 413),
    ],
    ids=["empty", "list", "text", "cut", "repeated", "deep", "form", "plain", "large"],
)
def test_register_body_that_cannot_be_read_is_refused(opened: Site, body: bytes, kind: str, status: int) -> None:
    answer = opened.client().post(PATH, content=body, headers={"content-type": kind})

    assert error(answer)[0] == status
    assert opened.notes.failures == []


def test_register_by_token_asks_for_one(site: Site) -> None:
    registering(site, Registering.TOKEN)
    token = site.house.flows.clients.registration_tokens.initial(site.clock.now(), lives=timedelta(days=1))

    without, wrong, right = post(site, ASKED), post(site, ASKED, token="dwi1_x"), post(site, ASKED, token=token)

    assert [error(without), error(wrong)] == [(401, "invalid_token")] * 2
    assert wrong.headers["www-authenticate"].startswith("Bearer")
    assert right.status_code == 201


def test_registration_is_shown_replaced_and_removed_by_its_token(opened: Site) -> None:
    made = post(opened, ASKED).json()

    shown = manage(opened, "GET", made)
    replaced = manage(opened, "PUT", made, ASKED | {"client_id": made["client_id"], "client_name": "Papers"})
    removed = manage(opened, "DELETE", made)
    gone = manage(opened, "GET", made)

    assert shown.json() == {name: value for name, value in made.items() if not name.startswith("client_secret")}
    assert replaced.json()["client_name"] == "Papers"
    assert "client_secret" not in replaced.json()
    assert (removed.status_code, removed.content) == (204, b"")
    assert error(gone) == (401, "invalid_token")


def test_registration_is_closed_to_every_other_token(opened: Site) -> None:
    made, other = post(opened, ASKED).json(), post(opened, ASKED).json()
    ours = opened.house.flows.clients.add(Wanted("Ours", ClientType.WEB, redirect_uris=(CALLBACK,))).client
    foreign = made | {"registration_client_uri": f"{opened.doors.issuer}{PATH}/{ours.id}"}
    odd = made | {"registration_client_uri": f"{opened.doors.issuer}{PATH}/%00"}

    answers = [
        error(manage(opened, method, target, ASKED if method == "PUT" else None, token=token))
        for method in ("GET", "PUT", "DELETE")
        for target, token in (
            (made, other["registration_access_token"]),
            (made, made["client_secret"]),
            (made, "dwg1_forged"),
            (foreign, made["registration_access_token"]),
            (odd, made["registration_access_token"]),
        )
    ]

    assert set(answers) == {(401, "invalid_token")}
    assert len(opened.house.flows.clients.list().items) == 3


def test_registered_client_proves_itself_at_the_token_endpoint(opened: Site) -> None:
    made = post(opened, ASKED).json()
    form = {"grant_type": "client_credentials"}

    answer = opened.client().post("/oauth/token", data=form, auth=(made["client_id"], made["client_secret"]))

    assert error(answer) == (400, "unauthorized_client")


def test_register_is_limited(opened: Site) -> None:
    statuses = [post(opened, ASKED).status_code for _ in range(limit("client_registration").amount + 1)]

    assert set(statuses[:-1]) == {201}
    assert statuses[-1] == 429
