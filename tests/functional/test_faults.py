"""When the store is away, and when something happens that nobody foresaw."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import fields, is_dataclass
from datetime import timedelta
from typing import Final

import pytest

from doorward.api.lanes import QUEUE_LIMIT
from doorward.assembly.flows import Work
from doorward.core.kernel.errors import Unavailable
from doorward.core.sessions.records import Rotation
from tests.functional.site import App, Site, problem
from tests.house import PASSWORD

ASKS: Final = (
    ("POST", "/v1/auth/register_mobile", {"username": "ada", "email": "a@mail.example", "password": PASSWORD}),
    ("POST", "/v1/auth/login_mobile", {"username": "margaret", "password": PASSWORD}),
    ("POST", "/v1/auth/refresh_mobile", None),
    ("POST", "/v1/auth/forgot_password", {"email": "margaret@mail.example"}),
    ("POST", "/v1/auth/resend_verification", {"email": "margaret@mail.example"}),
    ("PATCH", "/v1/mobile/me", {"username": "peggy"}),
    ("PUT", "/v1/mobile/password", {"current_password": PASSWORD, "new_password": "something quite different"}),
    ("GET", "/v1/mobile/sessions", None),
    ("GET", "/v1/mobile/me/export", None),
    ("DELETE", "/v1/mobile/me", None),
    ("DELETE", "/v1/mobile/sessions", None),
    ("POST", "/v1/auth/logout_mobile", None),
)
CANARY: Final = "SELECT password_hash FROM passwords"


class UnforeseenError(Exception):
    pass


def broken(error: Exception) -> Callable[[], AbstractContextManager[Work]]:
    class Away(AbstractContextManager[Work]):
        def __enter__(self) -> Work:
            raise error

        def __exit__(self, *_: object) -> None: ...

    return Away


def failing(error: Exception) -> Callable[[Rotation], None]:
    def fail(_: Rotation) -> None:
        raise error

    return fail


def break_store(site: Site, error: Exception) -> None:
    """Let every unit of work and every view raise, in each flow and in what flows are made of."""
    seen: set[int] = set()

    def visit(part: object) -> None:
        if isinstance(part, Mapping):
            for each in part.values():
                visit(each)
        if not is_dataclass(part) or id(part) in seen:
            return
        seen.add(id(part))
        for each in fields(part):
            if each.name in ("work", "view"):
                object.__setattr__(part, each.name, broken(error))
            elif each.name == "rotate":
                object.__setattr__(part, each.name, failing(error))
            else:
                visit(getattr(part, each.name))

    visit(site.doors.flows)


def ask(app: App, method: str, path: str, body: object) -> tuple[int, str, str]:
    body = {"refresh_token": app.refresh_token} if path.endswith("refresh_mobile") else body
    answer = app.send(method, path, body)
    return *problem(answer), answer.text


@pytest.mark.parametrize(("method", "path", "body"), ASKS)
def test_store_that_raises_unforeseen_is_500_and_says_nothing(site: Site, method: str, path: str, body: object) -> None:
    site.house.account()
    app = site.device()
    app.sign_in()
    app.get("/v1/mobile/me")
    error = UnforeseenError(CANARY)
    break_store(site, error)

    status, code, text = ask(app, method, path, body)

    assert (status, code) == (500, "INTERNAL_SERVER_ERROR")
    assert '"title":"InternalServerError"' in text
    assert CANARY not in text
    assert "Unforeseen" not in text
    assert site.notes.failures[0][0] is error


@pytest.mark.parametrize(("method", "path", "body"), ASKS)
def test_store_that_is_away_is_503_with_the_time_to_wait(site: Site, method: str, path: str, body: object) -> None:
    site.house.account()
    app = site.device()
    app.sign_in()
    app.get("/v1/mobile/me")
    break_store(site, Unavailable(timedelta(seconds=3)))

    assert ask(app, method, path, body)[:2] == (503, "SERVICE_UNAVAILABLE")
    assert site.notes.failures == []


def test_unforeseen_answer_is_protected_like_every_other(site: Site) -> None:
    break_store(site, UnforeseenError())

    answer = site.client().post("/v1/auth/forgot_password", json={"email": "a@mail.example"})

    assert answer.status_code == 500
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"
    assert site.notes.failures[0][2] == answer.headers["x-request-id"]


def test_away_store_tells_when_to_come_back(site: Site) -> None:
    break_store(site, Unavailable(timedelta(seconds=3)))

    answer = site.client().post("/v1/auth/forgot_password", json={"email": "a@mail.example"})

    assert answer.headers["retry-after"] == "3"


def test_away_store_keys_are_still_published(site: Site) -> None:
    client = site.client()
    before = client.get("/.well-known/jwks.json")
    site.clock.advance(timedelta(minutes=10))
    break_store(site, Unavailable(timedelta(seconds=3)))

    assert client.get("/.well-known/jwks.json").json() == before.json()


def test_away_store_liveness_stays_and_readiness_goes(site: Site) -> None:
    site.clock.advance(timedelta(minutes=10))
    break_store(site, Unavailable(timedelta(seconds=3)))
    client = site.client()

    assert client.get("/healthz").status_code == 200
    ready = client.get("/readyz")
    assert ready.status_code == 503
    assert ready.json() == {"status": "away", "checks": {"serving": "ok", "store": "ok", "keys": "away"}}
    assert int(ready.headers["retry-after"]) > 0


def test_full_hash_lane_is_503(site: Site) -> None:
    lane = site.doors.lanes.hash_lane
    lane._queue_limit = 0

    answer = site.device().sign_in()

    lane._queue_limit = QUEUE_LIMIT
    assert problem(answer) == (503, "SERVICE_UNAVAILABLE")
    assert int(answer.headers["retry-after"]) > 0
