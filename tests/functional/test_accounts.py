"""What owners see and change of their account, from a browser and from an app."""

import json
from datetime import timedelta
from typing import Final

import pytest

from tests.functional.site import App, Browser, Site, last_token, problem
from tests.house import OTHER_PASSWORD, PASSWORD, WRONG_PASSWORD

KINDS: Final = ("web", "mobile")
Visitor = Browser | App


def signed_in(site: Site, kind: str) -> Visitor:
    visitor: Visitor = site.browser() if kind == "web" else site.device()
    assert visitor.sign_in().status_code == 200
    return visitor


def keep_signed_in(visitor: Visitor) -> None:
    """Continue the session until the sign-in is no longer recent."""
    visitor.site.clock.advance(timedelta(minutes=6))
    answer = visitor.refresh() if isinstance(visitor, App) else visitor.send("POST", "/v1/auth/refresh_web")
    assert answer.status_code == 200


@pytest.mark.parametrize("kind", KINDS)
def test_me_shows_exactly_the_profile(site: Site, kind: str) -> None:
    account_id = site.house.account()

    answer = signed_in(site, kind).get(f"/v1/{kind}/me")

    assert answer.status_code == 200
    assert answer.json() == {
        "id": account_id,
        "username": "margaret",
        "email": "margaret@mail.example",
        "is_verified": True,
        "roles": [],
        "created_at": "2026-01-01T00:00:00Z",
    }


@pytest.mark.parametrize("kind", KINDS)
def test_patch_me_username_counts_at_once(site: Site, kind: str) -> None:
    site.house.account()
    visitor = signed_in(site, kind)

    answer = visitor.send("PATCH", f"/v1/{kind}/me", {"username": "Peggy"})

    assert answer.status_code == 200
    assert answer.json()["username"] == "peggy"
    assert visitor.get(f"/v1/{kind}/me").json()["username"] == "peggy"


@pytest.mark.parametrize("kind", KINDS)
def test_patch_me_taken_username_is_refused(site: Site, kind: str) -> None:
    site.house.account()
    site.house.account("ada")

    answer = signed_in(site, kind).send("PATCH", f"/v1/{kind}/me", {"username": "ada"})

    assert problem(answer) == (400, "USER_EXISTS")


@pytest.mark.parametrize("kind", KINDS)
def test_patch_me_address_counts_after_its_own_link(site: Site, kind: str) -> None:
    site.house.account()
    visitor = signed_in(site, kind)

    answer = visitor.send("PATCH", f"/v1/{kind}/me", {"email": "peggy@mail.example"})

    assert answer.json()["email"] == "margaret@mail.example"
    assert visitor.send("POST", "/v1/auth/verify_email", {"token": last_token(site)}).status_code == 200
    assert visitor.sign_in("peggy@mail.example").status_code == 200


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("body", [{"is_verified": True}, {"roles": ["operator"]}, {"username": 7}, {"username": "a b"}])
def test_patch_me_what_is_not_ones_own_to_change_is_refused(site: Site, kind: str, body: dict[str, object]) -> None:
    site.house.account()

    assert problem(signed_in(site, kind).send("PATCH", f"/v1/{kind}/me", body)) == (422, "VALIDATION_FAILED")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("method", "path", "body"),
    [("PATCH", "me", {"email": "peggy@mail.example"}), ("DELETE", "me", None), ("GET", "me/export", None)],
)
def test_sensitive_request_after_five_minutes_needs_a_new_sign_in(
    site: Site, kind: str, method: str, path: str, body: object
) -> None:
    site.house.account()
    visitor = signed_in(site, kind)
    keep_signed_in(visitor)

    answer = visitor.send(method, f"/v1/{kind}/{path}", body)

    assert problem(answer) == (401, "REAUTHENTICATION_REQUIRED")
    challenge = answer.headers.get("www-authenticate")
    expected = 'Bearer error="insufficient_user_authentication", max_age="300"'
    assert challenge == (expected if kind == "mobile" else None)
    assert visitor.sign_in().status_code == 200
    assert visitor.send(method, f"/v1/{kind}/{path}", body).status_code in (200, 202)


@pytest.mark.parametrize("kind", KINDS)
def test_put_password_ends_the_other_sessions(site: Site, kind: str) -> None:
    site.house.account()
    visitor, other = signed_in(site, kind), site.device("198.51.100.9")
    other.sign_in()
    body = {"current_password": PASSWORD, "new_password": OTHER_PASSWORD}

    answer = visitor.send("PUT", f"/v1/{kind}/password", body)

    assert (answer.status_code, answer.content) == (204, b"")
    assert visitor.get(f"/v1/{kind}/me").status_code == 200
    assert problem(other.get("/v1/mobile/me"))[0] == 401
    assert site.device().sign_in(password=OTHER_PASSWORD).status_code == 200


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("current", "new", "pointer"),
    [(WRONG_PASSWORD, OTHER_PASSWORD, "/current_password"), (PASSWORD, "short", "/new_password")],
)
def test_put_password_unsuitable_one_is_refused(site: Site, kind: str, current: str, new: str, pointer: str) -> None:
    site.house.account()

    answer = signed_in(site, kind).send(
        "PUT", f"/v1/{kind}/password", {"current_password": current, "new_password": new}
    )

    assert problem(answer) == (422, "VALIDATION_FAILED")
    assert answer.json()["errors"][0]["pointer"] == pointer


@pytest.mark.parametrize("kind", KINDS)
def test_delete_me_closes_the_account_until_its_owner_signs_in(site: Site, kind: str) -> None:
    site.house.account()
    visitor = signed_in(site, kind)

    answer = visitor.send("DELETE", f"/v1/{kind}/me")

    assert answer.status_code == 202
    assert answer.json()["delete_after"] == "2026-01-31T00:00:00Z"
    assert problem(visitor.get(f"/v1/{kind}/me"))[0] == 401
    assert visitor.sign_in().status_code == 200


@pytest.mark.parametrize("kind", KINDS)
def test_export_me_is_one_document_to_keep(site: Site, kind: str) -> None:
    account_id = site.house.account()

    answer = signed_in(site, kind).get(f"/v1/{kind}/me/export")

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["content-disposition"] == 'attachment; filename="account.json"'
    assert answer.headers["cache-control"] == "no-store"
    document = json.loads(answer.content)
    assert document["account"]["id"] == account_id
    assert document["events"]


@pytest.mark.parametrize("kind", KINDS)
def test_export_me_has_a_limit_for_each_account(site: Site, kind: str) -> None:
    site.house.account()
    visitor = signed_in(site, kind)

    answers = [visitor.get(f"/v1/{kind}/me/export") for _ in range(11)]

    assert [answer.status_code for answer in answers[:10]] == [200] * 10
    assert problem(answers[10]) == (429, "TOO_MANY_REQUESTS")
    assert int(answers[10].headers["retry-after"]) > 0
    assert answers[0].headers["ratelimit"].startswith('"export";r=9;')


@pytest.mark.parametrize("kind", KINDS)
def test_sessions_lists_all_and_marks_the_current(site: Site, kind: str) -> None:
    site.house.account()
    site.device("198.51.100.9").sign_in(device_name="Other")
    site.clock.advance(timedelta(seconds=1))
    visitor = signed_in(site, kind)

    sessions = visitor.get(f"/v1/{kind}/sessions").json()

    assert [each["current"] for each in sessions] == [True, False]
    assert set(sessions[0]) == {"id", "kind", "device", "place", "created_at", "last_seen_at", "current"}
    assert sessions[0]["place"] != sessions[1]["place"]
    assert "198.51.100.9" not in str(sessions)


@pytest.mark.parametrize("kind", KINDS)
def test_delete_session_ends_another_one(site: Site, kind: str) -> None:
    site.house.account()
    other = site.device("198.51.100.9")
    other.sign_in()
    (only,) = other.get("/v1/mobile/sessions").json()
    visitor = signed_in(site, kind)

    answer = visitor.send("DELETE", f"/v1/{kind}/sessions/{only['id']}")

    assert (answer.status_code, answer.content) == (204, b"")
    assert problem(other.get("/v1/mobile/me"))[0] == 401
    assert visitor.get(f"/v1/{kind}/me").status_code == 200


@pytest.mark.parametrize("kind", KINDS)
def test_delete_session_of_somebody_else_is_not_found(site: Site, kind: str) -> None:
    site.house.account()
    site.house.account("ada")
    stranger = site.device()
    stranger.sign_in("ada")
    (theirs,) = stranger.get("/v1/mobile/sessions").json()

    answer = signed_in(site, kind).send("DELETE", f"/v1/{kind}/sessions/{theirs['id']}")

    assert problem(answer) == (404, "NOT_FOUND")
    assert stranger.get("/v1/mobile/me").status_code == 200


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("wanted", ["x", "0" * 26, "%00" * 26, "'--", "%F0%9F%98%80"])
def test_delete_session_that_is_none_is_not_found(site: Site, kind: str, wanted: str) -> None:
    site.house.account()

    answer = signed_in(site, kind).send("DELETE", f"/v1/{kind}/sessions/{wanted}")

    assert problem(answer) == (404, "NOT_FOUND")


@pytest.mark.parametrize("kind", KINDS)
def test_delete_sessions_ends_all_and_the_current_too(site: Site, kind: str) -> None:
    account_id = site.house.account()
    other = site.device("198.51.100.9")
    other.sign_in()
    visitor = signed_in(site, kind)

    answer = visitor.send("DELETE", f"/v1/{kind}/sessions")

    assert answer.status_code == 204
    assert site.house.flows.list_sessions(account_id) == ()
    assert problem(visitor.get(f"/v1/{kind}/me"))[0] == 401


@pytest.mark.parametrize("kind", KINDS)
def test_disabled_account_is_out_at_once(site: Site, kind: str) -> None:
    site.house.account()
    visitor = signed_in(site, kind)

    site.house.flows.set_enabled("margaret", enabled=False)

    assert problem(visitor.get(f"/v1/{kind}/me"))[0] == 401
