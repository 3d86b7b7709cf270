"""Getting back in by mail."""

import pytest

from tests.functional.site import ABROAD, Site, last_code, last_token, problem
from tests.house import OTHER_PASSWORD, PASSWORD, WRONG_PASSWORD, code_of, token_of

FORGOT = "/v1/auth/forgot_password"
RESET = "/v1/auth/reset_password"
UNLOCK = "/v1/auth/unlock"


def test_forgot_password_answers_the_same_for_everybody(site: Site) -> None:
    site.house.account()
    app = site.device()

    answers = [app.send("POST", FORGOT, {"email": f"{name}@mail.example"}) for name in ("margaret", "nobody")]

    assert {answer.status_code for answer in answers} == {202}
    assert answers[0].content == answers[1].content
    assert set(answers[0].headers) == set(answers[1].headers)


def test_reset_password_ends_all_sessions_and_knows_the_device(site: Site) -> None:
    site.house.account()
    browser, app = site.browser(), site.device()
    browser.sign_in()
    app.sign_in()
    app.send("POST", FORGOT, {"email": "margaret@mail.example"})
    token = last_token(site)

    answer = site.client().post(RESET, json={"token": token, "new_password": OTHER_PASSWORD})

    assert answer.status_code == 200
    assert answer.headers["x-device-token"]
    assert problem(browser.get("/v1/web/me"))[0] == 401
    assert problem(app.get("/v1/mobile/me"))[0] == 401
    assert site.device().sign_in(password=PASSWORD).status_code == 401
    assert site.device().sign_in(password=OTHER_PASSWORD).status_code == 200


def test_reset_password_unsuitable_one_is_refused_and_leaves_the_link(site: Site) -> None:
    site.house.account()
    app = site.device()
    app.send("POST", FORGOT, {"email": "margaret@mail.example"})
    token = last_token(site)

    refused = app.send("POST", RESET, {"token": token, "new_password": "short"})
    accepted = app.send("POST", RESET, {"token": token, "new_password": OTHER_PASSWORD})

    assert problem(refused) == (422, "VALIDATION_FAILED")
    assert refused.json()["errors"][0]["pointer"] == "/new_password"
    assert accepted.status_code == 200


def test_reset_password_link_works_once(site: Site) -> None:
    site.house.account()
    app = site.device()
    app.send("POST", FORGOT, {"email": "margaret@mail.example"})
    body = {"token": last_token(site), "new_password": OTHER_PASSWORD}

    assert app.send("POST", RESET, body).status_code == 200
    assert problem(app.send("POST", RESET, body)) == (400, "TOKEN_INVALID")


def test_reset_password_by_code(site: Site) -> None:
    site.house.account()
    app = site.device()
    app.send("POST", FORGOT, {"email": "margaret@mail.example"})
    body = {"email": "margaret@mail.example", "code": last_code(site), "new_password": OTHER_PASSWORD}

    wrong = app.send("POST", RESET, {**body, "code": "00000000"})
    right = app.send("POST", RESET, body)

    assert problem(wrong) == (400, "TOKEN_INVALID")
    assert right.status_code == 200
    assert right.headers["x-device-token"]
    assert site.device().sign_in(password=OTHER_PASSWORD).status_code == 200


@pytest.mark.parametrize("path", [RESET, UNLOCK])
@pytest.mark.parametrize("half", [{"email": "margaret@mail.example"}, {"code": "12345678"}], ids=["email", "code"])
def test_code_and_address_are_needed_both(site: Site, path: str, half: dict[str, str]) -> None:
    body = half if path == UNLOCK else {**half, "new_password": OTHER_PASSWORD}

    assert problem(site.device().send("POST", path, body)) == (422, "VALIDATION_FAILED")


def test_unlock_by_code(site: Site) -> None:
    site.house.account()
    app, stranger = site.device(), site.device(ABROAD)
    for _ in range(6):
        stranger.sign_in("margaret", WRONG_PASSWORD)
    code = next(code_of(letter) for letter in site.house.deliver() if letter.code)

    answer = app.send("POST", UNLOCK, {"email": "margaret@mail.example", "code": code})

    assert answer.status_code == 200
    app.device_token = answer.headers["x-device-token"]
    assert app.sign_in().status_code == 200


@pytest.mark.parametrize("path", [RESET, UNLOCK])
def test_made_up_link_is_refused(site: Site, path: str) -> None:
    body = {"token": "dwl1_made_up", "new_password": OTHER_PASSWORD}
    if path == UNLOCK:
        del body["new_password"]

    assert problem(site.device().send("POST", path, body)) == (400, "TOKEN_INVALID")


def test_unlock_lets_the_device_in_while_others_stay_suspended(site: Site) -> None:
    site.house.account()
    app, stranger = site.device(), site.device(ABROAD)
    for _ in range(6):
        stranger.sign_in("margaret", WRONG_PASSWORD)
    assert app.sign_in().status_code == 401
    token = next(token_of(letter) for letter in site.house.deliver() if letter.token)

    answer = app.send("POST", UNLOCK, {"token": token})

    assert answer.status_code == 200
    app.device_token = answer.headers["x-device-token"]
    assert app.sign_in().status_code == 200
    assert stranger.sign_in().status_code == 401
