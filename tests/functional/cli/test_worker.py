"""`doorward worker`, in processes of its own, with a mail server that answers or does not."""

import asyncio
import json
import shutil
import signal
import sqlite3
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Final

import httpx2
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from doorward.assembly.house import House, open_house
from doorward.core.outbox.records import Letter, LetterKind
from doorward.settings.load import load
from doorward.worker.jobs import SCHEDULE
from tests.processes import PATIENCE, free_port, ran, serving, wait_until, working

REGISTRATION = {"username": "ada", "email": "ada@mail.example", "password": "correct horse battery staple"}
MANY = 40
SAID = ["✓ Waiting for jobs. Ctrl-C stops it.", "Stopped."]
NOTHING: Final[Mapping[str, str]] = MappingProxyType({})
SENDER = {"DOORWARD_MAIL_FROM": "Doorward <no-reply@mail.example>"}


class Letterbox:
    """Keeps what a mail server was given."""

    def __init__(self) -> None:
        self.ids: list[str] = []
        self.held_up: set[str] = set()
        self.is_holding = threading.Event()
        self.go_on = threading.Event()

    async def handle_RCPT(  # noqa: N802 (the name that the server calls)
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if address in self.held_up:
            self.is_holding.set()
            await asyncio.to_thread(self.go_on.wait, PATIENCE)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 (the name that the server calls)
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        content = envelope.content
        assert isinstance(content, bytes)
        headers = content.decode().partition("\r\n\r\n")[0].splitlines()
        self.ids += [line.partition(": ")[2] for line in headers if line.lower().startswith("message-id:")]
        return "250 OK"


@contextmanager
def a_mail_server() -> Iterator[tuple[dict[str, str], Letterbox]]:
    """Yield the settings that lead to a mail server, and what it was given."""
    letterbox = Letterbox()
    controller = Controller(letterbox, hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        yield {**SENDER, "DOORWARD_SMTP_URL": f"smtp://127.0.0.1:{controller.port}"}, letterbox
    finally:
        letterbox.go_on.set()
        controller.stop()


@pytest.fixture(scope="module")
def registered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a deployment in which the answer to a registration waits to be sent."""
    folder = tmp_path_factory.mktemp("registered") / "data"
    with serving(folder, "--no-worker") as server:
        answer = server.post("/v1/auth/register_mobile", REGISTRATION)
        status, _, _ = server.end()
    assert (answer.status_code, status) == (201, 0)
    assert [state for _, state, _ in jobs(folder)] == ["ready"]
    return folder


@pytest.fixture
def data_dir(registered: Path, tmp_path: Path) -> Path:
    """Return a copy of it."""
    return Path(shutil.copytree(registered, tmp_path / "data"))


def jobs(data_dir: Path) -> list[tuple[str, str, int]]:
    """Return name, state and attempts of every job."""
    with closing(sqlite3.connect(data_dir / "doorward.sqlite3")) as store:
        return store.execute("SELECT name, state, attempts FROM dw_jobs ORDER BY id").fetchall()


def let_time_pass(data_dir: Path) -> None:
    """Do to the jobs what a few minutes would do."""
    with closing(sqlite3.connect(data_dir / "doorward.sqlite3")) as store, store:
        store.execute("UPDATE dw_jobs SET run_at = created_at, leased_until = created_at WHERE state = 'ready'")


def letters(data_dir: Path) -> list[tuple[str, int]]:
    """Return state and attempts of every letter."""
    return [(state, attempts) for name, state, attempts in jobs(data_dir) if name.startswith("send_letter")]


@contextmanager
def a_house(data_dir: Path, variables: Mapping[str, str] = NOTHING) -> Iterator[House]:
    """Open the house of a deployment in this process, which is faster than its command line."""
    given = {name.removeprefix("DOORWARD_").lower(): value for name, value in variables.items()}
    house = open_house(load({"data_dir": data_dir, **given}))
    try:
        yield house
    finally:
        house.close()


def write_letters(data_dir: Path, count: int) -> None:
    """Queue so many letters."""
    with a_house(data_dir) as house, house.store.work() as work:
        for number in range(count):
            letter = Letter(LetterKind.PASSWORD_CHANGED, f"reader{number}@mail.example", "ada")
            house.tools.post.letter(work.outbox, letter, now=house.clock.now())


def deliver(data_dir: Path, variables: Mapping[str, str]) -> int:
    """Do what `doorward worker --drain` does, what is scheduled and every job that is due, and return how many."""
    with a_house(data_dir, variables) as house:
        house.worker.post_scheduled()
        return house.worker.drain()


def drained(data_dir: Path, variables: Mapping[str, str]) -> int:
    """Return how many jobs a worker ran that ends when nothing is due."""
    status, out, err = ran(
        "worker", "--drain", "--json", "--data-dir", str(data_dir), cwd=data_dir.parent, variables=variables
    )
    assert status == 0, err
    count: int = json.loads(out)["ran"]
    return count


def test_worker_drain_sends_what_waits_and_does_what_is_scheduled_once(data_dir: Path) -> None:
    with a_mail_server() as (settings, letterbox):
        first = drained(data_dir, settings)
        second = deliver(data_dir, settings)

    assert (first, second) == (2 + len(SCHEDULE), 0)
    assert len(letterbox.ids) == 1
    assert {state for _, state, _ in jobs(data_dir)} == {"done"}


def test_worker_killed_in_the_middle_of_a_batch_loses_nothing_and_repeats_only_what_it_had_not_written(
    data_dir: Path,
) -> None:
    write_letters(data_dir, MANY)
    with a_mail_server() as (settings, letterbox):
        letterbox.held_up = {f"reader{MANY // 2}@mail.example"}
        with working(data_dir, settings) as worker:
            assert letterbox.is_holding.wait(PATIENCE)
            worker.kill()
            worker.communicate(timeout=PATIENCE)
        letterbox.held_up = set()
        letterbox.go_on.set()
        unwritten = sum(state == "ready" for state, _ in letters(data_dir))
        let_time_pass(data_dir)
        deliver(data_dir, settings)
        sent = Counter(letterbox.ids)

    assert len(sent) == len(letters(data_dir))
    assert len(sent) >= MANY
    assert {state for state, _ in letters(data_dir)} == {"done"}
    assert max(sent.values()) <= 2
    assert sum(times == 2 for times in sent.values()) <= unwritten


def test_worker_paused_for_longer_than_its_lease_changes_nothing_when_it_wakes(data_dir: Path) -> None:
    with a_mail_server() as (settings, letterbox):
        deliver(data_dir, settings)
        write_letters(data_dir, 1)
        letterbox.held_up = {"reader0@mail.example"}
        with working(data_dir, settings) as worker:
            assert letterbox.is_holding.wait(PATIENCE)
            worker.send_signal(signal.SIGSTOP)
            letterbox.held_up = set()
            let_time_pass(data_dir)
            deliver(data_dir, settings)
            before = letters(data_dir)
            letterbox.go_on.set()
            worker.send_signal(signal.SIGCONT)
            wait_until(lambda: max(Counter(letterbox.ids).values()) == 2)
            worker.send_signal(signal.SIGTERM)
            _, err = worker.communicate(timeout=PATIENCE)

    assert letters(data_dir) == before
    assert sorted(before) == [("done", 1), ("done", 2)]
    assert "job.lost" in err
    assert len(set(letterbox.ids)) == 2


def test_worker_two_on_one_store_do_each_slot_once(data_dir: Path) -> None:
    with a_mail_server() as (settings, _), working(data_dir, settings) as one, working(data_dir, settings) as other:
        wait_until(lambda: [state for _, state, _ in jobs(data_dir)].count("done") == 2 + len(SCHEDULE))
        for worker in (one, other):
            worker.send_signal(signal.SIGTERM)
            worker.communicate(timeout=PATIENCE)

    names = [name for name, _, _ in jobs(data_dir)]
    assert all(names.count(row.name) == 1 for row in SCHEDULE)
    assert {attempts for _, _, attempts in jobs(data_dir)} == {1}


def test_worker_mail_server_down_puts_off_and_delivers_later(data_dir: Path) -> None:
    down = {**SENDER, "DOORWARD_SMTP_URL": f"smtp://127.0.0.1:{free_port()}"}

    deliver(data_dir, down)
    meanwhile = letters(data_dir)
    let_time_pass(data_dir)
    with a_mail_server() as (settings, letterbox):
        deliver(data_dir, settings)

    assert meanwhile == [("ready", 1)]
    assert letters(data_dir) == [("done", 2)]
    assert len(letterbox.ids) == 1


def test_worker_ctrl_c_ends_it_well(data_dir: Path) -> None:
    with a_mail_server() as (settings, letterbox), working(data_dir, settings) as worker:
        wait_until(lambda: len(letterbox.ids) == 1)
        worker.send_signal(signal.SIGINT)
        out, err = worker.communicate(timeout=PATIENCE)

    assert worker.returncode == 0
    assert out.splitlines() == SAID
    assert "Traceback" not in err


def test_worker_beside_a_server_sends_what_the_server_posts_and_a_signal_ends_it_well(tmp_path: Path) -> None:
    folder = tmp_path / "data"

    with (
        a_mail_server() as (settings, letterbox),
        serving(folder, "--no-worker") as server,
        working(folder, settings) as worker,
    ):
        server.post("/v1/auth/register_mobile", REGISTRATION)
        wait_until(lambda: len(letterbox.ids) == 1)
        worker.send_signal(signal.SIGTERM)
        out, err = worker.communicate(timeout=PATIENCE)

    assert worker.returncode == 0
    assert out.splitlines() == SAID
    assert "Traceback" not in err


def test_worker_shows_its_figures_and_whether_it_works_on_a_port_of_its_own(data_dir: Path) -> None:
    port = free_port()
    with a_mail_server() as (settings, letterbox):
        variables = {**settings, "DOORWARD_METRICS_PORT": str(port)}
        with working(data_dir, variables) as worker:
            wait_until(lambda: len(letterbox.ids) == 1)
            ready = httpx2.get(f"http://127.0.0.1:{port}/readyz")
            wait_until(lambda: 'last_success_age_seconds{task="rotate_keys"} +Inf' not in figures(port))
            shown = figures(port)
            worker.send_signal(signal.SIGTERM)
            worker.communicate(timeout=PATIENCE)

    assert (ready.status_code, ready.text) == (200, "ready\n")
    assert 'doorward_queue_waiting_jobs{name="unknown"} 0.0' in shown
    assert "doorward_worker_last_look_age_seconds" in shown


def figures(port: int) -> str:
    return httpx2.get(f"http://127.0.0.1:{port}/metrics").text
