from dataclasses import replace
from datetime import timedelta

import pytest

from doorward.resource import AccessRefused, Needs, RoleMissing, ScopeMissing, SignInNeeded
from tests.builders import NOW, an_access_token

TOKEN = replace(an_access_token(), scope="notes.read notes.write", roles=("editor",), acr="two")


@pytest.mark.parametrize(
    "needs",
    [
        Needs(),
        Needs.of("notes.read"),
        Needs.of("notes.write notes.read"),
        Needs.of(["notes.write"]),
        Needs.of(role="editor"),
        Needs.of(fresh=timedelta(0)),
        Needs.of(acr="one two"),
    ],
    ids=str,
)
def test_check_enough_returns(needs: Needs) -> None:
    needs.check(TOKEN, NOW)


@pytest.mark.parametrize(
    ("needs", "kind"),
    [
        (Needs.of("notes"), ScopeMissing),
        (Needs.of("notes.rea"), ScopeMissing),
        (Needs.of("notes.read notes.delete"), ScopeMissing),
        (Needs.of("NOTES.READ"), ScopeMissing),
        (Needs.of(role="operator"), RoleMissing),
        (Needs.of(role="edit"), RoleMissing),
        (Needs.of(fresh=timedelta(minutes=5)), SignInNeeded),
        (Needs.of(acr="one three"), SignInNeeded),
    ],
    ids=str,
)
def test_check_not_enough_is_refused(needs: Needs, kind: type[AccessRefused]) -> None:
    with pytest.raises(kind):
        needs.check(TOKEN, NOW + timedelta(minutes=5, seconds=1))


def test_check_fresh_of_a_token_without_a_sign_in_is_refused() -> None:
    with pytest.raises(SignInNeeded):
        Needs.of(fresh=timedelta(days=1)).check(replace(TOKEN, authenticated_at=None), NOW)


def test_check_refuses_in_the_scheme_of_the_token() -> None:
    with pytest.raises(ScopeMissing) as refused:
        Needs.of("more").check(replace(TOKEN, key_thumbprint="x"), NOW)

    assert refused.value.scheme == "DPoP"
