"""Settings become a house."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from doorward.adapters.snapshots.cached import CachedSnapshots
from doorward.assembly.figures import figures
from doorward.assembly.house import House, open_house
from doorward.assembly.store import migrate, require_own_tables
from doorward.core.accounts.errors import UserExists
from doorward.core.audit.record import record
from doorward.core.audit.records import AuditKind, Event
from doorward.settings.generate import generate_secret
from doorward.settings.load import load
from doorward.settings.problems import SettingsInvalid
from doorward.settings.record import Settings
from doorward.settings.sections.server import Environment, ServerSettings
from doorward.settings.sections.store import StoreSettings
from tests.builders import ACCOUNT, a_client

FIRST, NEW, NEWER = generate_secret(), generate_secret(), generate_secret()


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    opened = open_house(load({"data_dir": tmp_path_factory.mktemp("house") / "data"}))
    opened.prepare()
    yield opened
    opened.close()


def production(url: str) -> Settings:
    return Settings(
        server=ServerSettings(environment=Environment.PRODUCTION), store=StoreSettings(store_url=SecretStr(url))
    )


def test_prepare_twice_changes_nothing(house: House) -> None:
    before = house.flows.keyring.published()

    house.prepare()

    assert house.flows.keyring.published() == before


def test_settings_name_the_details_that_applications_may_ask_for(tmp_path: Path) -> None:
    house = open_house(load({"data_dir": tmp_path / "data", "authorization_details_types": "payment, account"}))

    assert house.flows.requests.authorize.read.means.details_types == ("payment", "account")
    house.close()


@pytest.mark.parametrize(
    "later",
    [
        {"secret": NEW, "secret_previous": FIRST},
        {"secret": NEW, "pairwise_secret": FIRST},
        {"secret": NEWER, "secret_previous": NEW, "pairwise_secret": FIRST},
    ],
    ids=["beside the one before", "alone", "beside one that was not the first"],
)
def test_pairwise_subject_outlives_every_change_of_the_secret(tmp_path: Path, later: dict[str, str]) -> None:
    assert pairwise_subject(tmp_path / "later", **later) == pairwise_subject(tmp_path / "first", secret=FIRST)


def test_pairwise_subject_of_another_deployment_is_another(tmp_path: Path) -> None:
    assert pairwise_subject(tmp_path / "one", secret=FIRST) != pairwise_subject(tmp_path / "other", secret=NEW)


def pairwise_subject(data_dir: Path, **secrets: str) -> str:
    """Return what a deployment with these secrets calls somebody towards a pairwise client."""
    house = open_house(load({"data_dir": data_dir, "pepper": generate_secret(), **secrets}))
    house.close()
    return house.flows.tell_revoked.subjects.of(replace(a_client(), is_pairwise=True), ACCOUNT)


def test_figures_count_what_went_into_the_audit_log(house: House) -> None:
    house.flows.add_account("ada", "ada@mail.example", roles=("operator",))

    assert counted(house) == {AuditKind.ACCOUNT_ADDED: 1, AuditKind.ROLE_GRANTED: 1, AuditKind.KEY_MADE: 2}


def test_figures_do_not_count_what_was_undone(house: House) -> None:
    before = counted(house)

    with pytest.raises(UserExists):
        record_and_fail(house)

    assert counted(house) == before


def counted(house: House) -> dict[AuditKind, int]:
    """Return how many audit events of each kind the figures show."""
    lines = [line.split() for line in figures(house).decode().splitlines()]
    shown = {name: float(value) for name, value, *_ in lines if name.startswith("doorward_audit_events_total")}
    names = {kind: f'doorward_audit_events_total{{kind="{kind.value}"}}' for kind in AuditKind}
    return {kind: int(shown[name]) for kind, name in names.items() if shown[name]}


def record_and_fail(house: House) -> None:
    """Write an audit event in a unit of work that is undone."""
    with house.store.work() as work:
        record(work.audit, Event(AuditKind.ACCOUNT_DISABLED), house.clock.now())
        raise UserExists


def test_close_twice_is_no_harm(tmp_path: Path) -> None:
    house = open_house(load({"data_dir": tmp_path / "data"}))
    house.close()

    house.close()


def test_open_house_in_development_keeps_the_folder_for_its_owner(house: House) -> None:
    assert house.settings.server.data_dir.stat().st_mode & 0o777 == 0o700


def test_open_house_with_given_secrets_keeps_the_folder_for_its_owner(tmp_path: Path) -> None:
    given = {"secret": "q7XkR2vB9sLw4TzN8mPc3HdJ6gFy1KaE", "pepper": "e1KaYf6gJdH3cPm8NzT4wLs9Bv2RkX7q"}

    open_house(load({"data_dir": tmp_path / "data", **given})).close()

    assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize(("host", "is_open"), [("127.0.0.1", True), ("localhost", True), ("0.0.0.0", False)])  # noqa: S104
def test_open_mailbox_where_others_reach_the_server_is_none(tmp_path: Path, *, host: str, is_open: bool) -> None:
    opened = open_house(load({"data_dir": tmp_path / "data", "host": host}))

    mailbox = opened.open_mailbox

    opened.close()
    assert (mailbox is not None) is is_open


def test_require_own_tables_shared_store_in_production_refuses() -> None:
    with pytest.raises(SettingsInvalid, match="doorward store migrate"):
        require_own_tables(production("postgresql://127.0.0.1/x"))


def test_require_own_tables_embedded_store_in_production_passes() -> None:
    require_own_tables(production("sqlite:////srv/doorward.sqlite3"))


def test_migrate_store_in_memory_refuses() -> None:
    with pytest.raises(SettingsInvalid, match="in memory"):
        migrate(production("sqlite:///:memory:"))


@pytest.mark.parametrize("seconds", [0.0, 0.5, 2.0])
def test_open_house_remembers_for_the_bound_that_was_chosen(tmp_path: Path, seconds: float) -> None:
    opened = open_house(load({"data_dir": tmp_path / "data", "cache_bound_seconds": seconds}))
    snapshots = opened.adapters.snapshots

    opened.close()
    assert isinstance(snapshots, CachedSnapshots)
    assert snapshots._bound == opened.flows.keyring.reread_after == timedelta(seconds=seconds)
