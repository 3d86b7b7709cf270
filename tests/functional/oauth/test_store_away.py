"""When the store is away, nobody is told anything else: neither that a token is bad, nor that it is gone."""

from datetime import timedelta

import pytest

from doorward.core.kernel.errors import Unavailable
from tests.functional.oauth.conftest import Caller
from tests.functional.test_faults import CANARY, UnforeseenError, break_store

A_WHILE = timedelta(seconds=3)
"""Longer than what was read of clients and keys is used again, so that it takes the store."""

ASKS = {
    "code": ("/oauth/token", {}),
    "refresh": ("/oauth/token", {"grant_type": "refresh_token"}),
    "client credentials": ("/oauth/token", {"grant_type": "client_credentials"}),
    "introspect": ("/oauth/introspect", {}),
    "revoke": ("/oauth/revoke", {}),
}


def ask(app: Caller, name: str, code: str, tokens: dict[str, str]) -> tuple[int, dict[str, str], str, str]:
    path, fields = ASKS[name]
    by_name = {
        "code": app.form(code),
        "refresh": {"refresh_token": tokens["refresh_token"]},
        "introspect": {"token": tokens["refresh_token"]},
        "revoke": {"token": tokens["refresh_token"]},
    }
    answer = app.post(path, None, **(by_name.get(name, {}) | fields))
    return answer.status_code, answer.json(), answer.headers.get("retry-after", ""), answer.text


@pytest.mark.requirement("R-03")
@pytest.mark.parametrize("name", ASKS)
def test_store_that_is_away_is_503_and_asks_to_come_again(server: Caller, name: str) -> None:  # class 32
    tokens, code = server.tokens(), server.app.code()
    server.site.clock.advance(A_WHILE)
    break_store(server.site, Unavailable(timedelta(seconds=3)))

    status, body, retry_after, _ = ask(server, name, code, tokens)

    assert (status, body["error"], retry_after) == (503, "temporarily_unavailable", "3")


@pytest.mark.requirement("R-03")
def test_store_that_is_away_is_503_at_userinfo(server: Caller) -> None:
    token = server.tokens()["access_token"]
    break_store(server.site, Unavailable(timedelta(seconds=3)))

    answer = server.http.get("/oauth/userinfo", headers={"authorization": f"Bearer {token}"})

    assert (answer.status_code, answer.headers["retry-after"]) == (503, "3")


@pytest.mark.parametrize("name", ASKS)
def test_store_that_raises_unforeseen_is_500_and_says_nothing(server: Caller, name: str) -> None:
    tokens, code = server.tokens(), server.app.code()
    server.site.clock.advance(A_WHILE)
    break_store(server.site, UnforeseenError(CANARY))

    status, body, _, text = ask(server, name, code, tokens)

    assert (status, body["error"]) == (500, "server_error")
    assert CANARY not in text
