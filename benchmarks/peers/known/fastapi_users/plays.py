"""What callers do with fastapi-users."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from itertools import count
from typing import Final

from benchmarks.load import CALLERS
from benchmarks.peers.known.copies import all_over
from benchmarks.peers.known.fastapi_users.filling import email_of, token_of
from benchmarks.peers.peer import PASSWORD, Operation, Place
from benchmarks.peers.playing.client import Client
from benchmarks.peers.playing.play import Deal, Play, Step, Take, Variables

_COOKIE: Final = "fastapiusersauth"
_BY_JWT: Final = "/auth/jwt/login"
_ME: Final = "/users/me"
_FORM: Final = {"username": "<<email>>", "password": PASSWORD}


@dataclass(frozen=True, slots=True)
class _Rows:
    """What callers bring along."""

    place: Place
    names: Iterator[int] = field(default_factory=count)

    def registering(self, how_many: int) -> Sequence[Variables]:
        """Return addresses that nobody has."""
        return [{"email": f"new-{next(self.names):08d}@example.com"} for _ in range(how_many)]

    def accounts(self, _: int) -> Sequence[Variables]:
        """Return accounts all over the store."""
        return [{"email": email_of(number)} for number in self._numbers()]

    def sessions(self, _: int) -> Sequence[Variables]:
        """Return sessions all over the store."""
        return [{"session": token_of(number)} for number in self._numbers()]

    def bearers(self, _: int) -> Sequence[Variables]:
        """Return tokens of those who have just signed in."""
        client = Client(self.place.port)
        forms = [{"username": row["email"], "password": PASSWORD} for row in self.accounts(CALLERS)[:CALLERS]]
        return [{"token": client.post(_BY_JWT, form=form).member("access_token")} for form in forms]

    def _numbers(self) -> Iterator[int]:
        return (number - 1 for number in all_over(self.place.accounts))


def plays(place: Place) -> Mapping[Operation, Play]:
    """Return the plays."""
    rows = _Rows(place)
    registration = {"email": "<<email>>", "password": PASSWORD}
    return {
        Operation.REGISTER: Play(
            (Step("POST", "/auth/register", json=registration, status=HTTPStatus.CREATED),), rows.registering, Deal.ONCE
        ),
        Operation.LOGIN_WEB: Play(
            (
                Step(
                    "POST",
                    "/auth/cookie/login",
                    form=_FORM,
                    status=HTTPStatus.NO_CONTENT,
                    takes={"session": Take(f"{_COOKIE}=", ";", header="set-cookie")},
                ),
            ),
            rows.accounts,
        ),
        Operation.LOGIN_MOBILE: Play(
            (Step("POST", _BY_JWT, form=_FORM, takes={"token": Take('"access_token":"', '"')}),), rows.accounts
        ),
        Operation.SESSION: Play((Step("GET", _ME, {"Cookie": f"{_COOKIE}=<<session>>"}),), rows.sessions),
        Operation.BEARER: Play((Step("GET", _ME, {"Authorization": "Bearer <<token>>"}),), rows.bearers),
    }
