"""Whatever may be used once is used once, however many try at the same moment. A new purpose is covered by itself."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import count

import pytest

from doorward.core.accounts.errors import UserExists
from doorward.core.federation.errors import SignInBegunElsewhere
from doorward.core.federation.records import Intent
from doorward.core.flows import ProviderFlows
from doorward.core.kernel.errors import Refusal
from doorward.core.kernel.ids import AccountId, ClaimId, new_id
from doorward.core.oauth.authorize.errors import RequestUnknown
from doorward.core.oauth.authorize.records import Interaction, Outcome, Reply, Visitor
from doorward.core.oauth.device.errors import DeviceUnknown
from doorward.core.oauth.errors import ClientRefused, OAuthError
from doorward.core.onetime.errors import LinkRefused
from doorward.core.onetime.records import CODE_TRIES, PURPOSES, Purpose
from tests.applications import Application
from tests.authorizing import values
from tests.builders import ISSUER, NOW, a_claim
from tests.devices import Television
from tests.house import HOME, OTHER_PASSWORD, PASSWORD, WRONG_PASSWORD, House, code_of, token_of
from tests.integration.crowd import at_once, patiently
from tests.proofs import Holder
from tests.unit.core.oauth.proving import BY_KEY, by_assertion, claims_at, signed
from tests.upstream import TRUSTED, Elsewhere, a_provider

MANY = 50
WITH_CODE = [purpose for purpose, lives in PURPOSES.items() if lives.code]


@pytest.mark.parametrize("purpose", WITH_CODE)
def test_consume_by_link_and_by_code_at_once_one_gets_it(house: House, purpose: Purpose) -> None:
    minted = house.tools.mint.make(purpose, "subject", now=NOW, address_key="m@mail.example")
    code_digest = minted.artefact.code_digest
    assert code_digest is not None
    with house.store.work() as work:
        work.onetimes.add(minted.artefact)

    def consume(number: int) -> bool:
        with house.store.work() as work:
            if number % 2:
                return work.onetimes.consume(purpose, minted.artefact.digest, now=NOW) is not None
            taken = work.onetimes.consume_code(purpose, "m@mail.example", code_digest=code_digest, now=NOW)
            return taken is not None

    answers, refused = at_once(consume, range(MANY))

    assert (answers.count(True), refused.total()) == (1, 0)


@pytest.mark.parametrize("purpose", WITH_CODE)
def test_consume_code_fifty_wrong_ones_at_once_leave_no_try(house: House, purpose: Purpose) -> None:
    minted = house.tools.mint.make(purpose, "subject", now=NOW, address_key="m@mail.example")
    right = minted.artefact.code_digest
    assert right is not None
    with house.store.work() as work:
        work.onetimes.add(minted.artefact)

    def consume(number: int) -> bool:
        with house.store.work() as work:
            wrong = bytes([number]) * 32
            taken = work.onetimes.consume_code(purpose, "m@mail.example", code_digest=wrong, now=NOW)
            return taken is not None

    answers, _ = at_once(consume, range(MANY))
    with house.store.work() as work:
        late = work.onetimes.consume_code(purpose, "m@mail.example", code_digest=right, now=NOW)

    assert MANY > CODE_TRIES
    assert (any(answers), late) == (False, None)


def test_consume_as_every_other_purpose_gets_nothing(house: House) -> None:
    minted = {purpose: house.tools.mint.make(purpose, "subject", now=NOW) for purpose in PURPOSES}
    with house.store.work() as work:
        for one in minted.values():
            work.onetimes.add(one.artefact)
        wrong = [
            work.onetimes.consume(other, one.artefact.digest, now=NOW)
            for purpose, one in minted.items()
            for other in set(PURPOSES) - {purpose}
        ]
        right = [work.onetimes.consume(purpose, one.artefact.digest, now=NOW) for purpose, one in minted.items()]

    assert set(wrong) == {None}
    assert None not in right


def verify_link(house: House) -> Callable[[], object]:
    token = token_of(house.claim("margaret"))
    return lambda: house.flows.verify_email.by_link(token)


def verify_code(house: House) -> Callable[[], object]:
    letter = house.claim("margaret")
    return lambda: house.flows.verify_email.by_code(letter.to, code_of(letter))


def change_email(house: House) -> Callable[[], object]:
    house.flows.change_profile(house.account("margaret"), email="new@mail.example")
    (letter,) = house.deliver()
    return lambda: house.flows.verify_email.by_link(token_of(letter))


def reset_password(house: House) -> Callable[[], object]:
    house.account("margaret")
    house.flows.forgot_password("margaret@mail.example")
    (letter,) = house.deliver()
    return lambda: house.flows.reset_password.by_link(token_of(letter), OTHER_PASSWORD, device_name="mine")


def choose_password(house: House) -> Callable[[], object]:
    added = house.flows.add_account("margaret", "margaret@mail.example")
    return lambda: house.flows.reset_password.by_link(added.token or "", OTHER_PASSWORD, device_name="mine")


def unlock(house: House) -> Callable[[], object]:
    house.account("margaret")
    at_once(lambda login: house.sign_in(login, WRONG_PASSWORD), ["margaret"] * 5)
    (letter,) = house.deliver()
    return lambda: house.flows.unlock.by_link(token_of(letter), device_name="mine")


def first_operator(house: House) -> Callable[[], object]:
    token = house.flows.invite_first_operator() or ""
    return lambda: house.flows.create_first_operator(
        token, username="olive", email="olive@mail.example", password=PASSWORD
    )


def authorization_code(house: House) -> Callable[[], object]:
    app = an_application(house)
    code = app.code()
    return lambda: app.exchange(code)


def pushed_request(house: House) -> Callable[[], object]:
    app = an_application(house)
    uri = house.flows.requests.push(app.client, values(client_id=app.client.id)).request_uri
    presented = {"client_id": (app.client.id,), "request_uri": (uri,)}
    return lambda: code_in(house.flows.requests.authorize(presented, visitor(app)))


def sign_in_request(house: House) -> Callable[[], object]:
    app = an_application(house)
    waiting = house.flows.requests.authorize(values(client_id=app.client.id, prompt="consent"), visitor(app))
    assert isinstance(waiting, Interaction)
    return lambda: code_in(house.flows.requests.answer.allow(waiting.token, visitor(app)))


def client_assertion(house: House) -> Callable[[], object]:
    house.flows.clients.add(BY_KEY)
    form, networks = by_assertion(signed(claims_at(house.clock.now()))), count(1)
    # From networks of their own, as what fails is limited by network.
    return lambda: house.flows.clients.authenticate(None, form, address=f"198.51.{next(networks)}.7")


def dpop_proof(house: House) -> Callable[[], object]:
    check = house.flows.tokens.give.check_proof
    proof = Holder().proof("POST", f"{ISSUER}/oauth/token", house.clock.now(), nonce=check.fresh_nonce())
    return lambda: check(proof, method="POST", path="/oauth/token")


def sign_in_with(house: House) -> Callable[[], object]:
    ways, elsewhere = with_provider(house, trusts=(TRUSTED,))
    begun = ways.begin("oidc", Intent.SIGN_IN, browser=None)
    answer = elsewhere.authorize(begun.url)
    return lambda: ways.come_back("oidc", answer, browser=begun.browser, caller=HOME, device_name="mine")


def finish_sign_in(house: House) -> Callable[[], object]:
    ways, elsewhere = with_provider(house, trusts=())
    begun = ways.begin("oidc", Intent.SIGN_IN, browser=None)
    answer = elsewhere.authorize(begun.url)
    asked = ways.come_back("oidc", answer, browser=begun.browser, caller=HOME, device_name="mine")
    (letter,) = house.deliver()
    return lambda: ways.finish(asked.finish_token or "", code_of(letter), caller=HOME, device_name="mine")


def device_code(house: House) -> Callable[[], object]:
    house.account("margaret")
    return Television(house).allow().poll


def user_code(house: House) -> Callable[[], object]:
    house.account("margaret")
    tv = Television(house)
    ticket = tv.enter()
    return lambda: house.flows.requests.devices.answer.allow(ticket, tv.person)


def an_application(house: House) -> Application:
    house.account("margaret")
    return Application(house)


def visitor(app: Application) -> Visitor:
    return Visitor(app.house.flows.recognise.snapshots.load(app.browser), b"what the browser holds")


def code_in(outcome: Outcome) -> str:
    assert isinstance(outcome, Reply)
    return outcome.parameters["code"]


def with_provider(house: House, *, trusts: tuple[str, ...]) -> tuple[ProviderFlows, Elsewhere]:
    """Return the ways of the same house to a provider, and the provider."""
    provider = a_provider("oidc", trusts=trusts)
    elsewhere = Elsewhere(provider, house.clock)
    return House(house.store, house.clock, web=elsewhere, providers=(provider,)).flows.providers, elsewhere


FLOWS: Mapping[Callable[[House], Callable[[], object]], tuple[Purpose, type[Refusal]]] = {
    verify_link: (Purpose.VERIFY_EMAIL, LinkRefused),
    verify_code: (Purpose.VERIFY_EMAIL, LinkRefused),
    change_email: (Purpose.CHANGE_EMAIL, LinkRefused),
    reset_password: (Purpose.RESET_PASSWORD, LinkRefused),
    choose_password: (Purpose.CHOOSE_PASSWORD, LinkRefused),
    unlock: (Purpose.UNLOCK_SIGN_IN, LinkRefused),
    first_operator: (Purpose.FIRST_OPERATOR, LinkRefused),
    authorization_code: (Purpose.AUTHORIZATION_CODE, OAuthError),
    pushed_request: (Purpose.PUSHED_REQUEST, RequestUnknown),
    sign_in_request: (Purpose.SIGN_IN_REQUEST, RequestUnknown),
    device_code: (Purpose.DEVICE_CODE, OAuthError),
    user_code: (Purpose.USER_CODE, DeviceUnknown),
    client_assertion: (Purpose.CLIENT_ASSERTION, ClientRefused),
    dpop_proof: (Purpose.DPOP_PROOF, OAuthError),
    sign_in_with: (Purpose.SIGN_IN_WITH, SignInBegunElsewhere),
    finish_sign_in: (Purpose.FINISH_SIGN_IN, LinkRefused),
}
"""How each purpose is raced for, and how all but one are refused."""


def test_flows_every_purpose_has_its_race() -> None:
    assert {purpose for purpose, _ in FLOWS.values()} == set(PURPOSES)


@pytest.mark.parametrize("prepare", FLOWS, ids=lambda prepare: prepare.__name__)
def test_flow_fifty_callers_with_one_artefact_one_succeeds(
    house: House, prepare: Callable[[House], Callable[[], object]]
) -> None:
    _, refusal = FLOWS[prepare]
    act = prepare(house)

    answers, refused = at_once(lambda _: patiently(act), range(MANY))

    assert len(answers) == 1
    assert refused == {refusal.__name__: MANY - 1}
    assert house.flows.verify_chain().first_broken is None


def test_verify_email_fifty_competing_claims_to_one_address_make_one_account(house: House) -> None:
    tokens = [mail_to_a_claim(house, number, email="shared@mail.example") for number in range(MANY)]

    answers, refused = at_once(lambda token: patiently(lambda: house.flows.verify_email.by_link(token)), tokens)

    assert len(answers) == 1
    assert refused[LinkRefused.__name__] + refused[UserExists.__name__] == MANY - 1
    assert owner_of(house, "shared@mail.example") == answers[0]


def test_verify_email_fifty_registrations_of_one_name_make_one_account(house: House) -> None:
    def register(number: int) -> None:
        house.flows.register("margaret", f"m{number}@mail.example", password=PASSWORD, caller=HOME)

    at_once(register, range(MANY))
    letters = house.deliver()

    answers, refused = at_once(house.flows.verify_email.by_link, [token_of(letter) for letter in letters])

    assert len(letters) == MANY
    assert len(answers) == 1
    assert refused == {"UserExists": MANY - 1}
    assert owner_of(house, "margaret") == answers[0]
    assert house.sign_in("margaret").profile.id == answers[0]


def mail_to_a_claim(house: House, number: int, *, email: str) -> str:
    """Return the token of a link to one of many claims; more of them than the mail that goes to one address."""
    claim = replace(a_claim(f"name{number}", email=email, now=house.clock.now()), id=ClaimId(new_id(NOW)))
    minted = house.tools.mint.make(Purpose.VERIFY_EMAIL, claim.id, now=house.clock.now())
    with house.store.work() as work:
        work.claims.add(claim)
        work.onetimes.add(minted.artefact)
    return minted.token


def owner_of(house: House, login: str) -> AccountId | None:
    with house.store.view() as view:
        account = view.accounts.by_login(login)
        assert view.accounts.count() == 1
    return account.id if account else None
