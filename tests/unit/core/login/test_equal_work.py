"""Every refused sign-in costs the same, so its time tells nothing. Counts, not clocks, are compared."""

from collections.abc import Callable
from typing import Final

import pytest

from doorward.core.login.errors import InvalidCredentials
from doorward.worker.jobs import JOBS
from tests.house import ABROAD, PASSWORD, WRONG_PASSWORD, House
from tests.states import STATES, suspended, unknown, unverified, without_password

WORK: Final = (
    "accounts.by_login",
    "claims.newest",
    "passwords.of",
    "devices.is_known",
    "attempts.of",
    "attempts.put",
    "attempts.of",
    "attempts.put",
    "outbox.add",
    "audit.head",
    "audit.append",
)


def refused(house: House, login: str, password: str) -> tuple[int, tuple[str, ...], str]:
    """Return what a refusal cost, and what it said."""
    house.flows.log_in.tag_address(ABROAD.address)
    house.flows.keyring.refresh()  # every few seconds one who signs in reads the keys, whoever that is
    hashes, statements = house.hasher.calls, len(house.statements)
    with pytest.raises(InvalidCredentials) as refusal:
        house.sign_in(login, password, caller=ABROAD)
    said = f"{refusal.value.code} {refusal.value.detail} {refusal.value}"
    return house.hasher.calls - hashes, tuple(house.statements[statements:]), said


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)
def test_log_in_wrong_password_costs_the_same_in_every_state(house: House, state: Callable[[House], str]) -> None:
    login = state(house)

    hashes, statements, said = refused(house, login, WRONG_PASSWORD)

    assert (hashes, statements) == (1, WORK)
    assert said == f"{InvalidCredentials.code} {InvalidCredentials.detail} "


@pytest.mark.parametrize("state", [suspended, unverified, unknown, without_password], ids=lambda state: state.__name__)
def test_log_in_right_password_is_refused_at_the_same_cost(house: House, state: Callable[[House], str]) -> None:
    login = state(house)

    assert refused(house, login, PASSWORD) == refused(house, login, WRONG_PASSWORD)


@pytest.mark.parametrize("password", ["", "x" * 5000, "\ud800"], ids=["empty", "endless", "half-a-letter"])
def test_log_in_any_password_costs_one_hash(house: House, password: str) -> None:
    house.account("margaret")

    assert refused(house, "margaret", password) == refused(house, "nobody", WRONG_PASSWORD)


def test_log_in_explaining_runs_for_every_refusal(house: House) -> None:
    house.account("margaret")
    seen = []

    for login in ("margaret", "nobody"):
        refused(house, login, WRONG_PASSWORD)
        with house.store.work() as work:
            (job,) = work.outbox.lease(names=JOBS, now=house.clock.now(), until=house.clock.now(), limit=9)
            work.outbox.finish([job])
        seen.append((job.name, job.dedupe_key, len(job.sealed_payload)))

    assert seen[0][:2] == seen[1][:2]
