"""The disk of the embedded store: full, and lying about what it has written."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.checker.history import Away, History, Refused, read
from tests.faults.conftest import Measure, checked
from tests.faults.machine.post_office import PostOffice, a_post_office
from tests.faults.machine.server import Deployment, Running
from tests.faults.machine.tools import a_small_disk, strace
from tests.faults.people.by_http import HttpDoor
from tests.faults.people.person import Person, a_password
from tests.processes import wait_until

ROOM_IN_KIBIBYTES = 2_048


def a_member(deployment: Deployment, history: History, office: PostOffice, name: str) -> Person:
    """Return somebody who is signed in."""
    person = Person(name, HttpDoor(deployment.url), history)
    person.register()
    mail = office.wait_for(person.email)
    assert mail is not None
    person.verify(mail.token)
    person.sign_in()
    return person


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
        with deployment.running() as server:
            person = a_member(deployment, history, office, "margaret")
            for _ in range(1 if measure.step > 1 else 10):
                filler = fill(disk)
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


@pytest.mark.parametrize(
    ("calls", "error"), [("fsync,fdatasync", "EIO"), ("pwrite64", "ENOSPC"), ("pwrite64", "EIO")], ids=lambda x: x
)
def test_disk_that_fails_from_a_moment_on_acknowledges_nothing_that_is_not_kept(
    tmp_path: Path, calls: str, error: str, seed: int
) -> None:
    history = History(tmp_path / "history.jsonl")
    (tmp_path / "deployment").mkdir()
    when = 40 + seed % 25
    broken = strace(f"--trace={calls}", f"--inject={calls}:error={error}:when={when}+")
    with a_post_office(history) as office:
        deployment = Deployment(tmp_path / "deployment", office.settings)
        with deployment.running():
            person = a_member(deployment, history, office, "margaret")
        with deployment.running(*broken) as server:
            is_broken = [is_away(person.refresh) for _ in range(100)]
            after = [is_away(ask) for ask in writes_of(person, history).values()]
            went_on = reads_go_on(server, person)
            server.kill()
        with deployment.running():
            person.refresh()
            person.look()
        deployment.drain()
    report = checked(
        [history.path], f"--data-dir={deployment.data_dir}", f"--log={deployment.log}", name=f"{error} at {calls}"
    )
    history.close()

    told = read([history.path])
    sys.stdout.write(f"broken at call {when}, after {is_broken.index(True)} rotations\n")
    assert is_broken == sorted(is_broken)
    assert is_broken[-1]
    assert all(after)
    assert went_on
    assert report.violations == []
    assert any(operation.is_done for operation in told.of("refresh"))
