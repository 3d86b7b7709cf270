"""The disk of the embedded store: full, and lying about what it has written."""

from collections.abc import Callable
from pathlib import Path

from tests.faults.checker.history import Away, History, Refused
from tests.faults.conftest import Measure, checked
from tests.faults.machine.post_office import a_post_office
from tests.faults.machine.server import Deployment, Running
from tests.faults.machine.tools import a_small_disk, failing
from tests.faults.people.member import a_member
from tests.faults.people.person import Person, a_password
from tests.processes import wait_until

FAILURES = (("fsync,fdatasync", "EIO"), ("pwrite64", "ENOSPC"), ("pwrite64", "EIO"))
ROOM_IN_KIBIBYTES = 4_096
"""As much as the log of the store grows to before it is used anew (`wal_autocheckpoint`, 1,000 pages). From then on
nothing that stays as large as it is needs any room, and no disk is too full for it."""
TIMES = 5
"""How often the disk can be filled until then."""
MORE_THAN_FITS = 1_000
"""Rotations until the room that the log of the store had taken before is used up."""


def is_away(ask: Callable[[], object]) -> bool:
    """Tell whether a request is answered with 503, or not at all."""
    try:
        ask()
    except Away:
        return True
    except Refused as refused:
        raise AssertionError(f"refused with {refused.code}") from refused
    return False


def writes_of(person: Person, history: History) -> dict[str, Callable[[], object]]:
    """Return requests that write, of every kind."""
    stranger = Person(f"new.{person.name}", person.door, history)
    return {
        "register": stranger.register,
        "sign_in": person.sign_in,
        "refresh": person.refresh,
        "forgot": person.forget_password,
        "change_password": lambda: person.change_password(a_password()),
        "end_all": person.end_all,
    }


def reads_go_on(server: Running, person: Person) -> bool:
    """Tell whether what needs no write is answered."""
    person.look()
    return [server.status(path) for path in ("/healthz", "/.well-known/jwks.json")] == [200, 200]


def fill(folder: Path) -> Path:
    """Leave not a byte of room in a folder, and return what fills it."""
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as file:
        for size in (65_536, 4_096, 1):
            try:
                while True:
                    file.write(bytes(size))
            except OSError:
                continue
    return filler


def test_disk_full_writes_are_503_reads_go_on_and_it_recovers_by_itself(measure: Measure, tmp_path: Path) -> None:
    history = History(tmp_path / "history.jsonl")
    (tmp_path / "deployment").mkdir()
    with (
        a_post_office(history) as office,
        a_small_disk(tmp_path / "disk", kibibytes=ROOM_IN_KIBIBYTES) as disk,
    ):
        store = f"sqlite:///{disk / 'doorward.sqlite3'}"
        deployment = Deployment(tmp_path / "deployment", {"DOORWARD_STORE_URL": store, **office.settings})
        with deployment.running() as server, a_member(deployment.url, history, office) as person:
            for _ in range(1 if measure.step > 1 else TIMES):
                filler = fill(disk)
                assert any(is_away(person.refresh) for _ in range(MORE_THAN_FITS))
                away = {what: is_away(ask) for what, ask in writes_of(person, history).items()}
                went_on = reads_go_on(server, person)
                filler.unlink()
                wait_until(lambda: not is_away(person.refresh))
                back = {what: not is_away(ask) for what, ask in writes_of(person, history).items()}
                person.sign_in()
        deployment.drain()
        report = checked(
            [history.path],
            f"--store={store}",
            f"--data-dir={deployment.data_dir}",
            f"--log={deployment.log}",
            f"--disk={disk}",
            name="disk full, sqlite",
        )
    history.close()

    assert all(away.values()), away
    assert went_on
    assert all(back.values()), back
    assert report.violations == []


def test_disk_that_fails_from_a_moment_on_acknowledges_nothing_that_is_not_kept(
    tmp_path: Path, measure: Measure
) -> None:
    history = History(tmp_path / "history.jsonl")
    (tmp_path / "deployment").mkdir()
    away, went_on = [], []
    with a_post_office(history) as office:
        deployment = Deployment(tmp_path / "deployment", office.settings)
        with deployment.running() as server, a_member(deployment.url, history, office) as person:
            for calls, error in FAILURES * (1 if measure.step > 1 else 8):
                with failing(server.process.pid, calls, error=error):
                    away += [is_away(person.refresh) for _ in range(20)]
                    away += [is_away(ask) for ask in writes_of(person, history).values()]
                    went_on.append(reads_go_on(server, person))
                person.refresh()
            server.kill()
            with deployment.running():
                person.refresh()
                person.look()
        deployment.drain()
    report = checked(
        [history.path], f"--data-dir={deployment.data_dir}", f"--log={deployment.log}", name="disk that fails, sqlite"
    )
    history.close()

    assert all(away), away
    assert all(went_on)
    assert report.violations == []
