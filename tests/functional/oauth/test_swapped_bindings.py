"""What one client was given, in the hands of another with good credentials, and with one binding changed at a time."""

from collections.abc import Callable, Mapping
from typing import Final
from urllib.parse import quote

import pytest
from httpx2 import Response

from tests.applications import INVOICES, OTHER_VERIFIER, REPORTS, SCOPE, SERVER, another, claims
from tests.authorizing import CHALLENGE, asking
from tests.builders import CALLBACK
from tests.functional.authorize.guest import Guest
from tests.functional.oauth.conftest import Caller, error
from tests.functional.oauth.contents import changed, contents
from tests.functional.site import Site
from tests.proofs import Holder

TOKEN: Final = "/oauth/token"
ELSEWHERE: Final = "https://app.example/second"
EXCHANGE: Final = "urn:ietf:params:oauth:grant-type:token-exchange"
ACCESS_TOKEN: Final = "urn:ietf:params:oauth:token-type:access_token"
RECORDS: Final = frozenset({"dw_audit", "dw_audit_head"})
NOTHING_BEGINS: Final = frozenset({"dw_sessions", "dw_grants", "dw_consents"})


@pytest.fixture
def owner(people: Site) -> Caller:
    return Caller(people, another(SERVER, redirect_uris=(CALLBACK, ELSEWHERE), resources=(REPORTS, INVOICES)))


@pytest.fixture
def thief(people: Site) -> Caller:
    people.house.account("joan")
    return Caller(people, another(SERVER, redirect_uris=(CALLBACK, ELSEWHERE), resources=(REPORTS,)), "joan")


def proof(caller: Caller) -> dict[str, str]:
    """Return a good proof by a key that nothing was bound to."""
    nonce = caller.house.flows.tokens.give.check_proof.fresh_nonce()
    return {
        "dpop": Holder("thief").proof(
            "POST", f"{caller.site.doors.issuer}{TOKEN}", caller.site.clock.now(), nonce=nonce
        )
    }


SWAPS: Final[Mapping[str, Callable[[Caller, str], Response]]] = {
    "another address": lambda owner, code: owner.exchange(code, redirect_uri=ELSEWHERE),
    "no address": lambda owner, code: owner.exchange(code, redirect_uri=""),
    "another verifier": lambda owner, code: owner.exchange(code, code_verifier=OTHER_VERIFIER),
    "no verifier": lambda owner, code: owner.exchange(code, code_verifier=""),
    "the challenge for the verifier": lambda owner, code: owner.exchange(code, code_verifier=CHALLENGE),
    "another key": lambda owner, code: owner.exchange(code, proof(owner)),
}
"""Each binding of a code, changed by itself."""


@pytest.mark.requirement("V-04", "O-10")
def test_code_in_the_hands_of_another_client_is_worth_nothing_and_is_not_used_up(owner: Caller, thief: Caller) -> None:
    code = owner.app.code()
    before = contents(owner.site)

    answers = [
        thief.exchange(code),
        thief.exchange(code, redirect_uri=ELSEWHERE),
        thief.exchange(code, code_verifier=OTHER_VERIFIER),
        thief.exchange(code, client_id=owner.client.id),
    ]

    assert [error(answer) for answer in answers[:3]] == [(400, "invalid_grant")] * 3
    assert error(answers[3]) == (400, "invalid_request")
    assert changed(before, contents(owner.site)) == set()
    assert owner.exchange(code).status_code == 200


@pytest.mark.requirement("V-04", "P-05", "O-14")
@pytest.mark.parametrize("swap", SWAPS)
def test_code_with_one_binding_changed_begins_nothing(owner: Caller, swap: str) -> None:
    code = owner.app.code(key_thumbprint=Holder("owner").thumbprint if swap == "another key" else None)
    before = contents(owner.site)

    assert error(SWAPS[swap](owner, code)) == (400, "invalid_grant")

    assert not changed(before, contents(owner.site)) & NOTHING_BEGINS
    assert error(owner.exchange(code)) == (400, "invalid_grant")


@pytest.mark.requirement("V-04", "T-03", "O-12")
def test_code_that_was_used_ends_nothing_for_another_client_or_with_a_binding_changed(
    owner: Caller, thief: Caller
) -> None:
    code = owner.app.code()
    tokens = owner.exchange(code).json()
    before = contents(owner.site)

    answers = [thief.exchange(code), *(swap(owner, code) for name, swap in SWAPS.items() if name != "another key")]

    assert {error(answer) for answer in answers} == {(400, "invalid_grant")}
    assert changed(before, contents(owner.site)) == set()
    assert owner.post(TOKEN, None, grant_type="refresh_token", refresh_token=tokens["refresh_token"]).status_code == 200


@pytest.mark.requirement("V-04", "O-18")
def test_refresh_token_in_other_hands_or_for_more_is_worth_nothing_and_is_not_used_up(
    owner: Caller, thief: Caller
) -> None:
    token = owner.tokens(resources=(REPORTS,))["refresh_token"]
    fields = {"grant_type": "refresh_token", "refresh_token": token}
    before = contents(owner.site)

    answers = [
        thief.post(TOKEN, None, **fields),
        thief.post(TOKEN, proof(thief), **fields),
        owner.post(TOKEN, None, **{**fields, "scope": f"{SCOPE} payroll:write"}),
        owner.post(TOKEN, None, **{**fields, "resource": INVOICES}),
    ]

    assert [error(answer)[1] for answer in answers] == ["invalid_grant"] * 2 + ["invalid_scope", "invalid_target"]
    assert changed(before, contents(owner.site)) <= {"dw_onetimes"}  # the proof that was seen
    assert owner.post(TOKEN, None, **fields).status_code == 200


@pytest.mark.requirement("V-04", "I-01", "R-02", "A-10")
def test_tokens_of_another_client_are_told_of_to_nobody_ended_by_nobody_and_exchanged_by_nobody(
    owner: Caller, thief: Caller
) -> None:
    tokens = owner.tokens(resources=(INVOICES,))
    before = contents(owner.site)

    for name in ("access_token", "refresh_token"):
        assert thief.post("/oauth/introspect", None, token=tokens[name]).json() == {"active": False}
        assert error(thief.post("/oauth/revoke", None, token=tokens[name]))[0] == 400
    exchanged = thief.post(
        TOKEN, None, grant_type=EXCHANGE, subject_token=tokens["access_token"], subject_token_type=ACCESS_TOKEN
    )

    assert error(exchanged)[0] == 400
    assert changed(before, contents(owner.site)) == set()
    assert owner.post("/oauth/introspect", None, token=tokens["access_token"]).json()["active"] is True


@pytest.mark.requirement("V-04", "A-02", "V-10")
def test_reference_of_another_client_or_browser_leads_nowhere_and_still_works_for_its_own(
    owner: Caller, thief: Caller
) -> None:
    fields = asking(client_id=None, scope="openid")
    uri = owner.post("/oauth/par", None, **fields).json()["request_uri"]
    person, stranger = Guest(owner.site).sign_in(), Guest(owner.site)
    by_thief = f"/oauth/authorize?client_id={thief.client.id}&request_uri={quote(uri)}"
    by_owner = f"/oauth/authorize?client_id={owner.client.id}&request_uri={quote(uri)}"
    before = contents(owner.site)

    assert person.arrive(by_thief).error == "REQUEST_UNKNOWN"
    assert error(thief.post("/oauth/par", None, **fields, request_uri=uri)) == (400, "invalid_request")
    assert changed(before, contents(owner.site)) == set()

    waits = stranger.arrive(by_owner).led_to.partition("=")[2]
    kept = quote(f"urn:ietf:params:oauth:request_uri:{waits}")
    for client in (owner, thief):
        assert person.arrive(f"/oauth/authorize?client_id={client.client.id}&request_uri={kept}").error == (
            "REQUEST_UNKNOWN"
        )
    assert person.open(f"/consent?request={waits}").error == "REQUEST_UNKNOWN"
    assert "code" in person.arrive(by_owner).told


@pytest.mark.requirement("V-04", "J-09")
def test_tokens_that_the_owner_gets_are_those_of_the_person_who_allowed_it(owner: Caller, thief: Caller) -> None:
    mine, theirs = claims(owner.tokens()["access_token"]), claims(thief.tokens()["access_token"])

    assert (mine["sub"], theirs["sub"]) == (owner.app.account_id, thief.app.account_id)
    assert (mine["client_id"], theirs["client_id"]) == (owner.client.id, thief.client.id)
    assert len({mine["sid"], theirs["sid"], mine["jti"], theirs["jti"]}) == 4
