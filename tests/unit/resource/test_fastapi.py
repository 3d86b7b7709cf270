import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Annotated

import httpx2
import pytest
from fastapi import FastAPI, WebSocket
from starlette.testclient import TestClient, WebSocketDenialResponse

from doorward.core.keys.jose import JsonValue
from doorward.resource import AccessToken, Nonces, Verifier, current_token
from doorward.resource.decorators import requires
from doorward.resource.fastapi import CurrentUser, Require, protect, protected_resource_metadata
from doorward.testing.clock import FixedClock
from tests.issuing import AUDIENCE, Holder, Issuing


def an_app(verifier: Verifier) -> FastAPI:
    app = FastAPI()
    protect(app, verifier, scopes=["notes.read", "notes.write"], name="Notes")

    @app.get("/notes")
    async def read_notes(user: CurrentUser) -> dict[str, str]:
        return {"subject": user.subject}

    @app.get("/in-a-thread")
    def read_in_a_thread(_: CurrentUser) -> str:
        return current_token().subject

    @app.post("/notes", dependencies=[Require(scope="notes.write")])
    async def write_note() -> str:
        return "written"

    @app.delete("/notes")
    async def delete_notes(
        user: Annotated[AccessToken, Require(role="editor", fresh=timedelta(minutes=5), acr="two")], _: CurrentUser
    ) -> str:
        return user.subject

    @app.get("/decorated")
    @requires(scope="notes.read")
    async def read_decorated(_: CurrentUser) -> str:
        return "read"

    @app.get("/forgotten")
    @requires(scope="notes.read")
    async def read_forgotten() -> str:
        return "nobody may see this"

    @app.get("/streamed")
    async def read_streamed(_: CurrentUser) -> AsyncIterator[str]:
        yield current_token().subject

    @app.websocket("/live")
    async def live(socket: WebSocket, user: CurrentUser) -> None:
        await socket.accept()
        await socket.send_text(user.subject)
        await socket.close()

    @app.get("/open")
    async def read_open() -> str:
        return "open"

    return app


@pytest.fixture
def client(verifier: Verifier) -> TestClient:
    return TestClient(an_app(verifier), base_url=AUDIENCE)


def with_token(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


@pytest.mark.parametrize("path", ["/notes", "/in-a-thread", "/decorated", "/streamed"])
def test_route_with_a_token_answers(client: TestClient, issuer: Issuing, path: str) -> None:
    answer = client.get(path, headers=with_token(issuer.token()))

    assert answer.status_code == 200


def test_route_knows_who_asks(client: TestClient, issuer: Issuing) -> None:
    assert client.get("/notes", headers=with_token(issuer.token())).json() == {"subject": "margaret"}
    assert client.get("/in-a-thread", headers=with_token(issuer.token())).json() == "margaret"


@pytest.mark.requirement("B-03")
@pytest.mark.parametrize("path", ["/notes", "/in-a-thread", "/decorated", "/streamed", "/forgotten"])
def test_route_without_a_token_challenges(client: TestClient, path: str) -> None:
    answer = client.get(path)

    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer resource_metadata=")
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "TOKEN_MISSING"


def test_route_that_forgot_its_dependency_lets_nobody_in(client: TestClient, issuer: Issuing) -> None:
    client.get("/notes", headers=with_token(issuer.token()))

    assert client.get("/forgotten", headers=with_token(issuer.token())).status_code == 401


def test_token_of_one_request_is_not_that_of_the_next(verifier: Verifier, issuer: Issuing) -> None:
    async def both() -> list[int]:
        transport = httpx2.ASGITransport(an_app(verifier))
        async with httpx2.AsyncClient(transport=transport, base_url=AUDIENCE) as client:
            first = await client.get("/notes", headers=with_token(issuer.token()))
            return [first.status_code, (await client.get("/forgotten")).status_code]

    assert asyncio.run(both()) == [200, 401]


@pytest.mark.requirement("B-04")
def test_route_that_needs_more_scope_says_which(client: TestClient, issuer: Issuing) -> None:
    refused = client.post("/notes", headers=with_token(issuer.token()))
    let_in = client.post("/notes", headers=with_token(issuer.token({"scope": "notes.write"})))

    assert (refused.status_code, let_in.status_code) == (403, 200)
    assert 'error="insufficient_scope"' in refused.headers["www-authenticate"]
    assert 'scope="notes.write"' in refused.headers["www-authenticate"]


@pytest.mark.parametrize(
    ("claims", "status"),
    [
        ({"roles": ["editor"], "acr": "two"}, 200),
        ({"roles": ["reader"], "acr": "two"}, 403),
        ({"roles": ["editor"], "acr": "one"}, 401),
        ({"roles": ["editor"], "acr": "two", "auth_time": 1}, 401),
    ],
)
def test_route_that_needs_role_acr_and_a_fresh_sign_in(
    client: TestClient, issuer: Issuing, claims: dict[str, JsonValue], status: int
) -> None:
    assert client.delete("/notes", headers=with_token(issuer.token(claims))).status_code == status


def test_bad_token_and_issuer_away_are_told_apart(client: TestClient, issuer: Issuing) -> None:
    issuer.is_away = True
    away = client.get("/notes", headers=with_token(issuer.token()))
    bad = client.get("/notes", headers=with_token("no.token.at-all"))

    assert (away.status_code, away.headers["retry-after"]) == (503, "1")
    assert (bad.status_code, 'error="invalid_token"' in bad.headers["www-authenticate"]) == (401, True)


@pytest.mark.requirement("A-12")
def test_proof_counts_once_though_two_dependencies_ask(client: TestClient, issuer: Issuing, clock: FixedClock) -> None:
    holder = Holder(clock)
    token = issuer.token({"cnf": {"jkt": holder.thumbprint}, "roles": ["editor"], "acr": "two"})
    headers = {"authorization": f"DPoP {token}", "dpop": holder.proof(token, {"htm": "DELETE"})}

    first = client.delete("/notes?page=2", headers=headers)
    again = client.delete("/notes?page=2", headers=headers)

    assert (first.status_code, again.status_code) == (200, 401)
    assert 'error="invalid_dpop_proof"' in again.headers["www-authenticate"]


@pytest.mark.requirement("A-15")
def test_nonce_is_asked_for_and_given(issuer: Issuing, clock: FixedClock) -> None:
    verifier = Verifier(issuer.url, AUDIENCE, clock=clock, nonces=Nonces())
    client, holder = TestClient(an_app(verifier), base_url=AUDIENCE), Holder(clock)
    token = issuer.token({"cnf": {"jkt": holder.thumbprint}})

    asked = client.get("/notes", headers={"authorization": f"DPoP {token}", "dpop": holder.proof(token)})
    proof = holder.proof(token, {"nonce": asked.headers["dpop-nonce"]})
    given = client.get("/notes", headers={"authorization": f"DPoP {token}", "dpop": proof})

    assert (asked.status_code, given.status_code) == (401, 200)
    verifier.close()


@pytest.mark.requirement("A-12")
def test_host_that_the_request_names_does_not_make_a_proof_good(
    client: TestClient, issuer: Issuing, clock: FixedClock
) -> None:
    holder = Holder(clock)
    token = issuer.token({"cnf": {"jkt": holder.thumbprint}})
    proof = holder.proof(token, {"htu": "https://other.example/notes"})
    headers = {"authorization": f"DPoP {token}", "dpop": proof, "host": "other.example"}

    assert client.get("/notes", headers=headers).status_code == 401


def test_open_route_asks_for_nothing(client: TestClient) -> None:
    assert client.get("/open", headers=with_token("bad")).status_code == 200


def test_socket_needs_a_token_too(client: TestClient, issuer: Issuing) -> None:
    with client.websocket_connect("/live", headers=with_token(issuer.token())) as socket:
        assert socket.receive_text() == "margaret"
    with pytest.raises(WebSocketDenialResponse) as refused, client.websocket_connect("/live"):
        pass

    assert refused.value.status_code == 401
    assert refused.value.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.requirement("D-06")
def test_metadata_of_the_resource_is_published(client: TestClient, verifier: Verifier, issuer: Issuing) -> None:
    answer = client.get("/.well-known/oauth-protected-resource")

    assert answer.json() == {
        "resource": AUDIENCE,
        "authorization_servers": [issuer.url],
        "bearer_methods_supported": ["header"],
        "scopes_supported": ["notes.read", "notes.write"],
        "dpop_signing_alg_values_supported": ["ES256", "RS256", "PS256", "EdDSA", "Ed25519"],
        "dpop_bound_access_tokens_required": False,
        "resource_name": "Notes",
    }
    asked = client.get("/notes").headers.get_list("www-authenticate")
    assert asked[0] == f'Bearer resource_metadata="{verifier.metadata_url}"'


@pytest.mark.requirement("D-06")
def test_metadata_of_a_resource_with_a_path_stands_behind_it(issuer: Issuing, clock: FixedClock) -> None:
    verifier = Verifier(issuer.url, f"{AUDIENCE}/v2/", clock=clock)
    app = FastAPI()
    app.include_router(protected_resource_metadata(verifier))

    answer = TestClient(app).get("/.well-known/oauth-protected-resource/v2")

    assert answer.json()["resource"] == f"{AUDIENCE}/v2/"
    verifier.close()


def test_metadata_of_an_audience_that_is_no_address_is_refused(issuer: Issuing) -> None:
    with pytest.raises(ValueError, match="no address"):
        protected_resource_metadata(Verifier(issuer.url, "notes"))


def test_openapi_says_what_each_route_needs(client: TestClient) -> None:
    document = client.get("/openapi.json").json()
    paths = document["paths"]

    assert document["components"]["securitySchemes"]["AccessToken"]["scheme"] == "bearer"
    assert paths["/notes"]["get"]["security"] == [{"AccessToken": []}]
    assert paths["/notes"]["post"]["security"] == [{"AccessToken": ["notes.write"]}]
    assert "security" not in paths["/open"]["get"]


def test_application_that_was_given_no_verifier_says_so() -> None:
    app = FastAPI()

    @app.get("/notes")
    async def read_notes(user: CurrentUser) -> str:
        return user.subject

    with pytest.raises(RuntimeError, match="protect"):
        TestClient(app).get("/notes")
