import pytest

from doorward.core.access.decide import check_role, of_client, require_role, require_scope, scopes_of
from doorward.core.access.errors import AccessDenied
from doorward.core.access.records import OPERATOR, Scope
from doorward.core.kernel.errors import Invalid


def test_scopes_of_operator_may_operate() -> None:
    assert scopes_of(("editor", OPERATOR)) == "account operate"


def test_scopes_of_anybody_else_may_not() -> None:
    assert scopes_of(("editor",)) == "account"


@pytest.mark.parametrize(
    ("granted", "left"),
    [
        ("openid profile", "openid profile"),
        ("openid account operate profile", "openid profile"),
        ("operate", ""),
        ("", ""),
        ("operates Account", "operates Account"),
    ],
)
def test_of_client_leaves_out_what_first_party_sessions_are_for(granted: str, left: str) -> None:
    assert of_client(granted) == left


def test_require_role_held_returns() -> None:
    require_role("editor", held=("editor",))


def test_require_role_missing_is_denied() -> None:
    with pytest.raises(AccessDenied):
        require_role("editor", held=("editors",))


def test_require_scope_granted_returns() -> None:
    require_scope(Scope.OPERATE, granted="account operate")


@pytest.mark.parametrize("granted", ["", "account", "operates", "Operate", "account  operates"])
def test_require_scope_not_granted_is_denied(granted: str) -> None:
    with pytest.raises(AccessDenied):
        require_scope(Scope.OPERATE, granted=granted)


@pytest.mark.parametrize("name", ["a", "editor", "a1_.:-", "a" * 64])
def test_check_role_good_name_is_returned(name: str) -> None:
    assert check_role(name, pointer="/role") == name


@pytest.mark.parametrize("name", ["", "A", "1a", "a b", "a\n", "é", "a" * 65, "-a"])
def test_check_role_other_name_is_invalid(name: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_role(name, pointer="/role")

    assert refused.value.pointer == "/role"
