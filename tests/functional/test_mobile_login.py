"""Signing apps in, on and out."""

from datetime import timedelta

import pytest

from tests.functional.site import ABROAD, Site, problem
from tests.house import PASSWORD, WRONG_PASSWORD

LOGIN = "/v1/auth/login_mobile"
FORM = {"content-type": "application/x-www-form-urlencoded"}


def test_login_mobile_gives_tokens_and_sets_no_cookie(site: Site) -> None:
    site.house.account()

    answer = site.device().sign_in()

    assert answer.status_code == 200
    body = answer.json()
    assert set(body) == {"access_token", "token_type", "expires_in", "refresh_token", "refresh_expires_in"}
    assert body["token_type"] == "Bearer"
    assert 0 < body["expires_in"] <= 300
    assert body["refresh_expires_in"] == 14 * 24 * 3600
    assert "set-cookie" not in answer.headers
    assert answer.headers["cache-control"] == "no-store"


def test_login_mobile_new_device_gets_a_token_that_proves_it(site: Site) -> None:
    site.house.account()
    app, stranger = site.device(), site.device(ABROAD)
    first = app.sign_in()
    for _ in range(5):
        stranger.sign_in("margaret", WRONG_PASSWORD)

    again = app.sign_in()

    assert "x-device-token" in first.headers
    assert again.status_code == 200
    assert "x-device-token" not in again.headers
    assert stranger.sign_in().status_code == 401


def test_login_mobile_device_is_called_what_it_says(site: Site) -> None:
    site.house.account()
    app = site.device()

    app.sign_in(device_name="Margaret's telephone")

    assert [each["device"] for each in app.get("/v1/mobile/sessions").json()] == ["Margaret's telephone"]


def test_login_mobile_device_that_says_nothing_is_called_after_its_program(site: Site) -> None:
    site.house.account()
    app = site.device()

    app.sign_in()

    assert [each["device"] for each in app.get("/v1/mobile/sessions").json()] == ["Android"]


@pytest.mark.parametrize(
    "form",
    [
        {"username": "margaret", "password": PASSWORD},
        {"grant_type": "password", "username": "margaret", "password": PASSWORD, "scope": "", "client_id": "x"},
    ],
)
def test_login_mobile_form_of_the_password_grant_signs_in(site: Site, form: dict[str, str]) -> None:
    site.house.account()

    answer = site.client().post(LOGIN, data=form)

    assert answer.status_code == 200
    assert answer.json()["token_type"] == "Bearer"


@pytest.mark.parametrize(
    ("form", "pointer"),
    [
        ("grant_type=refresh_token&username=a&password=b", "/grant_type"),
        ("username=a", "/password"),
        ("", ""),
    ],
)
def test_login_mobile_form_that_does_not_fit_is_refused(site: Site, form: str, pointer: str) -> None:
    answer = site.client().post(LOGIN, content=form, headers=FORM)

    assert problem(answer) == (422, "VALIDATION_FAILED")
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


@pytest.mark.parametrize(("login", "password"), [("margaret", WRONG_PASSWORD), ("nobody", PASSWORD)])
def test_login_mobile_refusal_is_the_same_for_everybody(site: Site, login: str, password: str) -> None:
    site.house.account()

    answer = site.device().sign_in(login, password)

    assert problem(answer) == (401, "INVALID_CREDENTIALS")
    assert "set-cookie" not in answer.headers
    assert "x-device-token" not in answer.headers


def test_refresh_mobile_gives_the_next_tokens(site: Site) -> None:
    site.house.account()
    app = site.device()
    app.sign_in()
    before = app.refresh_token

    answer = app.refresh()

    assert answer.status_code == 200
    assert set(answer.json()) == {"access_token", "token_type", "expires_in", "refresh_token", "refresh_expires_in"}
    assert app.refresh_token != before
    assert "set-cookie" not in answer.headers
    assert app.get("/v1/mobile/me").status_code == 200


def test_refresh_mobile_same_token_at_once_leads_to_the_same_successor(site: Site) -> None:
    site.house.account()
    app = site.device()
    app.sign_in()
    before = app.refresh_token

    answers = [app.refresh(before) for _ in range(2)]

    assert answers[0].json()["refresh_token"] == answers[1].json()["refresh_token"]


def test_refresh_mobile_reuse_ends_the_family(site: Site) -> None:
    site.house.account()
    app = site.device()
    app.sign_in()
    stolen = app.refresh_token
    app.refresh()
    site.clock.advance(timedelta(minutes=1))

    assert problem(site.device(ABROAD).refresh(stolen)) == (401, "TOKEN_INVALID")
    assert problem(app.refresh()) == (401, "TOKEN_INVALID")
    assert problem(app.get("/v1/mobile/me"))[0] == 401


@pytest.mark.parametrize("cut", ["forged", "", " "])
def test_refresh_mobile_made_up_token_is_refused(site: Site, cut: str) -> None:
    answer = site.device().client.post("/v1/auth/refresh_mobile", json={"refresh_token": cut})

    assert answer.status_code in (401, 422)


def test_refresh_mobile_truncated_or_extended_token_is_refused(site: Site) -> None:
    site.house.account()
    app = site.device()
    app.sign_in()
    good = app.refresh_token

    for bad in (good[:-1], good + "a", good.upper(), good[1:], good.replace("_", "-")):
        assert problem(app.refresh(bad)) == (401, "TOKEN_INVALID")
    assert app.refresh(good).status_code == 200


def test_refresh_mobile_of_a_web_token_is_refused(site: Site) -> None:
    site.house.account()
    browser = site.browser()
    browser.sign_in()

    answer = site.device().refresh(browser.cookie("refresh"))

    assert problem(answer) == (401, "TOKEN_INVALID")


def test_logout_mobile_ends_the_session(site: Site) -> None:
    site.house.account()
    app = site.device()
    app.sign_in()

    answer = app.send("POST", "/v1/auth/logout_mobile")

    assert answer.status_code == 204
    assert problem(app.get("/v1/mobile/me"))[0] == 401
    assert problem(app.refresh()) == (401, "TOKEN_INVALID")


def test_mobile_me_without_a_token_is_challenged_without_an_error(site: Site) -> None:
    answer = site.device().get("/v1/mobile/me")

    assert problem(answer) == (401, "NOT_AUTHENTICATED")
    assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("presented", ["x", "a.b.c", "é", "." * 9000, "eyJhbGciOiJub25lIn0.e30."])
def test_mobile_me_bad_token_is_challenged_as_invalid(site: Site, presented: str) -> None:
    answer = site.client().get("/v1/mobile/me", headers={b"authorization": f"Bearer {presented}".encode("latin-1")})

    assert problem(answer) == (401, "TOKEN_INVALID")
    assert answer.headers["www-authenticate"] == 'Bearer error="invalid_token"'


@pytest.mark.parametrize("scheme", ["bearer", "BEARER", "Bearer"])
def test_mobile_me_scheme_is_read_in_any_case(site: Site, scheme: str) -> None:
    site.house.account()
    app = site.device()
    app.sign_in()

    answer = app.client.get("/v1/mobile/me", headers={"authorization": f"{scheme} {app.access_token}"})

    assert answer.status_code == 200


@pytest.mark.parametrize("authorization", ["Basic bWFyZ2FyZXQ6eA==", "Token x", "Bearer", ""])
def test_mobile_me_other_scheme_counts_as_none(site: Site, authorization: str) -> None:
    answer = site.client().get("/v1/mobile/me", headers={"authorization": authorization})

    assert problem(answer) == (401, "NOT_AUTHENTICATED")


def test_mobile_me_token_in_the_query_is_not_read(site: Site) -> None:
    site.house.account()
    app = site.device()
    app.sign_in()

    answer = site.client().get("/v1/mobile/me", params={"access_token": app.access_token})

    assert problem(answer) == (401, "NOT_AUTHENTICATED")


def test_mobile_me_two_tokens_at_once_are_refused(site: Site) -> None:
    headers = [("authorization", "Bearer a"), ("authorization", "Bearer b")]

    assert problem(site.client().get("/v1/mobile/me", headers=headers)) == (400, "HEADER_REPEATED")
