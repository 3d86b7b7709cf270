"""When the store is away, nobody is told anything else: neither that a token is bad, nor that it is gone."""

from datetime import timedelta

import pytest

from doorward.core.kernel.errors import Unavailable
from tests.devices import GRANT, Television
from tests.functional.oauth.conftest import Caller
from tests.functional.test_faults import CANARY, UnforeseenError, break_store

A_WHILE = timedelta(seconds=3)
"""Longer than what was read of clients and keys is used again, so that it takes the store."""

ASKS = {
    "code": ("/oauth/token", {}),
    "refresh": ("/oauth/token", {"grant_type": "refresh_token"}),
    "client credentials": ("/oauth/token", {"grant_type": "client_credentials"}),
    "device code": ("/oauth/token", {"grant_type": GRANT}),
    "device": ("/oauth/device_authorization", {}),
    "introspect": ("/oauth/introspect", {}),
    "revoke": ("/oauth/revoke", {}),
}


def prepared(app: Caller) -> dict[str, dict[str, str]]:
    """Return what each request brings along, got while the store is there."""
    token = app.tokens()["refresh_token"]
    return {
        "code": app.form(),
        "refresh": {"refresh_token": token},
        "device code": {"device_code": Television(app.house, app.client).shown.device_code},
        "introspect": {"token": token},
        "revoke": {"token": token},
    }


def ask(app: Caller, name: str, brought: dict[str, dict[str, str]]) -> tuple[int, dict[str, str], str, str]:
    path, fields = ASKS[name]
    answer = app.post(path, None, **(brought.get(name, {}) | fields))
    return answer.status_code, answer.json(), answer.headers.get("retry-after", ""), answer.text


@pytest.mark.requirement("R-03")
@pytest.mark.parametrize("name", ASKS)
def test_store_that_is_away_is_503_and_asks_to_come_again(server: Caller, name: str) -> None:  # class 32
    brought = prepared(server)
    server.site.clock.advance(A_WHILE)
    break_store(server.site, Unavailable(timedelta(seconds=3)))

    status, body, retry_after, _ = ask(server, name, brought)

    assert (status, body["error"], retry_after) == (503, "temporarily_unavailable", "3")


@pytest.mark.requirement("R-03")
def test_store_that_is_away_is_503_at_userinfo(server: Caller) -> None:
    token = server.tokens()["access_token"]
    break_store(server.site, Unavailable(timedelta(seconds=3)))

    answer = server.http.get("/oauth/userinfo", headers={"authorization": f"Bearer {token}"})

    assert (answer.status_code, answer.headers["retry-after"]) == (503, "3")


@pytest.mark.parametrize("name", ASKS)
def test_store_that_raises_unforeseen_is_500_and_says_nothing(server: Caller, name: str) -> None:
    brought = prepared(server)
    server.site.clock.advance(A_WHILE)
    break_store(server.site, UnforeseenError(CANARY))

    status, body, _, text = ask(server, name, brought)

    assert (status, body["error"]) == (500, "server_error")
    assert CANARY not in text
