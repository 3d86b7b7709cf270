"""`doorward users`."""

import pytest

from tests.functional.cli.conftest import Terminal

pytestmark = pytest.mark.usefixtures("in_use")
PASSWORD = "correct horse battery staple"


def test_add_prints_the_link_by_which_the_owner_chooses_a_password(run: Terminal) -> None:
    said = run("users", "add", "ada", "ada@mail.example", "--role", "operator", "--json")

    assert said.status == 0
    assert said.document["username"] == "ada"
    assert said.document["status"] == "active"
    assert said.document["link"].startswith("http://localhost:8000/reset?token=dwo1_choose-password_")
    assert said.err == ""


def test_add_to_a_person_says_what_the_link_is_for(run: Terminal) -> None:
    said = run("users", "add", "ada", "ada@mail.example")

    assert "✓ ada is added." in said.out
    assert "its owner opens this link once, within seven days:" in said.out
    assert "/reset?token=dwo1_" in said.out


def test_add_with_a_password_from_standard_input_prints_no_link(run: Terminal) -> None:
    said = run("users", "add", "ada", "ada@mail.example", "--password-stdin", "--json", typed=f"{PASSWORD}\n")

    assert (said.status, said.document["link"]) == (0, None)
    assert PASSWORD not in said.out


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        pytest.param(("ada", "ada@mail.example"), "USER_EXISTS", id="taken"),
        pytest.param(("a", "other@mail.example"), "VALIDATION_FAILED", id="short name"),
        pytest.param(("grace", "nowhere"), "VALIDATION_FAILED", id="no address"),
        pytest.param(("grace", "grace@mail.example", "--role", "No Role!"), "VALIDATION_FAILED", id="bad role"),
    ],
)
def test_add_refused_says_why_and_adds_nobody(run: Terminal, arguments: tuple[str, ...], code: str) -> None:
    run("users", "add", "ada", "ada@mail.example")

    said = run("users", "add", *arguments, "--json")

    assert (said.status, said.document["error"]) == (1, code)
    assert len(run("users", "list", "--json").document["users"]) == 1


def test_add_short_password_refuses_without_repeating_it(run: Terminal) -> None:
    said = run("users", "add", "ada", "ada@mail.example", "--password-stdin", "--json", typed="hunter2\n")

    assert said.status == 1
    assert "hunter2" not in said.out + said.err


def test_list_pages_oldest_first(run: Terminal) -> None:
    for name in ("ada", "grace", "margaret"):
        run("users", "add", name, f"{name}@mail.example")

    first = run("users", "list", "--size", "2", "--json").document
    rest = run("users", "list", "--after", first["next_after"], "--json").document

    assert [user["username"] for user in first["users"]] == ["ada", "grace"]
    assert [user["username"] for user in rest["users"]] == ["margaret"]
    assert rest["next_after"] is None


def test_list_to_a_person_is_a_table_or_says_how_to_begin(run: Terminal) -> None:
    empty = run("users", "list")
    run("users", "add", "ada", "ada@mail.example")
    full, narrowed = run("users", "list"), run("users", "list", "nobody-like-that")

    assert "`doorward users add` makes one." in empty.out
    assert "ada@mail.example" in full.out
    assert "No account has a name or address like that." in narrowed.out


def test_disable_and_enable_change_the_status(run: Terminal) -> None:
    run("users", "add", "ada", "ada@mail.example")

    disabled = run("users", "disable", "ada", "--json").document
    shown = run("users", "show", "ada@mail.example", "--json").document
    enabled = run("users", "enable", shown["id"], "--json").document

    assert [each["status"] for each in (disabled, shown, enabled)] == ["disabled", "disabled", "active"]


def test_grant_and_revoke_change_the_roles(run: Terminal) -> None:
    run("users", "add", "ada", "ada@mail.example")

    granted = run("users", "grant", "ada", "operator", "--json").document
    revoked = run("users", "grant", "ada", "operator", "--revoke", "--json").document

    assert (granted["roles"], revoked["roles"]) == (["operator"], [])


def test_unlock_says_that_it_is_open(run: Terminal) -> None:
    run("users", "add", "ada", "ada@mail.example")

    said = run("users", "unlock", "ada", "--json")

    assert said.document == {"user": "ada", "unlocked": True}


@pytest.mark.parametrize("command", [("show",), ("disable",), ("enable",), ("unlock",)])
def test_commands_unknown_user_refuse(run: Terminal, command: tuple[str, ...]) -> None:
    said = run("users", *command, "nobody", "--json")

    assert (said.status, said.whats) == (1, ["There is no such account."])


def test_add_without_an_address_is_misuse(run: Terminal) -> None:
    said = run("users", "add", "ada")

    assert (said.status, said.out) == (2, "")
    assert "Missing argument 'email'" in said.err
