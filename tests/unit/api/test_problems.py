"""Refusals over HTTP."""

import json
from datetime import timedelta
from itertools import pairwise

import pytest
from pydantic import ValidationError

from doorward.api.problems import STATUSES, Problem, problem_of, problem_of_fields, problem_of_status, status_of
from doorward.api.refusals import CsrfFailed, CsrfReason, Unforeseen
from doorward.api.v1.bodies import RegisterBody, VerifyByLink
from doorward.core.accounts.errors import UserExists
from doorward.core.kernel.errors import Forbidden, Invalid, NotFound, Refusal, TooMany, Unauthenticated, Unavailable
from doorward.core.login.errors import InvalidCredentials
from doorward.core.onetime.errors import LinkRefused
from doorward.resource.errors import AccessRefused


def every_refusal(kind: type[Refusal] = Refusal) -> list[type[Refusal]]:
    """Return what this server refuses with; a resource server carries its own statuses."""
    known = (each for child in kind.__subclasses__() for each in every_refusal(child))
    return [refusal for refusal in (kind, *known) if not issubclass(refusal, AccessRefused)]


@pytest.mark.parametrize(
    ("refusal", "status"),
    [
        (UserExists, 400),
        (LinkRefused, 400),
        (InvalidCredentials, 401),
        (Unauthenticated, 401),
        (Forbidden, 403),
        (CsrfFailed, 403),
        (NotFound, 404),
        (Invalid, 422),
        (TooMany, 429),
        (Unforeseen, 500),
        (Unavailable, 503),
    ],
)
def test_status_of_kind_or_what_derives_from_it(refusal: type[Refusal], status: int) -> None:
    assert status_of(refusal) == status


def test_statuses_every_refusal_has_its_own() -> None:
    undecided = [
        refusal
        for refusal in every_refusal()
        if hasattr(refusal, "code") and not any(kind in STATUSES for kind in refusal.__mro__)
    ]

    assert undecided == []


def test_statuses_no_kind_shadows_another_by_accident() -> None:
    for refusal in every_refusal():
        found = [STATUSES[kind] for kind in refusal.__mro__ if kind in STATUSES]
        assert all(one == other for one, other in pairwise(found)), refusal


def test_body_unforeseen_has_the_names_of_the_contract() -> None:
    problem = json.loads(problem_of(Unforeseen()).body("r" * 32))

    assert problem["code"] == "INTERNAL_SERVER_ERROR"
    assert problem["title"] == "InternalServerError"
    assert problem["status"] == 500
    assert problem["request_id"] == "r" * 32
    assert set(problem) == {"type", "title", "status", "code", "detail", "request_id"}


def test_problem_of_invalid_names_the_field() -> None:
    problem = json.loads(problem_of(Invalid("/username", "Use 3 to 32 characters.")).body("id"))

    assert problem["code"] == "VALIDATION_FAILED"
    assert problem["errors"] == [{"pointer": "/username", "reason": "Use 3 to 32 characters."}]


@pytest.mark.parametrize(
    ("wait", "expected"),
    [(timedelta(seconds=2), b"2"), (timedelta(milliseconds=2100), b"3"), (timedelta(0), b"1")],
)
def test_problem_of_retryable_says_when_in_whole_seconds(wait: timedelta, expected: bytes) -> None:
    assert problem_of(TooMany(wait)).headers == ((b"retry-after", expected),)


def test_problem_of_csrf_gives_the_reason() -> None:
    assert problem_of(CsrfFailed(CsrfReason.CROSS_SITE)).reason == "cross_site"


@pytest.mark.parametrize(
    ("status", "code"),
    [(404, "NOT_FOUND"), (405, "METHOD_NOT_ALLOWED"), (400, "BODY_MALFORMED"), (500, "INTERNAL_SERVER_ERROR")],
)
def test_problem_of_status_of_the_framework(status: int, code: str) -> None:
    assert problem_of_status(status).code == code


def fields_of(body: object) -> Problem:
    with pytest.raises(ValidationError) as refused:
        RegisterBody.model_validate(body)
    return problem_of_fields(refused.value.errors())


def test_problem_of_fields_points_to_each_and_repeats_nothing() -> None:
    problem = fields_of({"username": 5, "email": "x" * 400 + "CANARY", "password": ["CANARY"]})

    assert sorted(error.pointer for error in problem.errors) == ["/email", "/password", "/username"]
    assert "CANARY" not in problem.body("id").decode()
    assert problem.status == 422


def test_problem_of_fields_unknown_member_is_named_when_its_name_is_plain() -> None:
    problem = fields_of({"username": "ada", "email": "a@b.example", "password": "x", "role": "operator"})

    assert [(error.pointer, "`role`" in error.reason) for error in problem.errors] == [("", True)]


def test_problem_of_fields_unknown_member_of_a_hostile_name_is_not_repeated() -> None:
    problem = fields_of({"username": "ada", "email": "a@b.example", "password": "x", "<script>": 1})

    assert "script" not in problem.body("id").decode()


def test_problem_of_fields_of_alternatives_leaves_out_the_names_of_the_bodies() -> None:
    with pytest.raises(ValidationError) as refused:
        VerifyByLink.model_validate({"token": 5})
    found = [{**error, "loc": ("body", "VerifyByLink", *error["loc"])} for error in refused.value.errors()]

    problem = problem_of_fields(found)

    assert [error.pointer for error in problem.errors] == ["/token"]


def test_problem_of_fields_pointer_is_escaped() -> None:
    problem = problem_of_fields([{"loc": ("body", "a/b~c"), "msg": "no", "type": "x"}])

    assert problem.errors[0].pointer == "/a~1b~0c"
