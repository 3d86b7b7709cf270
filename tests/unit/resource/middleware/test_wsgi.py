# Source: PEP 3333; the checks of wsgiref are around whatever is called.
from collections.abc import Callable, Iterator
from contextlib import closing
from types import TracebackType
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment
from wsgiref.util import setup_testing_defaults
from wsgiref.validate import validator

import pytest

from doorward.resource import Needs, ScopeMissing, TokenMissing, Verifier, current_token
from doorward.resource.middleware.wsgi import ProtectedWSGI, presented_in
from doorward.testing.clock import FixedClock
from tests.issuing import AUDIENCE, Holder, Issuing


def app(_: WSGIEnvironment, start_response: StartResponse) -> Iterator[bytes]:
    start_response("200 OK", [("content-type", "text/plain")])
    return body()


def body() -> Iterator[bytes]:
    yield current_token().subject.encode()


def refusing(_: WSGIEnvironment, start_response: StartResponse) -> Iterator[bytes]:
    start_response("200 OK", [("content-type", "text/plain")])
    raise ScopeMissing("more")


def open_to_all(_: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
    start_response("200 OK", [("content-type", "text/plain")])
    return [b"open"]


def ask(application: ProtectedWSGI, path: str = "/notes", **fields: str) -> tuple[str, dict[str, str], bytes]:
    environ: WSGIEnvironment = {"SCRIPT_NAME": "", "PATH_INFO": path, "QUERY_STRING": "", **fields}
    setup_testing_defaults(environ)
    started: list[tuple[str, dict[str, str]]] = []

    def start_response(
        status: str,
        headers: list[tuple[str, str]],
        exc_info: tuple[type[BaseException], BaseException, TracebackType] | tuple[None, None, None] | None = None,
        /,
    ) -> Callable[[bytes], object]:
        assert not started or exc_info
        started.append((status, dict(headers)))
        return lambda _: None

    checked: Any = validator(application)
    with closing(checked(environ, start_response)) as pieces:
        whole = b"".join(pieces)
    return *started[-1], whole


def test_request_with_a_token_reaches_the_application(issuer: Issuing, verifier: Verifier) -> None:
    status, _, answer = ask(ProtectedWSGI(app, verifier), HTTP_AUTHORIZATION=f"Bearer {issuer.token()}")

    assert (status, answer) == ("200 OK", b"margaret")
    with pytest.raises(TokenMissing):
        current_token()


@pytest.mark.requirement("B-01", "B-03")
@pytest.mark.parametrize(("given", "status"), [("", "400"), ("Bearer x.y.z", "401"), ("Bearer a, Bearer b", "400")])
def test_request_without_a_good_token_does_not(verifier: Verifier, given: str, status: str) -> None:
    started, headers, _ = ask(ProtectedWSGI(app, verifier), HTTP_AUTHORIZATION=given or "Bearer")

    assert started.startswith(status)
    assert headers["www-authenticate"].startswith("Bearer error=")


def test_request_with_nothing_is_told_how(verifier: Verifier) -> None:
    status, _, answer = ask(ProtectedWSGI(app, verifier))

    assert status == "401 Unauthorized"
    assert b"TOKEN_MISSING" in answer


def test_request_whose_token_is_not_enough_does_not(issuer: Issuing, verifier: Verifier) -> None:
    application = ProtectedWSGI(app, verifier, Needs.of("notes.write"))

    assert ask(application, HTTP_AUTHORIZATION=f"Bearer {issuer.token()}")[0] == "403 Forbidden"


def test_refusal_of_the_application_takes_its_answer_back(issuer: Issuing, verifier: Verifier) -> None:
    application = ProtectedWSGI(refusing, verifier)

    assert ask(application, HTTP_AUTHORIZATION=f"Bearer {issuer.token()}")[0] == "403 Forbidden"


def test_path_that_is_open_needs_none(verifier: Verifier) -> None:
    application = ProtectedWSGI(open_to_all, verifier, open_paths=["/open"])

    assert ask(application, "/open")[2] == b"open"
    assert ask(application, "/open/")[0] == "401 Unauthorized"


@pytest.mark.requirement("D-06")
def test_metadata_is_for_everybody(verifier: Verifier) -> None:
    status, _, answer = ask(ProtectedWSGI(app, verifier), "/.well-known/oauth-protected-resource")

    assert (status, f'"resource":"{AUDIENCE}"'.encode() in answer) == ("200 OK", True)


@pytest.mark.requirement("A-12")
def test_proof_is_for_the_path_as_it_was_sent(issuer: Issuing, verifier: Verifier, clock: FixedClock) -> None:
    holder = Holder(clock)
    token = issuer.token({"cnf": {"jkt": holder.thumbprint}})
    proof = holder.proof(token, {"htu": f"{AUDIENCE}/notes/caf%C3%A9%20one"})

    status, _, _ = ask(
        ProtectedWSGI(app, verifier),
        "/notes/café one".encode().decode("latin-1"),
        HTTP_AUTHORIZATION=f"DPoP {token}",
        HTTP_DPOP=proof,
    )

    assert status == "200 OK"


def test_presented_below_another_application_has_the_whole_path() -> None:
    environ: WSGIEnvironment = {"SCRIPT_NAME": "/api", "PATH_INFO": "/notes", "REQUEST_METHOD": "POST"}

    assert (presented_in(environ).path, presented_in(environ).method) == ("/api/notes", "POST")
