"""MongoDB that fails in the middle: holders that are killed or paused, and servers that go away or never answer."""

import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Event
from urllib.parse import urlsplit

import pytest
from pymongo import monitoring
from pymongo.errors import OperationFailure
from pymongo.monitoring import CommandFailedEvent, CommandListener, CommandStartedEvent, CommandSucceededEvent

from doorward.adapters.mongo import sessions, tables
from doorward.adapters.mongo.engine import unit
from doorward.adapters.mongo.engine.client import faults
from doorward.adapters.mongo.migrations import upgrade
from doorward.adapters.mongo.store import MongoStore
from doorward.core.accounts.records import Account
from doorward.core.kernel.errors import Unavailable
from doorward.core.operating.remove_expired import RemoveExpired
from doorward.testing.clock import FixedClock
from tests import mongodb
from tests.builders import NOW
from tests.contract.builders import a_link, a_session, add, an_account
from tests.contract.cutting import Cut, a_breaking_way
from tests.contract.mongodb_holder import OWNER

pytestmark = pytest.mark.mongodb

HOLDER = Path(__file__).with_name("mongodb_holder.py")
LEASE = timedelta(milliseconds=300)


def a_store(url: str, *, pool_size: int = 4, patience: timedelta = timedelta(seconds=5)) -> MongoStore:
    return MongoStore(
        url,
        on_change=lambda _: None,
        on_jobs=lambda: None,
        pool_size=pool_size,
        patience=patience,
        lease=LEASE,
    )


@pytest.fixture
def store(mongodb_store_url: str) -> Iterator[MongoStore]:
    opened = a_store(mongodb_store_url)
    yield opened
    opened.close()


@contextmanager
def a_holder(url: str, point: str, role: str = "operator") -> Iterator[subprocess.Popen[str]]:
    """Start a process that holds the turn, and return it when it has come to its point."""
    with subprocess.Popen(
        [sys.executable, str(HOLDER), url, point, role],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert said(process) == "here"
            yield process
        finally:
            process.send_signal(signal.SIGCONT)
            process.kill()


def said(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def going_on(process: subprocess.Popen[str]) -> str:
    """Let a process that was stopped go on, and return how its unit ended."""
    assert process.stdin is not None
    process.send_signal(signal.SIGCONT)
    process.stdin.write("\n")
    process.stdin.flush()
    return said(process)


def roles(store: MongoStore) -> tuple[str, ...]:
    with store.view() as view:
        return view.roles.of(OWNER)


def grant(store: MongoStore, role: str) -> None:
    with store.work() as work:
        work.roles.grant(OWNER, role)


def revoke(store: MongoStore, role: str) -> bool:
    with store.work() as work:
        return work.roles.revoke(OWNER, role)


def test_unit_of_a_process_killed_inside_is_forgotten(store: MongoStore, mongodb_store_url: str) -> None:
    with a_holder(mongodb_store_url, "inside") as process:
        process.kill()
        process.wait()

    grant(store, "support")

    assert roles(store) == ("support",)


def test_unit_of_a_process_killed_behind_its_commit_point_is_kept_whole(
    store: MongoStore, mongodb_store_url: str
) -> None:
    with a_holder(mongodb_store_url, "behind") as process:
        before = roles(store)
        process.kill()
        process.wait()

    grant(store, "support")

    assert before == ()
    assert roles(store) == ("operator", "support")


def test_unit_of_a_process_paused_inside_is_refused_when_it_goes_on(store: MongoStore, mongodb_store_url: str) -> None:
    with a_holder(mongodb_store_url, "inside") as process:
        process.send_signal(signal.SIGSTOP)
        grant(store, "support")

        ended = going_on(process)

    assert ended == "refused"
    assert roles(store) == ("support",)


def test_unit_of_a_process_paused_behind_its_commit_point_brings_nothing_back(
    store: MongoStore, mongodb_store_url: str
) -> None:
    with a_holder(mongodb_store_url, "behind") as process:
        process.send_signal(signal.SIGSTOP)
        was_there = revoke(store, "operator")

        ended = going_on(process)

    assert was_there
    assert ended == "kept"
    assert roles(store) == ()


def test_unit_of_another_process_that_lives_is_waited_for(mongodb_store_url: str) -> None:
    store = MongoStore(
        mongodb_store_url, on_change=lambda _: None, on_jobs=lambda: None, patience=timedelta(milliseconds=400)
    )

    with a_holder(mongodb_store_url, "inside") as process:
        with pytest.raises(Unavailable):
            grant(store, "support")
        ended = going_on(process)

    grant(store, "support")
    assert ended == "kept"
    assert roles(store) == ("operator", "support")
    store.close()


def test_consume_from_many_processes_and_threads_one_gets_it(store: MongoStore, mongodb_store_url: str) -> None:
    with store.work() as work:
        work.onetimes.add(a_link(1))
    command = [sys.executable, str(HOLDER), mongodb_store_url, "consume"]

    with ExitStack() as stack:
        processes = [
            stack.enter_context(subprocess.Popen(command, stdout=subprocess.PIPE, text=True)) for _ in range(4)
        ]
        counts = [int(said(process)) for process in processes]

    assert sum(counts) == 1


def test_names_that_change_hands_within_one_commit_are_all_kept(store: MongoStore) -> None:
    first, second = an_account(1, "first"), an_account(2, "second")
    add(store, first)
    add(store, second)

    with store.work() as work:
        aside = work.accounts.replace(named(first, "elsewhere"), expected=first)
        moved = work.accounts.replace(named(second, "first"), expected=second)
        back = work.accounts.replace(named(first, "second"), expected=replace(first, version=first.version + 1))

    with store.view() as view:
        names = [view.accounts.by_login(name) for name in ("first", "second", "elsewhere")]
    assert (aside, moved, back) == (True, True, True)
    assert [account and account.id for account in names] == [second.id, first.id, None]


def named(account: Account, name: str) -> Account:
    return replace(account, username=name, username_key=name, username_skeleton=name)


class Holding(CommandListener):
    """Holds a connection of the driver's pool from inside a query, while it is closed."""

    def __init__(self) -> None:
        self.is_open = Event()
        self.is_open.set()
        self.entered = Event()

    def started(self, event: CommandStartedEvent) -> None:
        if event.command_name == "find" and not self.is_open.is_set():
            self.entered.set()
            self.is_open.wait(30)

    def succeeded(self, event: CommandSucceededEvent) -> None:
        """Hear that a command went well."""

    def failed(self, event: CommandFailedEvent) -> None:
        """Hear that a command failed."""


@pytest.fixture
def store_of_five(store: MongoStore, monkeypatch: pytest.MonkeyPatch) -> MongoStore:
    """Return a store that removes two documents at once, with five sessions and five links."""
    monkeypatch.setattr(unit, "MOST_PURGED", 2)
    monkeypatch.setattr(sessions, "MOST_PURGED", 2)
    with store.work() as work:
        for number in range(5):
            work.sessions.add(a_session(number))
            work.onetimes.add(a_link(number))
    return store


def test_purge_of_more_than_is_removed_at_once_takes_several_goes(store_of_five: MongoStore) -> None:
    later = NOW + timedelta(days=400)

    removed = []
    for _ in range(4):
        with store_of_five.work() as work:
            removed.append((work.sessions.purge(later), work.onetimes.purge(later)))

    assert removed == [(2, 2), (2, 2), (1, 1), (0, 0)]


def test_all_that_has_expired_is_removed_however_much_is_removed_at_once(store_of_five: MongoStore) -> None:
    removed = RemoveExpired(store_of_five.work, FixedClock(NOW + timedelta(days=400)))()

    assert (removed["sessions"], removed["onetimes"]) == (5, 5)


def test_view_of_what_is_being_written_at_this_moment_is_unavailable(store: MongoStore, mongodb_store_url: str) -> None:
    add(store, an_account(1))
    with mongodb.a_client(mongodb_store_url) as client:
        accounts = client.get_default_database()[tables.accounts.name]
        accounts.update_one({"_id": an_account(1).id}, {"$unset": {"email_key": ""}})

    with pytest.raises(Unavailable), store.view() as view:
        view.accounts.by_id(an_account(1).id)


def test_view_pool_exhausted_is_unavailable(mongodb_store_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    holding = Holding()
    monkeypatch.setattr(monitoring, "_LISTENERS", monitoring._Listeners([holding], [], [], [], []))
    store = a_store(mongodb_store_url, pool_size=1, patience=timedelta(milliseconds=200))
    roles(store)

    with ThreadPoolExecutor(1) as threads:
        holding.is_open.clear()
        first = threads.submit(roles, store)
        holding.entered.wait(30)
        with pytest.raises(Unavailable):
            roles(store)
        holding.is_open.set()

    assert first.result() == ()
    store.close()


@pytest.mark.parametrize("word", [b"journal_of", b"written_at", b"committed"], ids=["journal", "writes", "release"])
def test_commit_whose_answer_is_lost_is_found_out_to_be_kept(mongodb_store_url: str, word: bytes) -> None:
    with a_way_that_breaks(mongodb_store_url) as (cut, store):
        with store.work() as work:
            work.roles.grant(OWNER, "operator")
            cut.word = word

        assert (cut.happened, roles(store)) == (1, ("operator",))


@pytest.mark.parametrize(
    ("word", "is_kept"),
    [(b"journal_of", False), (b"written_at", True), (b"committed", True)],
    ids=str,
)
def test_commit_that_breaks_on_its_way_is_kept_from_the_journal_on(
    mongodb_store_url: str, word: bytes, *, is_kept: bool
) -> None:
    with a_way_that_breaks(mongodb_store_url) as (cut, store):
        cut.is_before = True
        with nullcontext() if is_kept else pytest.raises(Unavailable), store.work() as work:
            work.roles.grant(OWNER, "operator")
            cut.word = word

        assert (cut.happened, roles(store)) == (1, ("operator",) if is_kept else ())


@contextmanager
def a_way_that_breaks(url: str) -> Iterator[tuple[Cut, MongoStore]]:
    """Open a store behind a way that can be cut; only a server whose port can be told is reached through it."""
    port = urlsplit(url).port
    if mongodb.real_server() or port is None:
        pytest.skip("the way to a real server is not ours to cut")
    with a_breaking_way(port) as cut:
        store = a_store(url.replace(f":{port}", f":{cut.port}"))
        roles(store)
        yield cut, store
        store.close()


@contextmanager
def a_mute_server() -> Iterator[str]:
    """Listen, and never answer."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"mongodb://127.0.0.1:{server.getsockname()[1]}/mute"


@pytest.mark.parametrize("act", [lambda store: grant(store, "operator"), roles, MongoStore.check])
def test_server_that_never_answers_is_unavailable(act: Callable[[MongoStore], object]) -> None:
    with a_mute_server() as url:
        store = a_store(url, patience=timedelta(milliseconds=200))

        with pytest.raises(Unavailable):
            act(store)

        store.close()


def test_server_that_goes_away_and_comes_back_serves_again(tmp_path: Path) -> None:
    with mongodb.a_server(tmp_path) as server:
        url = f"{server.url}/doorward"
        upgrade(url)
        store = a_store(url, patience=timedelta(seconds=1))
        grant(store, "operator")

        server.stop()
        with pytest.raises(Unavailable):
            grant(store, "support")
        with pytest.raises(Unavailable):
            roles(store)
        server.start()
        grant(store, "auditor")

        assert roles(store) == ("auditor", "operator")
        store.close()


@pytest.mark.parametrize(
    "url",
    ["mongodb://me:hunter2@h:notaport/x", "mongodb://me:hunter2@@h/x", "mongodb://me:hunter2@h/x?w", "mongodb://"],
)
def test_url_that_cannot_be_read_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(ValueError, match="mongodb://USER:PASSWORD@HOST/NAME") as caught:
        a_store(url)

    assert "hunter2" not in str(caught.value)
    assert caught.value.__suppress_context__


@pytest.mark.parametrize("code", [18, 91, 112, 14031])
def test_faults_server_that_is_full_away_or_does_not_know_us_is_unavailable(code: int) -> None:
    with pytest.raises(Unavailable), faults():
        raise OperationFailure("no", code)


def test_faults_programming_error_passes() -> None:
    with pytest.raises(OperationFailure), faults():
        raise OperationFailure("unknown operator", 2)
