"""PostgreSQL out of reach: cut off, silent, slow, or gone in the middle of an answer."""

import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Event
from time import monotonic

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from doorward.adapters.sql.engine.connection import Notes
from doorward.adapters.sql.engine.libpq import ANSWER_WITHIN, Link
from doorward.adapters.sql.engine.postgresql import Postgresql
from doorward.core.kernel.errors import Unavailable
from tests.faults.checker.history import Away, History, read
from tests.faults.conftest import Measure, checked
from tests.faults.kills.scenes import SCENES, Scene, SkewedClock, Stage, a_person
from tests.faults.kills.stores import opened
from tests.faults.machine.post_office import a_post_office
from tests.faults.machine.proxy import Fault, Proxy, a_proxy
from tests.faults.machine.server import Deployment, Running
from tests.faults.machine.tools import Cable, a_cable
from tests.faults.people.crowd import Crowd
from tests.processes import PATIENCE

pytestmark = pytest.mark.postgres
BRIEF = timedelta(seconds=0.3)
GOES_ON = ("/healthz", "/.well-known/jwks.json")


@pytest.fixture
def proxy(postgresql_url: str) -> Iterator[Proxy]:
    folder = conninfo_to_dict(postgresql_url)["host"]
    with a_proxy(Path(f"{folder}/.s.PGSQL.5432")) as opened_proxy:
        yield opened_proxy


@pytest.fixture
def url(proxy: Proxy, postgresql_url: str) -> str:
    name = conninfo_to_dict(postgresql_url)["dbname"]
    return f"postgresql://postgres@127.0.0.1:{proxy.port}/{name}?sslmode=disable&gssencmode=disable"


@contextmanager
def a_database(url: str) -> Iterator[Postgresql]:
    database = Postgresql(url, pool_size=2, patience=BRIEF, answer_within=BRIEF)
    yield database
    database.close()


@pytest.mark.parametrize("place", ["before", "inside", "at the end"])
def test_unit_server_that_falls_silent_is_unavailable_and_soon(url: str, proxy: Proxy, place: str) -> None:
    with a_database(url) as database:
        with database.unit(Notes()) as connection:
            run(connection, "SELECT 1")
        began = monotonic()
        with pytest.raises(Unavailable):
            fall_silent(database, proxy, place)
        took = monotonic() - began
        proxy.fault = Fault.NONE

        with database.unit(Notes()) as connection:
            run(connection, "SELECT 1")

    assert took < 15


def fall_silent(database: Postgresql, proxy: Proxy, place: str) -> None:
    if place == "before":
        proxy.fault = Fault.LOST
    with database.unit(Notes()) as connection:
        if place == "inside":
            proxy.fault = Fault.LOST
        run(connection, "SELECT 1")
        proxy.fault = Fault.LOST


def run(connection: object, text: str) -> None:
    link = getattr(connection, "_link", None)
    assert isinstance(link, Link)
    link.command(text.encode())


def test_connect_server_that_accepts_and_says_nothing_is_unavailable(url: str, proxy: Proxy) -> None:
    with a_database(f"{url}&connect_timeout=2") as database:
        proxy.fault = Fault.LOST
        with pytest.raises(Unavailable), database.unit(Notes()):
            pass


@pytest.mark.parametrize(("given", "expected"), [("", "5000"), ("&tcp_user_timeout=1234", "1234")])
def test_connect_notices_a_cable_that_was_cut_unless_the_url_says_otherwise(
    url: str, given: str, expected: str
) -> None:
    with a_database(url + given) as database:
        link = database.connect()
        found = {option.keyword.decode(): (option.val or b"").decode() for option in link.raw.pgconn.info}
        link.close()

    assert found["tcp_user_timeout"] == expected
    assert (found["keepalives_idle"], found["keepalives_interval"], found["keepalives_count"]) == ("5", "2", "3")


def test_cable_that_is_cut_inside_a_unit_is_unavailable_in_seconds_and_mends(postgresql_url: str) -> None:
    found = conninfo_to_dict(postgresql_url)
    with a_cable(Path(f"{found['host']}/.s.PGSQL.5432")) as cable:
        url = f"postgresql://postgres@{cable.address}:{cable.port}/{found['dbname']}?sslmode=disable&gssencmode=disable"
        database = Postgresql(url, pool_size=2)
        began = monotonic()
        with pytest.raises(Unavailable):
            cut_inside(database, cable)
        took = monotonic() - began
        cable.mend()
        with database.unit(Notes()) as connection:
            run(connection, "SELECT 1")
        database.close()

    sys.stdout.write(f"given up {took:.1f} s after the cut\n")
    assert took < ANSWER_WITHIN.total_seconds() - 10


def cut_inside(database: Postgresql, cable: Cable) -> None:
    with database.unit(Notes()) as connection:
        run(connection, "SELECT 1")
        cable.cut()
        run(connection, "SELECT 1")


def play(scene: Scene, stage: Stage, direct: Stage, proxy: Proxy, cut_at: int) -> bool:
    """Play a scene whose connection is cut at one answer, and tell whether that was reached."""
    person = a_person(direct, f"{scene.name.replace('_', '')}.{cut_at}")
    scene.prepare(direct, person)
    proxy.requests, proxy.cut_at = 0, cut_at
    with suppress(Away, Unavailable):
        scene.act(stage, replace(person, door=stage.door))  # who hears nothing has learned nothing
    was_reached, proxy.cut_at = proxy.requests >= cut_at, 0
    scene.go_on(direct, person)
    return was_reached


def test_connection_cut_at_any_answer_doubles_nothing_and_logs_nobody_out(  # noqa: PLR0917 (fixtures)
    url: str, postgresql_url: str, proxy: Proxy, measure: Measure, seed: int, tmp_path: Path
) -> None:
    history, clock = History(tmp_path / "history.jsonl"), SkewedClock()
    cuts: Counter[str] = Counter()
    with opened(url) as store, opened(postgresql_url) as direct_store:
        stage, direct = Stage(store, history, clock), Stage(direct_store, history, clock)
        for scene in SCENES:
            for cut_at in range(1 + seed % measure.step, 100, measure.step):
                if not play(scene, stage, direct, proxy, cut_at):
                    break
                cuts[scene.name] += 1
    report = checked([history.path], "--store", postgresql_url, name="connection cut, postgresql")
    history.close()

    assert report.violations == []
    assert len(cuts) > len(SCENES) // 2, cuts
    assert any(operation.outcome == "unknown" for operation in read([history.path]).operations)


OUTAGES = [Fault.HELD, Fault.REFUSED, Fault.LATE, Fault.TRICKLE]


def test_server_whose_store_is_away_answers_503_and_comes_back(
    url: str, proxy: Proxy, measure: Measure, postgresql_url: str, tmp_path: Path
) -> None:
    history = History(tmp_path / "history.jsonl")
    (tmp_path / "deployment").mkdir()
    with a_post_office(history) as office:
        deployment = Deployment(tmp_path / "deployment", {"DOORWARD_STORE_URL": url, **office.settings})
        with deployment.running() as server, Crowd(deployment.url, history, office).about() as crowd:
            for fault in OUTAGES:
                crowd.wait_for_answers(4)
                with proxy.broken(fault):
                    endure(server, measure.outage_seconds)
                if fault is Fault.REFUSED:
                    proxy.reset()
                back = server.wait_until_ready()
                sys.stdout.write(f"{fault.name.lower()}: ready {back:.2f} s after the heal\n")
            crowd.wait_for_answers(4)
        deployment.drain()
    report = checked(
        [history.path],
        f"--store={postgresql_url}",
        f"--data-dir={deployment.data_dir}",
        f"--log={deployment.log}",
        name="store away, postgresql",
    )
    history.close()

    assert report.violations == []


def endure(server: Running, seconds: float) -> None:
    """Let an outage last, and see that what needs no store goes on."""
    until = monotonic() + seconds
    while monotonic() < until:
        assert [server.status(path, timeout=PATIENCE) for path in GOES_ON] == [200, 200]
        Event().wait(0.2)


def test_command_server_that_never_answers_closes_the_connection(url: str, proxy: Proxy) -> None:
    link = Link(psycopg.connect(url, autocommit=True), patience=BRIEF)

    with proxy.broken(Fault.LOST), pytest.raises(psycopg.OperationalError):
        link.command(b"SELECT 1")

    assert link.raw.closed
