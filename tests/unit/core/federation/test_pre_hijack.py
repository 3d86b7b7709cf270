"""Five ways to own an account before its owner comes with a provider, for every kind of provider.

Source: Sudhodanan and Paverd, Pre-hijacked accounts, USENIX Security 2022.
"""

import pytest

from doorward.core.accounts.errors import UserExists
from doorward.core.federation.records import Intent
from doorward.core.kernel.errors import Refusal
from doorward.core.login.errors import InvalidCredentials
from doorward.core.onetime.errors import LinkRefused
from doorward.core.outbox.records import LetterKind
from doorward.core.sessions.records import Kind
from tests.house import ABROAD, HOME, OTHER_PASSWORD, PASSWORD, token_of
from tests.unit.core.federation.ways import Ways, signed_in
from tests.upstream import KINDS, Somebody

EVERY = pytest.mark.parametrize("kind", KINDS)
VICTIM = "victim@mail.example"


def a_victim(kind: str, *, trusts: tuple[str, ...] = ("mail.example",)) -> Ways:
    ways = Ways(kind, trusts)
    ways.elsewhere.person = Somebody("1001", VICTIM, verified=True, name="Victim")
    return ways


def as_attacker(ways: Ways, *, email: str, verified: bool) -> None:
    ways.elsewhere.person = Somebody("666", email, verified=verified, name="Mallory")


@EVERY
def test_classic_attacker_registers_first_and_has_nothing_when_the_owner_comes(kind: str) -> None:
    ways = a_victim(kind)
    pending = ways.house.claim("attacker", email=VICTIM, password=OTHER_PASSWORD)

    remembered = signed_in(ways.go())

    assert remembered.profile.email == VICTIM
    with pytest.raises(InvalidCredentials):
        ways.house.sign_in(VICTIM, OTHER_PASSWORD, caller=ABROAD)
    with pytest.raises(LinkRefused):
        ways.house.flows.verify_email.by_link(token_of(pending))


@EVERY
def test_unexpired_session_of_whoever_registered_first_does_not_exist(kind: str) -> None:
    ways = a_victim(kind)
    ways.house.claim("attacker", email=VICTIM, password=OTHER_PASSWORD)
    with pytest.raises(InvalidCredentials):
        ways.house.sign_in("attacker", OTHER_PASSWORD, caller=ABROAD, kind=Kind.MOBILE)

    remembered = signed_in(ways.go())

    sessions = ways.house.flows.list_sessions(remembered.profile.id)
    assert [session.id for session in sessions] == [remembered.session_id]


@EVERY
def test_trojan_identifier_account_of_the_attacker_never_becomes_the_owners(kind: str) -> None:
    ways = a_victim(kind)
    attackers = ways.house.account("mallory", password=OTHER_PASSWORD)
    snapshot = ways.snapshot(ways.house.sign_in("mallory", OTHER_PASSWORD))
    as_attacker(ways, email=VICTIM, verified=False)
    ways.go(Intent.LINK, session=snapshot)
    ways.elsewhere.person = Somebody("1001", VICTIM, verified=True, name="Victim")

    remembered = signed_in(ways.go())

    assert remembered.profile.id != attackers
    own = ways.house.flows.providers.ways_in(remembered.profile.id).identities
    assert [identity.subject for identity in own] == ["1001"]


@EVERY
def test_unexpired_change_of_address_finds_the_address_taken(kind: str) -> None:
    ways = a_victim(kind)
    attackers = ways.house.account("mallory", password=OTHER_PASSWORD)
    ways.house.flows.change_profile(attackers, email=VICTIM)
    (pending,) = ways.house.deliver()

    remembered = signed_in(ways.go())

    with pytest.raises(UserExists):
        ways.house.flows.verify_email.by_link(token_of(pending))
    assert ways.snapshot(remembered).profile.email == VICTIM


@EVERY
def test_non_verifying_provider_makes_no_account_at_the_victims_address(kind: str) -> None:
    ways = a_victim(kind)
    as_attacker(ways, email=VICTIM, verified=False)

    outcome = ways.go(caller=ABROAD)

    assert outcome.remembered is None
    with ways.house.store.view() as view:
        assert view.accounts.by_email(VICTIM) is None
        assert view.identities.of(ways.elsewhere.issuer, "666") is None
    assert [letter.kind for letter in ways.house.deliver()] == [LetterKind.FINISH_SIGN_IN]


@EVERY
@pytest.mark.parametrize("verified", [True, False])
def test_provider_that_is_not_trusted_for_the_domain_is_never_let_into_the_owners_account(
    kind: str,
    verified: bool,  # noqa: FBT001 (a parameter of the test)
) -> None:
    ways = a_victim(kind, trusts=())
    victims = ways.house.account("victim", email=VICTIM, password=PASSWORD)
    as_attacker(ways, email=VICTIM, verified=verified)

    outcome = ways.go(caller=ABROAD)

    assert outcome.remembered is None
    assert ways.house.flows.providers.ways_in(victims).identities == ()
    letters = ways.house.deliver()
    assert [(letter.kind, letter.code) for letter in letters] == [(LetterKind.NOT_CONNECTED, None)]
    for code in ("00000000", "12345678", ""):
        with pytest.raises(Refusal):
            ways.finish(outcome.finish_token, code)


@EVERY
def test_answer_is_the_same_whether_the_address_has_an_account(kind: str) -> None:
    statements, outcomes = [], []
    for has_account in (True, False):
        ways = a_victim(kind, trusts=())
        ways.house.account("somebody")  # which makes the day's key of addresses
        if has_account:
            ways.house.account("victim", email=VICTIM)
        begun = ways.begin()
        answer = ways.elsewhere.authorize(begun.url)
        ways.house.statements.clear()
        outcomes.append(ways.come_back(answer, begun.browser))
        statements.append(list(ways.house.statements))

    assert statements[0] == statements[1]
    assert [outcome.email for outcome in outcomes] == [VICTIM, VICTIM]
    assert [len(outcome.finish_token or "") for outcome in outcomes] == [len(outcomes[0].finish_token or "")] * 2


@EVERY
@pytest.mark.parametrize("domain", ["sub.mail.example", "mail.example.evil.example", "xmail.example", "example"])
def test_domain_that_only_looks_trusted_is_not(kind: str, domain: str) -> None:
    ways = a_victim(kind)
    as_attacker(ways, email=f"ada@{domain}.example" if domain == "example" else f"ada@{domain}", verified=True)

    assert ways.go().remembered is None


@EVERY
def test_trusted_and_verified_on_both_sides_is_linked_and_told(kind: str) -> None:
    ways = a_victim(kind)
    victims = ways.house.account("victim", email=VICTIM)

    remembered = signed_in(ways.go())

    assert remembered.profile.id == victims
    kinds = [letter.kind for letter in ways.house.deliver()]
    assert LetterKind.IDENTITY_LINKED in kinds
    assert ways.house.sign_in("victim", PASSWORD, caller=HOME).profile.id == victims
