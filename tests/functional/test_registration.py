"""Registering, and proving an address."""

import pytest

from doorward.core.accounts.records import Registration
from tests.functional.site import Site, last_token, problem
from tests.house import KNOWN_PASSWORD, PASSWORD, code_of

REGISTER = ("/v1/auth/register", "/v1/auth/register_mobile")
BODY = {"username": "margaret", "email": "margaret@mail.example", "password": PASSWORD}


def register(site: Site, path: str, body: object = BODY) -> object:
    return site.browser().send("POST", path, body)


@pytest.mark.parametrize("path", REGISTER)
def test_register_new_user_is_created_and_not_verified(site: Site, path: str) -> None:
    answer = site.browser().send("POST", path, BODY)

    assert answer.status_code == 201
    assert set(answer.json()) == {"message"}
    with site.house.store.view() as work:
        claim = work.claims.newest("margaret@mail.example")
        assert claim is not None
        assert claim.is_verified is False
        assert work.accounts.count() == 0


@pytest.mark.parametrize("path", REGISTER)
@pytest.mark.parametrize(
    "body",
    [BODY, {**BODY, "username": "somebody.else"}, {**BODY, "email": "other@mail.example"}],
    ids=["both taken", "address taken", "name taken"],
)
def test_register_taken_name_or_address_is_refused_in_the_same_words(
    site: Site, path: str, body: dict[str, str]
) -> None:
    site.house.account()

    answer = site.browser().send("POST", path, body)

    assert problem(answer) == (400, "USER_EXISTS")
    detail = answer.json()["detail"]
    assert detail == "An account with this username or e-mail address exists already."
    assert "errors" not in answer.json()


def test_register_private_profile_answers_the_same_for_taken_and_free(site: Site) -> None:
    site.house.account()
    object.__setattr__(site.house.flows.register, "registration", Registration.PRIVATE)
    browser = site.browser()

    taken = browser.send("POST", "/v1/auth/register", BODY)
    free = browser.send("POST", "/v1/auth/register", {**BODY, "username": "ada", "email": "ada@mail.example"})

    assert (taken.status_code, taken.content) == (free.status_code, free.content) == (201, free.content)
    assert set(taken.headers) == set(free.headers)


@pytest.mark.parametrize("path", REGISTER)
@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({**BODY, "username": "ab"}, "/username"),
        ({**BODY, "username": "x" * 65}, "/username"),
        ({**BODY, "username": "has space"}, "/username"),
        ({**BODY, "email": "no address"}, "/email"),
        ({**BODY, "password": "short"}, "/password"),
        ({**BODY, "password": KNOWN_PASSWORD}, "/password"),
        ({**BODY, "password": "x" * 1025}, "/password"),
        ({**BODY, "username": 5}, "/username"),
        ({**BODY, "username": None}, "/username"),
        ({**BODY, "email": ["a@b.example"]}, "/email"),
        ({**BODY, "password": True}, "/password"),
        ({key: value for key, value in BODY.items() if key != "email"}, "/email"),
        ({**BODY, "is_verified": True}, ""),
        ([], ""),
        ("text", ""),
    ],
)
def test_register_field_that_does_not_fit_is_named(site: Site, path: str, body: object, pointer: str) -> None:
    answer = site.browser().send("POST", path, body)

    assert problem(answer) == (422, "VALIDATION_FAILED")
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
    assert KNOWN_PASSWORD not in answer.text
    with site.house.store.view() as work:
        assert work.claims.newest("margaret@mail.example") is None


def test_verify_email_link_makes_the_account(site: Site) -> None:
    register(site, "/v1/auth/register")

    answer = site.device().send("POST", "/v1/auth/verify_email", {"token": last_token(site)})

    assert answer.status_code == 200
    assert set(answer.json()) == {"message"}
    assert site.browser().sign_in().json()["user"]["is_verified"] is True


def test_verify_email_code_makes_the_account(site: Site) -> None:
    register(site, "/v1/auth/register_mobile")
    code = code_of(site.house.deliver()[-1])

    answer = site.device().send("POST", "/v1/auth/verify_email", {"email": BODY["email"], "code": code})

    assert answer.status_code == 200
    assert site.device().sign_in().status_code == 200


def test_verify_email_link_works_once(site: Site) -> None:
    register(site, "/v1/auth/register")
    token = last_token(site)
    device = site.device()

    answers = [device.send("POST", "/v1/auth/verify_email", {"token": token}) for _ in range(2)]

    assert answers[0].status_code == 200
    assert problem(answers[1]) == (400, "TOKEN_INVALID")


@pytest.mark.parametrize(
    "body",
    [{"token": "dwl1_nonsense"}, {"token": "x"}, {"email": "margaret@mail.example", "code": "00000000"}],
)
def test_verify_email_made_up_proof_is_refused(site: Site, body: dict[str, str]) -> None:
    register(site, "/v1/auth/register")
    site.house.deliver()

    answer = site.device().send("POST", "/v1/auth/verify_email", body)

    assert problem(answer) == (400, "TOKEN_INVALID")


@pytest.mark.parametrize(
    "body", [{}, {"token": ""}, {"token": 1}, {"email": "a@b.example"}, {"token": "a", "code": "1"}]
)
def test_verify_email_incomplete_body_is_refused(site: Site, body: dict[str, object]) -> None:
    assert problem(site.device().send("POST", "/v1/auth/verify_email", body)) == (422, "VALIDATION_FAILED")


def test_resend_verification_answers_the_same_for_everybody(site: Site) -> None:
    site.house.account()
    register(site, "/v1/auth/register_mobile", {**BODY, "username": "ada", "email": "ada@mail.example"})
    device = site.device()

    answers = [
        device.send("POST", "/v1/auth/resend_verification", {"email": email})
        for email in ("margaret@mail.example", "ada@mail.example", "nobody@mail.example")
    ]

    assert {(answer.status_code, answer.content) for answer in answers} == {(202, answers[0].content)}
    assert len({frozenset(answer.headers) for answer in answers}) == 1


def test_resend_verification_malformed_address_is_refused(site: Site) -> None:
    answer = site.device().send("POST", "/v1/auth/resend_verification", {"email": "not an address"})

    assert problem(answer) == (422, "VALIDATION_FAILED")
