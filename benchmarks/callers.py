"""Callers that carry state: they sign in, or refresh and keep the token that they got."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from benchmarks.filling import PASSWORD
from benchmarks.run import CannotMeasure
from benchmarks.wire import Answer, post

LOGIN: Final = "/v1/auth/login_mobile"
REFRESH: Final = "/v1/auth/refresh_mobile"
_SHOWN_BYTES: Final = 300


def member(answer: Answer, name: str) -> str:
    """Return a member of an answer's body.

    Raises: CannotMeasure, when the answer is not 200.
    """
    if answer.status != HTTPStatus.OK:
        raise CannotMeasure(f"answered with {answer.status}: {answer.body[:_SHOWN_BYTES].decode(errors='replace')}")
    value = json.loads(answer.body)[name]
    if not isinstance(value, str):
        raise CannotMeasure(f"{name} is no text")
    return value


@dataclass(slots=True)
class SigningIn:
    """Signs in to one account after another."""

    port: int
    logins: Iterator[str]

    def request(self) -> bytes:
        """Return the request for the next account."""
        return post(LOGIN, self.port, {"username": next(self.logins), "password": PASSWORD})

    def take(self, answer: Answer) -> None:
        """Check that it was let in."""
        member(answer, "access_token")


def refresh_request(port: int, token: str) -> bytes:
    """Return the request that refreshes a session."""
    return post(REFRESH, port, {"refresh_token": token})


@dataclass(slots=True)
class Refreshing:
    """Refreshes one session again and again."""

    port: int
    token: str

    def request(self) -> bytes:
        """Return the request with the token in hand."""
        return refresh_request(self.port, self.token)

    def take(self, answer: Answer) -> None:
        """Keep the token of the answer."""
        self.token = member(answer, "refresh_token")
