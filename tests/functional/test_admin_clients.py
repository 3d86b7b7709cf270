"""`/v1/admin/clients`: what operators do to clients, and what nobody else does."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

import pytest

from doorward.core.access.records import OPERATOR
from doorward.core.sessions.rules import FRESH_FOR
from tests.functional.site import App, Site, problem

CALLBACK: Final = "https://app.example/signed-in"
PATH: Final = "/v1/admin/clients"
WEB: Final = {"name": "Reports", "type": "web", "id": "reports", "redirect_uris": [CALLBACK]}
SHOWN: Final = {
    "id", "name", "type", "authentication", "created_at", "disabled_at", "grants", "scopes", "resources", "audiences",
    "redirect_uris", "post_logout_redirect_uris", "backchannel_logout_uri", "secrets", "jwks", "jwks_uri",
    "is_first_party", "is_pairwise", "sector", "requires_pushed_request", "requires_dpop", "id_token_algorithm",
    "userinfo_algorithm", "client_uri", "logo_uri", "policy_uri", "tos_uri", "contacts", "registered_itself",
    "uses_refresh_cookie",
}  # fmt: skip
ROUTES: Final[tuple[tuple[str, str, object], ...]] = (
    ("GET", PATH, None),
    ("POST", PATH, WEB | {"id": "other"}),
    ("GET", f"{PATH}/reports", None),
    ("PATCH", f"{PATH}/reports", {"name": "Evil"}),
    ("POST", f"{PATH}/reports/secret", {}),
    ("POST", f"{PATH}/reports/disable", None),
    ("POST", f"{PATH}/reports/enable", None),
    ("DELETE", f"{PATH}/reports", None),
)
SECRET: Final = re.compile(r"dws1_")


def added(operator: App, **changes: object) -> Any:  # noqa: ANN401 (any JSON)
    answer = operator.send("POST", PATH, WEB | changes)
    assert answer.status_code == 201, answer.text
    return answer.json()


def test_add_client_shows_its_secret_in_this_answer_alone(operator: App) -> None:
    client = added(operator)

    later = [operator.get(f"{PATH}/reports"), operator.get(PATH)]

    assert client["client_secret"].startswith("dws1_")
    assert set(client) == SHOWN | {"client_secret"}
    assert [set(secret) for secret in client["secrets"]] == [{"created_at", "expires_at"}]
    assert not any(SECRET.search(answer.text) for answer in later)


def test_show_client_and_list_show_what_may_be_shown_and_nothing_else(site: Site, operator: App) -> None:
    added(operator)
    digest = site.house.flows.clients.show("reports").secrets[0].digest

    one, page = operator.get(f"{PATH}/reports"), operator.get(PATH)

    assert set(one.json()) == SHOWN
    assert page.json() == {"clients": [one.json()], "next_after": None}
    assert not any(spelling in page.text for spelling in (digest.hex(), repr(digest), "digest"))


def test_list_clients_pages_in_the_order_of_ids(operator: App) -> None:
    for name in ("ccc", "aaa", "bbb"):
        added(operator, id=name)

    first = operator.get(f"{PATH}?size=2").json()
    rest = operator.get(f"{PATH}?size=2&after={first['next_after']}").json()

    assert [client["id"] for client in (*first["clients"], *rest["clients"])] == ["aaa", "bbb", "ccc"]
    assert rest["next_after"] is None


@pytest.mark.parametrize("query", ["after=%00", "after=a%20b", "after=%C3%A9", "size=0", "size=201", "size=x"])
def test_list_clients_odd_place_to_go_on_is_refused(operator: App, query: str) -> None:
    assert problem(operator.get(f"{PATH}?{query}")) == (422, "VALIDATION_FAILED")


def test_change_client_changes_what_was_sent_alone(operator: App) -> None:
    before = added(operator, client_uri="https://app.example", contacts=["a@app.example"])

    after = operator.send("PATCH", f"{PATH}/reports", {"name": "Papers", "client_uri": None}).json()

    assert after == before | {"name": "Papers", "client_uri": None, "client_secret": None}


def test_change_client_says_for_which_apis_it_answers(site: Site, operator: App) -> None:
    added(operator, resources=["https://api.example"])
    site.house.flows.clients.change("reports", lambda client: replace(client, audiences=None))

    before = operator.get(f"{PATH}/reports").json()
    other = operator.send("PATCH", f"{PATH}/reports", {"name": "Papers"}).json()
    after = operator.send("PATCH", f"{PATH}/reports", {"audiences": ["https://app.example"]}).json()

    assert [client["audiences"] for client in (before, other, after)] == [None, None, ["https://app.example"]]
    assert after["resources"] == ["https://api.example"]


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"name": None}, "/name"),
        ({"audiences": None}, "/audiences"),
        ({"audiences": ["app"]}, "/audiences/0"),
        ({"redirect_uris": ["http://app.example"]}, "/redirect_uris/0"),
        ({"redirect_uris": []}, "/redirect_uris"),
        ({"scopes": ["operate"]}, "/scopes/0"),
        ({"authentication": "none"}, "/authentication"),
        ({"authentication": "tls_client_auth"}, "/authentication"),
        ({"grants": ["password"]}, "/grants/0"),
        ({"id_token_algorithm": "none"}, "/id_token_algorithm"),
        ({"id_token_algorithm": "EdDSA"}, "/id_token_algorithm"),
        ({"is_first_party": "yes"}, "/is_first_party"),
        ({"scopes": "openid"}, "/scopes"),
        ({"jwks": "{}"}, "/jwks"),
        ({"secrets": []}, ""),
        ({"type": "spa"}, ""),
        ({"version": 1}, ""),
        ({"registration_digest": "x"}, ""),
        ({"disabled_at": None}, ""),
    ],
    ids=str,
)
def test_change_client_refuses_what_no_client_may_be(operator: App, change: dict[str, object], pointer: str) -> None:
    before = added(operator)

    answer = operator.send("PATCH", f"{PATH}/reports", change)

    assert problem(answer) == (422, "VALIDATION_FAILED")
    assert answer.json()["errors"][0]["pointer"] == pointer
    assert operator.get(f"{PATH}/reports").json() == {name: before[name] for name in SHOWN}


def test_rotate_secret_lets_the_old_one_go_on_for_as_long_as_was_said(site: Site, operator: App) -> None:
    first = added(operator)

    answer = operator.send("POST", f"{PATH}/reports/secret", {"overlap_in_seconds": 3600})

    client = answer.json()
    ends = [secret["expires_at"] for secret in client["secrets"]]
    assert answer.status_code == 201
    assert client["client_secret"] not in {None, first["client_secret"]}
    assert ends == [None, (site.clock.now() + timedelta(hours=1)).isoformat().replace("+00:00", "Z")]


def test_disable_enable_and_remove_client(operator: App) -> None:
    added(operator)

    disabled = operator.send("POST", f"{PATH}/reports/disable").json()
    enabled = operator.send("POST", f"{PATH}/reports/enable").json()
    removed = operator.send("DELETE", f"{PATH}/reports")

    assert (disabled["disabled_at"] is None, enabled["disabled_at"] is None) == (False, True)
    assert removed.status_code == 204
    assert problem(operator.get(f"{PATH}/reports")) == (404, "NOT_FOUND")


@pytest.mark.parametrize(("method", "path", "body"), ROUTES, ids=str)
def test_every_route_is_for_operators_alone(site: Site, operator: App, method: str, path: str, body: object) -> None:
    added(operator)
    site.house.account("margaret")
    stranger, ordinary, browser = site.device(), site.device(), site.browser()
    ordinary.sign_in("margaret")
    browser.sign_in("olga")

    refused = [
        problem(stranger.send(method, path, body)),
        problem(browser.send(method, path, body)),
        problem(ordinary.send(method, path, body)),
        problem(stranger.send(method, path, body, headers={"authorization": f"Bearer {ordinary.refresh_token}"})),
    ]

    assert refused == [
        (401, "NOT_AUTHENTICATED"),
        (401, "NOT_AUTHENTICATED"),
        (403, "FORBIDDEN"),
        (401, "TOKEN_INVALID"),
    ]
    clients = operator.get(PATH).json()["clients"]
    assert [(client["name"], client["disabled_at"]) for client in clients] == [("Reports", None)]


@pytest.mark.parametrize(("method", "path", "body"), ROUTES, ids=str)
def test_every_route_ends_with_the_role(site: Site, operator: App, method: str, path: str, body: object) -> None:
    added(operator)
    site.house.flows.set_role("olga", OPERATOR, granted=False)

    assert problem(operator.send(method, path, body)) == (403, "FORBIDDEN")


@pytest.mark.requirement("C-05")
@pytest.mark.parametrize(("method", "path", "body"), ROUTES, ids=str)
def test_routes_that_give_something_away_need_a_fresh_sign_in(
    site: Site, operator: App, method: str, path: str, body: object
) -> None:
    added(operator)
    site.clock.pause(FRESH_FOR + timedelta(seconds=1))
    operator.refresh()

    answer = operator.send(method, path, body)

    is_open = method == "GET" or path.endswith("/disable")
    assert (answer.status_code < 300) is is_open
    if not is_open:
        assert answer.headers["www-authenticate"].startswith('Bearer error="insufficient_user_authentication"')


@pytest.mark.parametrize("client_id", ["nobody", "%00", "a%20b", "%C3%A9", "x" * 2000])
@pytest.mark.parametrize(("method", "path", "body"), ROUTES[2:], ids=str)
def test_routes_unknown_client_is_not_found(
    operator: App, method: str, path: str, body: object, client_id: str
) -> None:
    answer = operator.send(method, path.replace("reports", client_id), body)

    assert problem(answer) == (404, "NOT_FOUND")
