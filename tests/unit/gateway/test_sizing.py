"""The model of sizes: more of anything never takes less, and what it is made of is told."""

from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.gateway.sizing import FIGURES, LAYOUTS, Load, Plan, planned
from tests.architecture.tree import PROJECT

PEOPLE: Final = st.integers(1, 1_000_000_000)
RATES: Final = st.floats(0, 1e5, allow_nan=False)
CORES: Final = st.sampled_from([1, 2, 4, 8, 64])


def taken(plan: Plan) -> tuple[float, ...]:
    """Return everything that a plan takes."""
    return (
        plan.auth_processes,
        plan.auth_servers,
        plan.server_memory_bytes,
        plan.workers,
        plan.database_writes_per_second,
        plan.storage_bytes,
        plan.audit_bytes_per_year,
        plan.cache_bytes,
        plan.cache_requests_per_second,
        plan.has_cache_cluster,
        LAYOUTS.index(plan.layout),
        plan.shards,
    )


@given(PEOPLE, PEOPLE, RATES, RATES, CORES)
def test_planned_more_people_and_more_logins_never_take_less(
    users: int, more: int, logins: float, further: float, cores: int
) -> None:
    few, many = planned(Load(users, logins, None, cores)), planned(Load(users + more, logins + further, None, cores))

    assert all(less <= than for less, than in zip(taken(few), taken(many), strict=True))


@given(PEOPLE, RATES, RATES, RATES, CORES)
def test_planned_more_refreshes_never_take_less(
    users: int, logins: float, refreshes: float, further: float, cores: int
) -> None:
    few, many = (planned(Load(users, logins, each, cores)) for each in (refreshes, refreshes + further))

    assert all(less <= than for less, than in zip(taken(few), taken(many), strict=True))


@given(PEOPLE, RATES, RATES, CORES)
def test_planned_servers_and_shards_are_used_within_what_is_said(
    users: int, logins: float, refreshes: float, cores: int
) -> None:
    plan = planned(Load(users, logins, refreshes, cores))

    assert plan.auth_processes <= plan.auth_servers * cores
    used = {limit.what: limit.used for limit in plan.limits}
    most = FIGURES["use"].value
    assert used["commits of the store"] <= most + 1e-9
    assert used["processor time of password hashes"] <= most + 1e-9
    assert [limit.used for limit in plan.limits] == sorted((limit.used for limit in plan.limits), reverse=True)


@pytest.mark.parametrize(
    ("users", "logins", "kind", "servers", "shards"),
    [
        (1_000, 1, "sqlite", 1, 1),
        (5_000_000, 10, "postgresql", 2, 1),
        (10_000_000, 500, "postgresql", 6, 1),
        (50_000_000, 50, "postgresql with a standby", 2, 1),
        (1_000_000_000, 500, "sharded", 10, 13),
    ],
)
def test_planned_layout_grows_with_the_people(users: int, logins: int, kind: str, servers: int, shards: int) -> None:
    plan = planned(Load(users, logins))

    assert (plan.layout.kind, plan.auth_servers, plan.shards) == (kind, servers, shards)
    assert plan.exceeded == ()


def test_planned_one_server_needs_neither_worker_nor_cache() -> None:
    plan = planned(Load(1_000, 1))

    assert (plan.workers, plan.cache_bytes, plan.cache_requests_per_second) == (0, 0, 0)


def test_planned_what_no_deployment_carries_is_told() -> None:
    plan = planned(Load(1_000_000_000, 20_000))

    assert [limit.what for limit in plan.exceeded] == ["entries of the audit log"]


def test_figures_say_where_they_come_from() -> None:
    for name, figure in FIGURES.items():
        place = figure.source.partition(":")[0]
        assert place == "assumed" or (PROJECT / place).exists(), name


def test_figures_that_were_measured_say_when() -> None:
    for name, figure in FIGURES.items():
        is_measured = figure.source.startswith(("docs/", "examples/"))
        assert (figure.measured_on is not None) is is_measured, name


def test_figures_that_were_measured_stand_in_the_document() -> None:
    told = (PROJECT / "docs" / "explanation" / "performance.md").read_text("utf-8").replace(",", "")

    for name in (
        "account",
        "device",
        "session",
        "entry of the audit log",
        "caller in the cache",
        "requests of a cache",
    ):
        assert f"{FIGURES[name].value:.0f}" in told, name
    for name in ("jobs of a worker", "commits of SQLite", "commits of a database"):
        assert f"{FIGURES[name].value:.0f}/s" in told, name
