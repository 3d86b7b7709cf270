"""`doorward demo-data` on the command line, and what keeps it from being done."""

import json

import pytest

from doorward.core.login.log_in import Attempt
from doorward.core.sessions.records import Kind
from doorward.settings.generate import generate_secret
from tests.functional.cli.conftest import Terminal
from tests.functional.cli.moving import CALLER, entered

PRODUCTION = {
    "ENVIRONMENT": "production",
    "ISSUER": "https://id.example.org",
    "SECRET": generate_secret(),
    "PEPPER": generate_secret(),
    "SMTP_URL": "smtps://user:word@mail.example.org",
    "MAIL_FROM": "Sign-in <sign-in@mail.example.org>",
}
FEW = ("demo-data", "--accounts", "3", "--sessions", "4")


def test_demo_data_says_how_to_sign_in_and_that_works(run: Terminal) -> None:
    said = run(*FEW, "--json")

    told = said.document
    with entered(run.folder / "data" / "doorward.sqlite3") as house:
        signed_in = house.flows.log_in(Attempt(told["last_username"], told["password"], Kind.MOBILE, CALLER, "a phone"))
    assert (said.status, told["accounts"], told["sessions"]) == (0, 3, 4)
    assert signed_in.profile.username == "user-00000003"


def test_demo_data_tells_programs_how_far_it_is(run: Terminal) -> None:
    lines = [json.loads(line) for line in run(*FEW, "--json").err.splitlines()]

    assert (lines[0]["step"], lines[0]["done"], lines[0]["total"]) == ("make", 0, 3 + 3 + 3 + 4 + 4)


def test_demo_data_tells_people_that_all_share_one_hash(run: Terminal) -> None:
    said = run(*FEW)

    assert "3 accounts and 4 sessions are made" in said.out
    assert "any of user-00000001 to user-00000003, with the password" in said.out
    assert "one hash" in said.out


def test_demo_data_of_one_seed_has_one_password_and_another_seed_another(
    run: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOORWARD_SECRET", generate_secret())

    said = [
        run(*FEW, "--seed", seed, "--json", "--data-dir", f"data-{number}").document["password"]
        for number, seed in enumerate(("1", "1", "2"))
    ]

    assert said[0] == said[1] != said[2]


def test_demo_data_where_somebody_is_refuses_in_words(run: Terminal) -> None:
    run("users", "add", "ada", "ada@mail.example")

    said = run(*FEW, "--json")

    assert (said.status, said.document["error"]) == (1, "STORE_NOT_EMPTY")
    assert said.document["problems"][0]["remedy"]


@pytest.fixture
def production(run: Terminal, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    for name, value in PRODUCTION.items():
        monkeypatch.setenv(f"DOORWARD_{name}", value)
    return run


def test_demo_data_in_production_is_refused_and_makes_nothing(production: Terminal) -> None:
    said = production(*FEW, "--json")

    assert (said.status, said.document["error"]) == (1, "IN_PRODUCTION")
    assert "--even-in-production" in said.document["problems"][0]["remedy"]
    assert not (production.folder / "data").exists()


def test_demo_data_in_production_is_made_when_that_is_asked_for_in_words(production: Terminal) -> None:
    said = production(*FEW, "--even-in-production", "--json")

    assert (said.status, said.document["sign_in_at"]) == (0, "https://id.example.org/sign-in")
