"""The API of notes: what it takes, and what it refuses."""

import httpx2
import pytest

from doorward.core.kernel.ids import SessionId
from tests.functional.examples.conftest import PAGE, Here, ago, wait_until

NOTE = {"text": "water the plants"}


def test_notes_are_kept_for_each_person_apart(here: Here) -> None:
    kept = httpx2.post(f"{here.api}/notes", json=NOTE, headers=here.headers(subject="margaret"))

    assert kept.status_code == 201
    assert httpx2.get(f"{here.api}/notes", headers=here.headers(subject="margaret")).json() == [NOTE]
    assert httpx2.get(f"{here.api}/notes", headers=here.headers(subject="eve")).json() == []


def test_nobody_is_refused_and_told_where_tokens_come_from(here: Here) -> None:
    refused = httpx2.get(f"{here.api}/notes")
    metadata = httpx2.get(f"{here.api}/.well-known/oauth-protected-resource").json()

    assert refused.status_code == 401
    assert f'resource_metadata="{here.api}/.well-known/oauth-protected-resource"' in refused.headers["www-authenticate"]
    assert metadata["authorization_servers"] == [here.issuer]
    assert metadata["scopes_supported"] == ["notes:read", "notes:write"]


@pytest.mark.parametrize(
    ("method", "scope"),
    [
        pytest.param("GET", "notes:write", id="reading with leave to write"),
        pytest.param("POST", "notes:read", id="writing with leave to read"),
        pytest.param("DELETE", "notes:read", id="removing with leave to read"),
        pytest.param("GET", "notes:reader", id="a scope that only begins alike"),
    ],
)
def test_token_without_the_scope_is_refused(here: Here, method: str, scope: str) -> None:
    body = NOTE if method == "POST" else None

    refused = httpx2.request(method, f"{here.api}/notes", json=body, headers=here.headers(scope=scope))

    assert refused.status_code == 403
    assert 'error="insufficient_scope"' in refused.headers["www-authenticate"]


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"audience": "https://other.example"}, id="for another API"),
        pytest.param({"issuer": "https://other.example"}, id="of another issuer"),
        pytest.param({"issued_at": ago(minutes=20), "expires_at": ago(minutes=15)}, id="expired"),
        pytest.param({"key_thumbprint": "a-key"}, id="bound to a key, as a bearer token"),
    ],
)
def test_token_that_is_not_for_here_is_refused(here: Here, change: dict[str, object]) -> None:
    refused = httpx2.get(f"{here.api}/notes", headers=here.headers(**change))

    assert refused.status_code == 401
    assert 'error="invalid_token"' in refused.headers["www-authenticate"]


def test_removing_needs_a_sign_in_of_the_last_minutes(here: Here) -> None:
    stale, fresh = here.headers(subject="grace", authenticated_at=ago(minutes=6)), here.headers(subject="grace")
    httpx2.post(f"{here.api}/notes", json=NOTE, headers=stale)

    refused = httpx2.delete(f"{here.api}/notes", headers=stale)

    assert refused.status_code == 401
    assert 'error="insufficient_user_authentication"' in refused.headers["www-authenticate"]
    assert 'max_age="300"' in refused.headers["www-authenticate"]
    assert httpx2.get(f"{here.api}/notes", headers=stale).json() == [NOTE]
    assert httpx2.delete(f"{here.api}/notes", headers=fresh).status_code == 204
    assert httpx2.get(f"{here.api}/notes", headers=stale).json() == []


def test_token_of_a_session_that_ended_is_refused_while_it_is_in_its_time(here: Here) -> None:
    credentials = {"username": here.person("ada"), "password": "the door opens inwards", "device_name": "phone"}
    signed_in = httpx2.post(f"{here.issuer}/v1/auth/login_mobile", json=credentials).json()
    own = {"authorization": f"Bearer {signed_in['access_token']}"}
    session = SessionId(here.flows.keyring.read(signed_in["access_token"], here.issuer).session_id or "")
    headers = here.headers(session_id=session)
    before = httpx2.get(f"{here.api}/notes", headers=headers)

    httpx2.post(f"{here.issuer}/v1/auth/logout_mobile", headers=own)

    assert before.status_code == 200
    wait_until(lambda: httpx2.get(f"{here.api}/notes", headers=headers).status_code == 401)
    assert httpx2.get(f"{here.api}/notes", headers=here.headers()).status_code == 200


@pytest.mark.parametrize("text", ["", "   ", "x" * 281, None, 7])
def test_note_that_is_none_is_refused(here: Here, text: object) -> None:
    refused = httpx2.post(f"{here.api}/notes", json={"text": text}, headers=here.headers())

    assert refused.status_code == 422


def test_page_may_ask_and_read_why_it_is_refused(here: Here) -> None:
    asked = {"origin": PAGE, "access-control-request-method": "POST", "access-control-request-headers": "authorization"}

    preflight = httpx2.options(f"{here.api}/notes", headers=asked)
    refused = httpx2.get(f"{here.api}/notes", headers={"origin": PAGE})

    assert (preflight.status_code, preflight.headers["access-control-allow-origin"]) == (200, PAGE)
    assert "access-control-allow-credentials" not in preflight.headers
    assert (refused.status_code, refused.headers["access-control-allow-origin"]) == (401, PAGE)
    assert refused.headers["access-control-expose-headers"] == "www-authenticate"


def test_page_of_another_origin_may_not(here: Here) -> None:
    asked = {"origin": "https://evil.example", "access-control-request-method": "GET"}

    refused = httpx2.options(f"{here.api}/notes", headers=asked)

    assert "access-control-allow-origin" not in refused.headers


def test_health_tells_that_ended_sessions_are_heard_of(here: Here) -> None:
    wait_until(lambda: httpx2.get(f"{here.api}/health").json() == {"hears": True})
