"""`doorward plan`."""

import pytest

from tests.functional.cli.conftest import Terminal


def test_plan_says_what_ten_million_people_take(run: Terminal) -> None:
    said = run("plan", "--users", "10_000_000", "--logins-per-second", "500")

    assert said.status == 0
    for words in ("auth servers", "workers", "commits/s", "GiB", "One PostgreSQL", "one Redis", "what gives out"):
        assert words in said.out, words
    assert "These are estimates" in said.out


def test_plan_for_programs_is_one_document(run: Terminal) -> None:
    told = run("plan", "--users", "10,000,000", "--logins-per-second", "500", "--json").document

    assert (told["users"], told["store"], told["fits"]) == (10_000_000, "postgresql", True)
    assert told["limits"][0].keys() == {"what", "used", "widened_by"}


def test_plan_that_does_not_fit_says_what_is_missing(run: Terminal) -> None:
    said = run("plan", "--users", "1000000000", "--logins-per-second", "20000")

    assert said.status == 0
    assert "One deployment does not carry this" in said.err
    assert "entries of the audit log" in said.err


def test_plan_shows_what_it_is_made_of(run: Terminal) -> None:
    said = run("plan", "--figures")

    assert "2026-11-27   docs/explanation/performance.md: refresh rotations, SQLite" in said.out


@pytest.mark.parametrize(
    ("given", "missing"),
    [((), "--users"), (("--users", "5"), "--logins-per-second"), (("--logins-per-second", "1"), "--users")],
    ids=str,
)
def test_plan_of_nobody_says_what_must_be_said(run: Terminal, given: tuple[str, ...], missing: str) -> None:
    said = run("plan", *given)

    assert said.status == 2
    assert f"{missing}: it must be said" in said.err


@pytest.mark.parametrize("users", ["0", "-5", "many", "1.5", "1" + "0" * 400])
def test_plan_refuses_what_is_no_number_of_people(run: Terminal, users: str) -> None:
    said = run("plan", f"--users={users}", "--logins-per-second", "1")

    assert said.status == 2
    assert "10_000_000" in said.err


@pytest.mark.parametrize("number", ["nan", "inf", "1e300"])
def test_plan_refuses_what_is_no_number_of_requests(run: Terminal, number: str) -> None:
    assert run("plan", "--users=5", f"--logins-per-second={number}").status == 2
    assert run("plan", "--users=5", "--logins-per-second=1", f"--refreshes-per-second={number}").status == 2
