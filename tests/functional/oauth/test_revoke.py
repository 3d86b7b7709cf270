import pytest

from doorward.core.sessions.records import EndReason
from tests.applications import SERVER, claims
from tests.functional.oauth.conftest import Caller, error

REVOKE = "/oauth/revoke"


def is_live(app: Caller, tokens: dict[str, str]) -> bool:
    answer = app.http.get("/oauth/userinfo", headers={"authorization": f"Bearer {tokens['access_token']}"})
    return answer.status_code == 200


@pytest.mark.requirement("R-01", "R-02")
@pytest.mark.parametrize("kind", ["refresh_token", "access_token"])
@pytest.mark.parametrize("hint", ["", "refresh_token", "access_token", "unknown"])
def test_revoke_token_ends_everything_that_belongs_to_it(spa: Caller, kind: str, hint: str) -> None:
    tokens = spa.tokens()

    answer = spa.post(REVOKE, token=tokens[kind], token_type_hint=hint)

    refreshed = spa.post("/oauth/token", grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    assert answer.status_code == 200
    assert error(refreshed) == (400, "invalid_grant")
    assert not is_live(spa, tokens)


@pytest.mark.requirement("R-02")
def test_revoke_token_of_another_client_is_refused_and_lives_on(spa: Caller) -> None:  # class 4
    thief, tokens = Caller(spa.site, SERVER), spa.tokens()

    answers = [thief.post(REVOKE, token=tokens[kind]) for kind in ("refresh_token", "access_token")]

    assert [error(answer) for answer in answers] == [(400, "invalid_grant")] * 2
    assert is_live(spa, tokens)


@pytest.mark.requirement("R-02")
@pytest.mark.parametrize("token", ["x", "a.b.c", "dwr1_a_0_b_c", "é", "x" * 9000])
def test_revoke_token_that_is_unknown_is_answered_like_one_that_was_revoked(spa: Caller, token: str) -> None:
    assert spa.post(REVOKE, token=token).status_code == 200


def test_revoke_twice_is_answered_the_same(spa: Caller) -> None:
    token = spa.tokens()["refresh_token"]

    assert [spa.post(REVOKE, token=token).status_code for _ in range(2)] == [200, 200]


def test_revoke_token_of_a_client_for_itself_cannot_be_taken_back(server: Caller) -> None:
    token = server.post("/oauth/token", grant_type="client_credentials").json()["access_token"]

    assert error(server.post(REVOKE, token=token)) == (400, "unsupported_token_type")


@pytest.mark.requirement("R-01")
def test_revoke_nobody_or_a_wrong_secret_is_refused(server: Caller) -> None:
    tokens = server.tokens()

    answers = [
        server.http.post(REVOKE, data={"token": tokens["refresh_token"]}),
        server.http.post(REVOKE, data={"token": tokens["refresh_token"], "client_id": server.client.id}),
    ]

    assert [error(answer) for answer in answers] == [(401, "invalid_client")] * 2
    assert is_live(server, tokens)


def test_revoke_without_a_token_is_refused(spa: Caller) -> None:
    assert error(spa.post(REVOKE)) == (400, "invalid_request")


def test_revoke_reason_is_kept(spa: Caller) -> None:
    tokens = spa.tokens()
    spa.post(REVOKE, token=tokens["refresh_token"])

    with spa.house.store.view() as view:
        session = view.sessions.by_id(claims(tokens["access_token"])["sid"])  # type: ignore[arg-type]  # it is text
    assert session is not None
    assert session.end_reason is EndReason.REVOKED
