"""`/v1/admin/accounts` and `/v1/admin/consents`: what operators do to people, and what nobody else does."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest

from doorward.core.access.records import OPERATOR
from doorward.core.audit.records import AuditKind
from doorward.core.kernel.ids import AccountId, ClientId
from doorward.core.oauth.clients.records import Wanted
from doorward.core.oauth.records import ClientType, Consent
from doorward.core.sessions.rules import FRESH_FOR
from tests.functional.site import App, Site, problem
from tests.house import WRONG_PASSWORD

PATH: Final = "/v1/admin/accounts"
CONSENTS: Final = "/v1/admin/consents"
READ: Final = (
    ("GET", PATH),
    ("GET", f"{PATH}?search=mar"),
    ("GET", f"{PATH}/{{id}}"),
    ("GET", f"{PATH}/{{id}}/sessions"),
    ("GET", f"{CONSENTS}?account_id={{id}}"),
    ("GET", f"{CONSENTS}?client_id=reports"),
)
KEEP_OUT: Final = (
    ("POST", f"{PATH}/{{id}}/disable"),
    ("DELETE", f"{PATH}/{{id}}/roles/editor"),
    ("DELETE", f"{PATH}/{{id}}/sessions"),
    ("DELETE", f"{CONSENTS}?account_id={{id}}&client_id=reports"),
)
LET_IN: Final = (
    ("POST", f"{PATH}/{{id}}/enable"),
    ("POST", f"{PATH}/{{id}}/unlock"),
    ("PUT", f"{PATH}/{{id}}/roles/keeper"),
)
ROUTES: Final = (*READ, *KEEP_OUT, *LET_IN, ("DELETE", f"{PATH}/{{id}}/sessions/{'0' * 26}"))
SHOWN: Final = {
    "id", "username", "email", "status", "created_at", "verified_at", "updated_at", "delete_after",
}  # fmt: skip


@pytest.fixture
def site(tmp_path: Path, settled_store: Path) -> Iterator[Site]:
    opened = Site.open(tmp_path, settled_store)
    flows = opened.house.flows
    opened.house.account("olga")
    flows.set_role("olga", OPERATOR, granted=True)
    flows.set_role("margaret", "editor", granted=True)
    flows.clients.add(Wanted("Reports", ClientType.WEB, id="reports", redirect_uris=("https://a.example",)))
    with opened.house.store.work() as work:
        work.consents.put(Consent(margaret(opened), ClientId("reports"), "openid email", opened.clock.now()))
    yield opened
    opened.close()


@pytest.fixture
def operator(site: Site) -> App:
    app = site.device()
    assert app.sign_in("olga").status_code == 200
    return app


def margaret(site: Site) -> AccountId:
    return site.house.flows.show_account("margaret").account.id


def placed(site: Site, path: str) -> str:
    return path.format(id=margaret(site))


def test_accounts_are_listed_page_by_page_and_found(site: Site, operator: App) -> None:
    first = operator.get(f"{PATH}?size=1").json()
    rest = operator.get(f"{PATH}?size=9&after={first['next_after']}").json()
    found = operator.get(f"{PATH}?search=MAR&size=1").json()

    names = [each["username"] for each in (*first["accounts"], *rest["accounts"])]
    assert (sorted(names), rest["next_after"]) == (["margaret", "olga"], None)
    assert [each["username"] for each in found["accounts"]] == ["margaret"]
    assert set(found["accounts"][0]) == SHOWN


def test_search_goes_on_from_its_own_place(site: Site, operator: App) -> None:
    site.house.account("mariam", email="olga.second@mail.example")

    first = operator.get(f"{PATH}?search=olga&size=1").json()
    rest = operator.get(f"{PATH}?search=olga&after={first['next_after']}").json()

    assert [each["username"] for each in (*first["accounts"], *rest["accounts"])] == ["olga", "mariam"]


def test_list_at_an_odd_place_is_refused(operator: App) -> None:
    for query in ("search=", "search=x&after=n.!", "after=%00", "size=0", "size=201"):
        assert problem(operator.get(f"{PATH}?{query}")) == (422, "VALIDATION_FAILED"), query


def test_account_shows_how_it_stands_and_no_secret(site: Site, operator: App) -> None:
    guesser = site.device("198.51.100.66")
    for _ in range(5):
        guesser.sign_in("margaret", WRONG_PASSWORD)

    shown = operator.get(placed(site, f"{PATH}/{{id}}"))

    body = shown.json()
    assert set(body) == SHOWN | {"roles", "lock", "has_password", "ways_in"}
    assert (body["roles"], body["lock"]["failures"], body["lock"]["is_spent"]) == (["editor"], 5, False)
    assert body["lock"]["suspended_until"]
    assert not any(word in shown.text for word in ("argon2", "hash", "digest"))


def test_account_is_disabled_and_enabled(site: Site, operator: App) -> None:
    app = site.device()
    app.sign_in()

    disabled = operator.send("POST", placed(site, f"{PATH}/{{id}}/disable")).json()
    closed = app.get("/v1/mobile/me").status_code
    enabled = operator.send("POST", placed(site, f"{PATH}/{{id}}/enable")).json()

    assert (disabled["status"], closed, enabled["status"]) == ("disabled", 401, "active")


@pytest.mark.parametrize("path", ["/disable", "/roles/operator", "/sessions", f"/sessions/{'0' * 26}"])
def test_another_operator_is_kept_out_only_after_a_recent_sign_in(site: Site, operator: App, path: str) -> None:
    site.house.flows.set_role("margaret", OPERATOR, granted=True)
    method, address = "POST" if path == "/disable" else "DELETE", placed(site, f"{PATH}/{{id}}{path}")
    site.clock.advance(FRESH_FOR - timedelta(seconds=1))
    operator.refresh()
    site.clock.advance(timedelta(seconds=2))
    before = site.house.flows.verify_chain().total

    late = problem(operator.send(method, address))

    assert late == (401, "REAUTHENTICATION_REQUIRED")
    assert site.house.flows.verify_chain().total == before
    assert site.house.flows.show_account("margaret").roles == ("editor", OPERATOR)
    operator.sign_in("olga")
    assert operator.send(method, address).status_code in {200, 204, 404}


def test_account_is_unlocked(site: Site, operator: App) -> None:
    guesser = site.device("198.51.100.66")
    for _ in range(5):
        guesser.sign_in("margaret", WRONG_PASSWORD)

    answer = operator.send("POST", placed(site, f"{PATH}/{{id}}/unlock"))

    assert answer.status_code == 204
    assert guesser.sign_in("margaret").status_code == 200


def test_roles_are_granted_and_taken_away(site: Site, operator: App) -> None:
    path = placed(site, f"{PATH}/{{id}}/roles/keeper")

    answers = [operator.send(method, path).json()["roles"] for method in ("PUT", "PUT", "DELETE", "DELETE")]

    assert answers == [["editor", "keeper"], ["editor", "keeper"], ["editor"], ["editor"]]


def test_role_that_is_none_is_refused(site: Site, operator: App) -> None:
    for role in ("Bad", "1x", "a%20b", "x" * 65):
        answer = operator.send("PUT", placed(site, f"{PATH}/{{id}}/roles/{role}"))
        assert problem(answer) == (422, "VALIDATION_FAILED"), role


def test_last_operator_stays(site: Site, operator: App) -> None:
    olga = site.house.flows.show_account("olga").account.id

    refused = [
        problem(operator.send("POST", f"{PATH}/{olga}/disable")),
        problem(operator.send("DELETE", f"{PATH}/{olga}/roles/operator")),
    ]

    assert refused == [(409, "LAST_OPERATOR")] * 2
    assert operator.get(PATH).status_code == 200


def test_sessions_are_listed_and_ended(site: Site, operator: App) -> None:
    first, second = site.device(), site.device()
    first.sign_in(device_name="Phone")
    second.sign_in(device_name="Tablet")
    path = placed(site, f"{PATH}/{{id}}/sessions")

    listed = operator.get(path).json()["sessions"]
    phone = next(each["id"] for each in listed if each["device_name"] == "Phone")
    one = operator.send("DELETE", f"{path}/{phone}").status_code
    closed = [app.get("/v1/mobile/me").status_code for app in (first, second)]
    rest = operator.send("DELETE", path).json()

    assert {each["device_name"] for each in listed} == {"Phone", "Tablet"}
    assert (one, closed, rest) == (204, [401, 200], {"ended": 1})


def test_session_of_somebody_else_is_not_found(site: Site, operator: App) -> None:
    olga = site.house.flows.show_account("olga").account.id
    (own,) = operator.get(f"{PATH}/{olga}/sessions").json()["sessions"]

    answer = operator.send("DELETE", placed(site, f"{PATH}/{{id}}/sessions/{own['id']}"))

    assert problem(answer) == (404, "NOT_FOUND")
    assert operator.get(PATH).status_code == 200


def test_consents_are_listed_from_both_sides_and_taken_back(site: Site, operator: App) -> None:
    of_account = operator.get(placed(site, f"{CONSENTS}?account_id={{id}}")).json()
    of_client = operator.get(f"{CONSENTS}?client_id=reports").json()

    path = placed(site, f"{CONSENTS}?account_id={{id}}&client_id=reports")
    revoked = [operator.send("DELETE", path).status_code for _ in range(2)]

    assert of_account == of_client
    assert of_account["consents"][0] | {"since": ""} == {
        "account_id": margaret(site),
        "client_id": "reports",
        "client_name": "Reports",
        "scopes": ["openid", "email"],
        "since": "",
    }
    assert revoked == [204, 404]


def test_consents_of_nobody_or_both_are_refused(site: Site, operator: App) -> None:
    for query in ("", "account_id={id}&client_id=reports", "account_id=x", "client_id=%00"):
        assert problem(operator.get(placed(site, f"{CONSENTS}?{query}"))) == (422, "VALIDATION_FAILED"), query


def test_what_is_done_names_who_did_it(site: Site, operator: App) -> None:
    olga = site.house.flows.show_account("olga").account.id
    for method, path in (*KEEP_OUT, *LET_IN):
        assert operator.send(method, placed(site, path)).status_code < 300, path

    with site.house.store.view() as view:
        kinds = {entry.event.kind for entry in view.audit.read() if entry.event.actor_id == olga}
    assert kinds == {
        AuditKind.ACCOUNT_DISABLED,
        AuditKind.ACCOUNT_ENABLED,
        AuditKind.ROLE_GRANTED,
        AuditKind.ROLE_REVOKED,
        AuditKind.SESSIONS_ENDED,
        AuditKind.SIGN_IN_UNLOCKED,
        AuditKind.CONSENT_REVOKED,
    }


def test_every_route_is_for_operators_alone(site: Site, operator: App) -> None:
    stranger, ordinary, browser = site.device(), site.device(), site.browser()
    ordinary.sign_in("margaret")
    browser.sign_in("olga")
    refresh = {"authorization": f"Bearer {ordinary.refresh_token}"}
    before = written(site)

    for method, template in ROUTES:
        path = placed(site, template)
        refused = [
            problem(stranger.send(method, path)),
            problem(browser.send(method, path)),
            problem(ordinary.send(method, path)),
            problem(stranger.send(method, path, headers=refresh)),
        ]
        assert refused == [
            (401, "NOT_AUTHENTICATED"),
            (401, "NOT_AUTHENTICATED"),
            (403, "FORBIDDEN"),
            (401, "TOKEN_INVALID"),
        ], path
    assert written(site) == before


def test_every_route_ends_with_the_role(site: Site, operator: App) -> None:
    site.house.flows.set_role("olga", OPERATOR, granted=False)

    for method, path in ROUTES:
        assert problem(operator.send(method, placed(site, path))) == (403, "FORBIDDEN"), path


@pytest.mark.requirement("C-05")
def test_what_lets_somebody_in_needs_a_fresh_sign_in(site: Site, operator: App) -> None:
    site.clock.pause(FRESH_FOR + timedelta(seconds=1))
    operator.refresh()

    answers = {path: operator.send(method, placed(site, path)) for method, path in (*LET_IN, *READ, *KEEP_OUT)}

    stale = {path for path, answer in answers.items() if answer.status_code >= 300}
    assert stale == {path for _, path in LET_IN}
    assert all("insufficient_user_authentication" in answers[path].headers["www-authenticate"] for path in stale)


def test_every_route_of_nobody_is_not_found(operator: App) -> None:
    for method, path in ROUTES[2:]:
        if "{id}" in path:
            assert problem(operator.send(method, path.format(id="0" * 26))) == (404, "NOT_FOUND"), path
            assert operator.send(method, path.format(id="margaret")).status_code in (404, 422), path


def written(site: Site) -> int:
    with site.house.store.view() as view:
        return sum(1 for entry in view.audit.read() if entry.event.kind is not AuditKind.SIGN_IN)
