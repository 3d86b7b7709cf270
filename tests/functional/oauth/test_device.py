"""The endpoint where devices ask, and what the token endpoint tells them. RFC 8628."""

import pytest

from doorward.core.limits.records import limit
from doorward.core.oauth.device.find_waiting import Person
from doorward.core.oauth.records import ClientAuthentication
from doorward.core.onetime.records import Purpose
from tests.applications import INVOICES, REPORTS, another
from tests.builders import ISSUER
from tests.devices import BROWSER, CONFERENCE_ROOM, GRANT, TV
from tests.functional.oauth.conftest import Caller, error
from tests.functional.site import Site
from tests.proofs import Holder

DEVICE = "/oauth/device_authorization"
TOKEN = "/oauth/token"


@pytest.fixture
def tv(people: Site) -> Caller:
    return Caller(people, TV)


@pytest.fixture
def room(people: Site) -> Caller:
    return Caller(people, another(CONFERENCE_ROOM))


def asks(caller: Caller) -> int:
    """Return how many devices wait."""
    with caller.house.store.view() as view:
        return view.onetimes.live(Purpose.DEVICE_CODE, now=caller.site.clock.now())


def codes(caller: Caller, **fields: str) -> dict[str, str]:
    """Ask, and return what the device gets."""
    answer = caller.post(DEVICE, None, **fields)
    assert answer.status_code == 200, answer.text
    told: dict[str, str] = answer.json()
    return told


def let_in(caller: Caller, user_code: str) -> None:
    """Let the person of the application type a code, and allow it."""
    snapshot = caller.house.flows.recognise.snapshots.load(caller.app.browser)
    assert snapshot is not None
    person, devices = Person(snapshot, BROWSER), caller.house.flows.requests.devices
    devices.answer.allow(devices.enter(user_code, person), person)


@pytest.mark.requirement("A-09")
def test_device_answer_is_what_rfc_8628_wants_and_is_never_kept(tv: Caller) -> None:
    answer = tv.post(DEVICE, scope="openid profile")

    body = answer.json()
    assert answer.status_code == 200
    assert set(body) == {
        "device_code",
        "user_code",
        "verification_uri",
        "verification_uri_complete",
        "expires_in",
        "interval",
    }
    assert (body["verification_uri"], body["expires_in"], body["interval"]) == (f"{ISSUER}/device", 600, 5)
    assert body["verification_uri_complete"] == f"{ISSUER}/device?user_code={body['user_code']}"
    assert (answer.headers["cache-control"], answer.headers["pragma"]) == ("no-store", "no-cache")
    assert "set-cookie" not in answer.headers


@pytest.mark.requirement("A-09")
def test_device_asks_until_it_is_let_in(tv: Caller) -> None:
    shown = codes(tv, scope="openid profile")
    fields = {"grant_type": GRANT, "device_code": shown["device_code"]}

    pending, too_soon = tv.post(TOKEN, None, **fields), tv.post(TOKEN, None, **fields)
    let_in(tv, shown["user_code"])
    answer, again = tv.post(TOKEN, None, **fields), tv.post(TOKEN, None, **fields)

    assert error(pending) == (400, "authorization_pending")
    assert error(too_soon) == (400, "slow_down")
    assert (answer.status_code, answer.json()["scope"]) == (200, "openid profile")
    assert {"access_token", "refresh_token", "id_token"} <= set(answer.json())
    assert error(again) == (400, "invalid_grant")


@pytest.mark.requirement("A-09", "O-02")
def test_device_confidential_client_proves_itself(room: Caller) -> None:
    shown = codes(room, scope="openid")
    let_in(room, shown["user_code"])
    fields = {"grant_type": GRANT, "device_code": shown["device_code"]}

    unproven = room.http.post(TOKEN, data={"client_id": room.client.id, **fields})
    proven = room.post(TOKEN, None, **fields)

    assert error(unproven) == (401, "invalid_client")
    assert proven.status_code == 200


@pytest.mark.requirement("O-10", "O-17")
def test_device_client_that_does_not_prove_itself_is_refused(room: Caller, tv: Caller) -> None:
    answers = [
        room.http.post(DEVICE, data={"client_id": room.client.id}),
        room.http.post(DEVICE, data={"client_id": "nobody"}),
        room.http.post(DEVICE),
        room.post(DEVICE, {"authorization": "Basic cmVwb3J0czp3cm9uZw=="}),
        tv.post(DEVICE, client_secret="x"),
    ]

    assert [error(answer)[1] for answer in answers] == ["invalid_client"] * 5
    assert asks(tv) == 0


@pytest.mark.requirement("A-09")
@pytest.mark.parametrize("state", ["pending", "allowed"])
def test_device_code_of_another_client_is_refused_and_changes_nothing(  # class 4
    tv: Caller, room: Caller, state: str
) -> None:
    shown = codes(tv)
    fields = {"grant_type": GRANT, "device_code": shown["device_code"]}
    if state == "allowed":
        let_in(tv, shown["user_code"])

    answers = [room.post(TOKEN, None, **fields) for _ in range(3)]

    assert [error(answer) for answer in answers] == [(400, "invalid_grant")] * 3
    own = tv.post(TOKEN, None, **fields)
    assert (own.status_code, own.json().get("error")) == (
        (200, None) if state == "allowed" else (400, "authorization_pending")
    )


@pytest.mark.requirement("A-09")
def test_device_client_without_the_grant_may_not_ask(spa: Caller) -> None:
    assert error(spa.post(DEVICE)) == (400, "unauthorized_client")
    assert error(spa.post(TOKEN, grant_type=GRANT, device_code="x")) == (400, "unauthorized_client")


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"scope": "nobody:knows"}, "invalid_scope"),
        ({"scope": "operate"}, "invalid_scope"),
        ({"resource": "https://elsewhere.example"}, "invalid_target"),
        ({"authorization_details": '[{"type": "x"}]'}, "invalid_authorization_details"),
        ({"scope": "a" * 5000}, "invalid_request"),
    ],
    ids=str,
)
def test_device_what_the_client_may_not_ask_for_is_refused(tv: Caller, fields: dict[str, str], code: str) -> None:
    assert error(tv.post(DEVICE, None, **fields)) == (400, code)
    assert asks(tv) == 0


@pytest.mark.requirement("O-04")
@pytest.mark.parametrize("name", ["client_id", "scope", "authorization_details", "x"])
def test_device_repeated_parameter_is_refused(tv: Caller, name: str) -> None:
    text = f"client_id={tv.client.id}&{name}=a&{name}=b"

    assert error(tv.post_text(DEVICE, text)) == (400, "invalid_request")
    assert asks(tv) == 0


@pytest.mark.requirement("A-08")
def test_device_resource_may_come_more_than_once(tv: Caller) -> None:
    text = f"client_id={tv.client.id}&resource={REPORTS}&resource={INVOICES}"

    assert tv.post_text(DEVICE, text).status_code == 200


@pytest.mark.requirement("O-02", "O-04")
@pytest.mark.parametrize("query", ["client_id=x", "scope=openid", "x=y"])
def test_device_parameter_in_the_address_is_refused(tv: Caller, query: str) -> None:
    assert error(tv.post_text(f"{DEVICE}?{query}", f"client_id={tv.client.id}")) == (400, "invalid_request")


@pytest.mark.requirement("A-09", "O-09")
@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE", "HEAD"])
def test_device_another_method_is_refused(tv: Caller, method: str) -> None:
    answer = tv.http.request(method, DEVICE)

    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


@pytest.mark.parametrize("kind", ["application/json", "text/plain", ""])
def test_device_body_of_another_kind_is_refused(tv: Caller, kind: str) -> None:
    answer = tv.http.post(DEVICE, content=f"client_id={tv.client.id}", headers={"content-type": kind})

    assert error(answer) == (415, "invalid_request")


@pytest.mark.requirement("A-12", "A-16")
def test_device_proof_binds_the_code_to_its_key(tv: Caller) -> None:
    holder, now = Holder(), tv.site.clock.now()
    first = tv.post(DEVICE, {"dpop": holder.proof("POST", f"{ISSUER}{DEVICE}", now)})
    nonce = first.headers["dpop-nonce"]
    shown = tv.post(DEVICE, {"dpop": holder.proof("POST", f"{ISSUER}{DEVICE}", now, nonce=nonce)})
    let_in(tv, shown.json()["user_code"])
    fields = {"grant_type": GRANT, "device_code": shown.json()["device_code"]}

    unbound = tv.post(TOKEN, None, **fields)
    bound = tv.post(TOKEN, {"dpop": holder.proof("POST", f"{ISSUER}{TOKEN}", now, nonce=nonce)}, **fields)

    assert error(first) == (400, "use_dpop_nonce")
    assert (shown.status_code, shown.headers["dpop-nonce"]) == (200, nonce)
    assert error(unbound) == (400, "invalid_grant")
    assert (bound.status_code, bound.json()["token_type"]) == (200, "DPoP")


def test_device_proof_for_another_address_is_refused(tv: Caller) -> None:
    now = tv.site.clock.now()
    nonce = tv.house.tools.nonces.current(now)

    answer = tv.post(DEVICE, {"dpop": Holder().proof("POST", f"{ISSUER}{TOKEN}", now, nonce=nonce)})

    assert error(answer) == (400, "invalid_dpop_proof")
    assert asks(tv) == 0


@pytest.mark.requirement("A-09")
def test_device_asks_of_one_network_are_limited(tv: Caller) -> None:
    answers = [tv.post(DEVICE).status_code for _ in range(limit("device_authorization").amount)]
    late = tv.post(DEVICE)

    assert set(answers) == {200}
    assert error(late) == (429, "temporarily_unavailable")
    assert int(late.headers["retry-after"]) > 0


def test_device_answer_never_repeats_what_was_sent(tv: Caller) -> None:
    marker = "<script>marker</script>"

    answers = [
        tv.post(DEVICE, scope=marker),
        tv.post(DEVICE, resource=marker),
        tv.post(DEVICE, client_id=marker),
        tv.post(TOKEN, grant_type=GRANT, device_code=marker),
    ]

    assert all("marker" not in answer.text for answer in answers)


def test_device_client_that_must_prove_a_key_and_does_not_gets_no_tokens(people: Site) -> None:
    tv = Caller(people, another(TV, requires_dpop=True))
    shown = codes(tv)
    let_in(tv, shown["user_code"])

    answer = tv.post(TOKEN, grant_type=GRANT, device_code=shown["device_code"])

    assert error(answer) == (400, "invalid_dpop_proof")


@pytest.mark.requirement("D-05")
def test_device_endpoint_stands_in_the_metadata(tv: Caller) -> None:
    said = tv.http.get("/.well-known/openid-configuration").json()

    assert said["device_authorization_endpoint"] == f"{ISSUER}{DEVICE}"
    assert GRANT in said["grant_types_supported"]


def test_device_client_by_secret_in_the_body_asks_too(people: Site) -> None:
    room = Caller(people, another(CONFERENCE_ROOM, authentication=ClientAuthentication.SECRET_POST))
    fields = {"client_id": room.client.id, "client_secret": room.app.secret, "scope": "openid"}

    assert room.http.post(DEVICE, data=fields).status_code == 200
