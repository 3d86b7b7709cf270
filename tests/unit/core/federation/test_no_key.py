"""While no key signs: nothing that leads to a session is used up."""

from datetime import timedelta

import pytest

from doorward.core.federation.errors import ProviderDeclined
from doorward.core.federation.records import Answer, Intent
from doorward.core.kernel.errors import Unavailable
from doorward.core.keys.rules import SIGNS_FOR
from tests.house import code_of
from tests.unit.core.federation.ways import Ways, signed_in


@pytest.mark.parametrize("intent", [Intent.SIGN_IN, Intent.CONFIRM])
def test_sign_in_with_while_no_key_signs_uses_nothing_up_and_ends_no_session(intent: Intent) -> None:
    ways = Ways()
    ways.clock.advance(SIGNS_FOR - timedelta(seconds=1))
    first = signed_in(ways.go())
    begun = ways.begin(intent, session=ways.snapshot(first))
    answer = ways.elsewhere.authorize(begun.url)
    ways.clock.advance(timedelta(seconds=1))

    with pytest.raises(Unavailable):
        ways.come_back(answer, begun.browser)

    assert ways.snapshot(first).session_id == first.session_id
    ways.house.flows.rotate_keys()
    assert signed_in(ways.come_back(answer, begun.browser)).profile.id == first.profile.id


def test_sign_in_with_person_who_declined_while_no_key_signs_is_refused() -> None:
    ways = Ways()
    begun = ways.begin()
    answer = Answer(ways.elsewhere.authorize(begun.url).state, code=None, error="access_denied", issuer=None)
    ways.clock.advance(-timedelta(hours=1))

    with pytest.raises(ProviderDeclined):
        ways.come_back(answer, begun.browser)


def test_finish_sign_in_while_no_key_signs_uses_nothing_up() -> None:
    ways = Ways("oidc", ())
    ways.clock.advance(SIGNS_FOR - timedelta(seconds=1))
    outcome = ways.go()
    (letter,) = ways.house.deliver()
    ways.clock.advance(timedelta(seconds=1))
    for _ in range(6):
        with pytest.raises(Unavailable):
            ways.finish(outcome.finish_token, code_of(letter))
    ways.house.flows.rotate_keys()

    finished = ways.finish(outcome.finish_token, code_of(letter))

    assert signed_in(finished).profile.email == "ada@mail.example"
