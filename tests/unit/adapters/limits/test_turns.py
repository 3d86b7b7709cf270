from contextlib import ExitStack

import pytest

from doorward.adapters.limits.turns import LocalTurns
from doorward.core.kernel.errors import Unavailable
from doorward.core.kernel.ids import AccountId
from tests.builders import ACCOUNT

OTHER, THIRD = AccountId("b" * 26), AccountId("c" * 26)


def test_turns_of_one_account_leave_some_for_others_and_come_back() -> None:
    turns = LocalTurns()
    with turns.taken(ACCOUNT), turns.taken(ACCOUNT):
        with pytest.raises(Unavailable), turns.taken(ACCOUNT):
            pass
        with turns.taken(OTHER):
            pass

    with turns.taken(ACCOUNT), turns.taken(ACCOUNT):
        pass


def test_turns_in_all_are_bounded() -> None:
    turns = LocalTurns()

    with ExitStack() as held:
        for account_id in (ACCOUNT, ACCOUNT, OTHER, OTHER):
            held.enter_context(turns.taken(account_id))

        with pytest.raises(Unavailable):
            held.enter_context(turns.taken(THIRD))
