"""What must happen before a client gets its answer."""

from collections.abc import Collection
from dataclasses import replace
from datetime import timedelta
from typing import Final

import pytest

from doorward.core.oauth.authorize.rules.next_step import SILENT, Need, Standing, need_of
from doorward.core.oauth.errors import OAuthCode
from tests.builders import NOW

BEFORE: Final = NOW - timedelta(hours=1)
NOBODY: Final = Standing(NOW)
KNOWN: Final = replace(NOBODY, authenticated_at=BEFORE, is_allowed=True)
JUST_SIGNED_IN: Final = replace(KNOWN, began_at=NOW - timedelta(minutes=2), authenticated_at=NOW, signed_in_at=NOW)
AGES_AGO: Final = replace(JUST_SIGNED_IN, authenticated_at=BEFORE, signed_in_at=BEFORE)
LET_THROUGH: Final = replace(AGES_AGO, signed_in_at=NOW)


@pytest.mark.parametrize(
    ("standing", "prompts", "max_age", "need"),
    [
        pytest.param(NOBODY, (), None, Need.SIGN_IN, id="nobody is signed in"),
        pytest.param(NOBODY, ("consent",), None, Need.SIGN_IN, id="signing in comes first"),
        pytest.param(KNOWN, (), None, None, id="nothing is missing"),
        pytest.param(KNOWN, ("login",), None, Need.SIGN_IN_AGAIN, id="login"),
        pytest.param(AGES_AGO, ("login",), None, Need.SIGN_IN_AGAIN, id="login, signed in before it was asked for"),
        pytest.param(JUST_SIGNED_IN, ("login",), None, None, id="login, signed in for it"),
        pytest.param(
            replace(KNOWN, began_at=BEFORE), ("login",), None, Need.SIGN_IN_AGAIN, id="login, signed in at once"
        ),
        pytest.param(KNOWN, (), timedelta(minutes=59), Need.SIGN_IN_AGAIN, id="too long ago"),
        pytest.param(KNOWN, (), timedelta(hours=1), None, id="just not too long ago"),
        pytest.param(KNOWN, (), timedelta(0), Need.SIGN_IN_AGAIN, id="any time is too long ago"),
        pytest.param(JUST_SIGNED_IN, (), timedelta(0), None, id="any time is too long ago, but for this"),
        pytest.param(KNOWN, ("select_account",), None, Need.CHOICE, id="choice"),
        pytest.param(JUST_SIGNED_IN, ("select_account",), None, None, id="choice, made by signing in"),
        pytest.param(replace(KNOWN, is_answered=True), ("select_account",), None, None, id="choice, made on the page"),
        pytest.param(replace(KNOWN, is_somebody_else=True), (), None, Need.CHOICE, id="another name is hinted at"),
        pytest.param(replace(KNOWN, is_allowed=False), (), None, Need.CONSENT, id="not allowed yet"),
        pytest.param(replace(KNOWN, is_allowed=False, is_answered=True), (), None, None, id="allowed just now"),
        pytest.param(KNOWN, ("consent",), None, Need.CONSENT, id="consent is asked for anew"),
        pytest.param(replace(KNOWN, is_answered=True), ("consent",), None, None, id="consent, given just now"),
        pytest.param(replace(KNOWN, is_never_silent=True), (), None, Need.CONFIRMATION, id="never silent"),
        pytest.param(replace(KNOWN, is_never_silent=True, is_answered=True), (), None, None, id="never silent, asked"),
        pytest.param(replace(KNOWN, is_whom_hinted=False), (), None, Need.OTHER_ACCOUNT, id="another subject"),
        pytest.param(
            replace(JUST_SIGNED_IN, is_whom_hinted=False), (), None, Need.RIGHT_PERSON, id="another subject for good"
        ),
        pytest.param(
            replace(AGES_AGO, is_answered=True), ("login",), None, Need.SIGN_IN_AGAIN, id="an answer is no sign-in"
        ),
        pytest.param(replace(NOBODY, is_answered=True), (), None, Need.SIGN_IN, id="an answer of nobody"),
        pytest.param(replace(KNOWN, is_met=False), (), None, Need.SIGN_IN_AGAIN, id="another way is wished for"),
        pytest.param(replace(KNOWN, is_met=False), ("none",), None, None, id="a wish, and nobody may be asked"),
        pytest.param(replace(JUST_SIGNED_IN, is_met=False), (), None, None, id="a wish that was not followed"),
        pytest.param(replace(AGES_AGO, is_met=False), (), None, Need.SIGN_IN_AGAIN, id="a wish that waits"),
        pytest.param(replace(LET_THROUGH, is_met=False), (), None, None, id="a wish, and let through unasked"),
        pytest.param(
            replace(LET_THROUGH, is_met=False, must_be_met=True), (), None, Need.SIGN_IN_AGAIN, id="no wish, unasked"
        ),
        pytest.param(LET_THROUGH, ("login",), None, Need.SIGN_IN_AGAIN, id="login, let through unasked"),
        pytest.param(
            replace(KNOWN, is_met=False, must_be_met=True), ("none",), None, Need.SIGN_IN_AGAIN, id="no mere wish"
        ),
        pytest.param(
            replace(JUST_SIGNED_IN, is_met=False, must_be_met=True), (), None, Need.OTHER_WAY, id="the wrong way"
        ),
        pytest.param(replace(JUST_SIGNED_IN, must_be_met=True), (), None, None, id="the right way"),
    ],
)
def test_need_of_is_the_first_thing_missing(
    standing: Standing, prompts: Collection[str], max_age: timedelta | None, need: Need | None
) -> None:
    assert need_of(prompts, max_age, standing) is need


def test_silent_names_an_error_for_each_need() -> None:
    assert set(SILENT) == set(Need)
    assert set(SILENT.values()) == {
        OAuthCode.LOGIN_REQUIRED,
        OAuthCode.CONSENT_REQUIRED,
        OAuthCode.INTERACTION_REQUIRED,
        OAuthCode.ACCOUNT_SELECTION_REQUIRED,
        OAuthCode.UNMET_AUTHENTICATION,
    }
