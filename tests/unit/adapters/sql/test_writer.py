"""Group commit: what units of work that share a transaction do to one another."""

import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from threading import Event

import pytest

from doorward.adapters.sql.engine.writer import GROUP_LIMIT, Writer
from doorward.core.kernel.errors import Unavailable

LONG_ENOUGH = 10


class Broken(Exception):
    """What a unit of work is left by."""


class Fragile(sqlite3.Connection):
    """A connection that counts commits, and fails at the statements that it is told to."""

    commits = 0
    fails_at: frozenset[str] = frozenset()
    interrupted: str = ""

    def execute(self, text: str, *values: object) -> sqlite3.Cursor:
        if text in self.fails_at:
            raise sqlite3.OperationalError("disk I/O error")
        if self.interrupted == f"before {text}":
            raise KeyboardInterrupt
        self.commits += text == "COMMIT"
        done = super().execute(text, *values)  # type: ignore[arg-type]  # its values are objects to us
        if self.interrupted == f"after {text}":
            raise KeyboardInterrupt
        return done


@dataclass(slots=True)
class Bench:
    """A writer on a file, and the connections that it opened."""

    path: Path
    opened: list[Fragile]
    writer: Writer
    threads: ThreadPoolExecutor

    def add(self, name: str) -> None:
        with self.writer.unit() as raw:
            raw.execute("INSERT INTO names VALUES (?)", (name,))

    def add_and_break(self, name: str) -> None:
        with self.writer.unit() as raw:
            raw.execute("INSERT INTO names VALUES (?)", (name,))
            raise Broken

    def behind(self, *acts: Callable[[], None]) -> list[Future[None]]:
        """Start acts in threads, each when the one before stands in line."""
        started = []
        for length, act in enumerate(acts, start=len(self.writer._line) + 1):
            started.append(self.threads.submit(act))
            self.until_line_has(length)
        return started

    def until_line_has(self, length: int) -> None:
        pause = Event()
        while len(self.writer._line) != length:
            pause.wait(0.001)

    def kept(self) -> set[str]:
        with self.reading() as reader:
            return {row[0] for row in reader.execute("SELECT name FROM names")}

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        reader = sqlite3.connect(self.path)
        try:
            yield reader
        finally:
            reader.close()


@pytest.fixture(params=[timedelta(seconds=LONG_ENOUGH)])
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bench]:
    path = tmp_path / "names.db"
    opened: list[Fragile] = []

    def connect() -> sqlite3.Connection:
        raw = sqlite3.connect(path, isolation_level=None, check_same_thread=False, factory=Fragile)
        raw.execute("PRAGMA journal_mode = WAL")
        raw.execute("CREATE TABLE IF NOT EXISTS names (name TEXT PRIMARY KEY)")
        opened.append(raw)
        return raw

    writer = Writer(connect, patience=request.param)
    with ThreadPoolExecutor(GROUP_LIMIT + 10) as threads:
        yield Bench(path, opened, writer, threads)
    writer.close()


def outcome(future: Future[None]) -> str:
    error = future.exception(LONG_ENOUGH)
    return type(error).__name__ if error else "kept"


def test_unit_alone_commits_at_once(bench: Bench) -> None:
    bench.add("a")
    bench.add("b")

    assert bench.opened[0].commits == 2
    assert bench.kept() == {"a", "b"}


def test_unit_others_wait_one_commit_makes_all_durable(bench: Bench) -> None:
    with bench.writer.unit() as raw:
        raw.execute("INSERT INTO names VALUES ('first')")
        others = bench.behind(*(lambda name=name: bench.add(name) for name in "abc"))

    assert [outcome(other) for other in others] == ["kept"] * 3
    assert bench.opened[0].commits == 1
    assert bench.kept() == {"first", "a", "b", "c"}


def test_unit_returns_only_when_the_group_is_durable(bench: Bench) -> None:
    may_go_on = Event()

    def slow() -> None:
        with bench.writer.unit():
            may_go_on.wait(LONG_ENOUGH)

    with bench.writer.unit() as raw:
        first, last = bench.behind(lambda: bench.add("first"), slow)
        raw.execute("INSERT INTO names VALUES ('outer')")
        bench.threads.submit(bench.until_line_has, 0).add_done_callback(lambda _: may_go_on.set())
        before = (first.done(), bench.kept())

    assert before == (False, set())
    assert (outcome(first), outcome(last)) == ("kept", "kept")
    assert bench.kept() == {"outer", "first"}


def test_unit_reads_what_the_units_before_it_wrote(bench: Bench) -> None:
    seen: list[int] = []

    def count() -> None:
        with bench.writer.unit() as raw:
            seen.extend(raw.execute("SELECT count(*) FROM names").fetchone())

    with bench.writer.unit() as raw:
        raw.execute("INSERT INTO names VALUES ('first')")
        (other,) = bench.behind(count)

    assert outcome(other) == "kept"
    assert seen == [1]


@pytest.mark.parametrize("breaking", [0, 1, 2])
def test_unit_broken_others_of_its_group_are_kept(bench: Bench, breaking: int) -> None:
    def act(number: int) -> Callable[[], None]:
        name = f"name {number}"
        return (lambda: bench.add_and_break(name)) if number == breaking else (lambda: bench.add(name))

    with bench.writer.unit():
        others = bench.behind(*(act(number) for number in range(3)))

    assert [outcome(other) == "Broken" for other in others] == [number == breaking for number in range(3)]
    assert bench.kept() == {f"name {number}" for number in range(3) if number != breaking}


def test_unit_first_broken_others_begin_anew(bench: Bench) -> None:
    def first() -> None:
        with bench.writer.unit() as raw:
            raw.execute("INSERT INTO names VALUES ('first')")
            others.extend(bench.behind(lambda: bench.add("second")))
            raise Broken

    others: list[Future[None]] = []

    with pytest.raises(Broken):
        first()

    assert [outcome(other) for other in others] == ["kept"]
    assert bench.kept() == {"second"}


def test_commit_failed_every_member_hears_it_and_nothing_is_kept(bench: Bench) -> None:
    bench.add("before")
    raw = bench.opened[0]

    def first() -> None:
        with bench.writer.unit():
            others.extend(
                bench.behind(lambda: bench.add("a"), lambda: bench.add_and_break("b"), lambda: bench.add("c"))
            )
            raw.fails_at = frozenset({"COMMIT"})

    others: list[Future[None]] = []

    with pytest.raises(Unavailable):
        first()

    assert [outcome(other) for other in others] == ["Unavailable"] * 3
    assert bench.kept() == {"before"}
    raw.fails_at = frozenset()
    bench.add("after")
    assert bench.kept() == {"before", "after"}


@pytest.mark.parametrize(
    ("moment", "kept"), [("before COMMIT", {"before", "b"}), ("after COMMIT", {"before", "a", "b"})]
)
def test_commit_interrupted_keeps_all_or_nothing_and_holds_nobody(bench: Bench, moment: str, kept: set[str]) -> None:
    bench.add("before")
    (raw,) = bench.opened
    raw.interrupted = moment
    with pytest.raises(KeyboardInterrupt):
        bench.add("a")
    raw.interrupted = ""

    bench.add("b")

    assert bench.kept() == kept


def test_commit_interrupted_before_anything_was_kept_every_other_member_hears_it(bench: Bench) -> None:
    bench.add("before")
    (raw,) = bench.opened

    def first() -> None:
        with bench.writer.unit():
            others.extend(bench.behind(lambda: bench.add("a")))
            raw.interrupted = "before COMMIT"

    others: list[Future[None]] = []

    with pytest.raises(Unavailable):
        first()

    with pytest.raises(KeyboardInterrupt):
        others[0].result(LONG_ENOUGH)
    assert bench.kept() == {"before"}


def test_commit_failed_and_rolling_back_too_the_connection_is_replaced(bench: Bench) -> None:
    bench.add("before")
    bench.opened[0].fails_at = frozenset({"COMMIT", "ROLLBACK"})

    with pytest.raises(Unavailable):
        bench.add("lost")
    bench.add("after")

    assert len(bench.opened) == 2
    assert bench.kept() == {"before", "after"}


def test_transaction_lost_within_a_group_every_member_hears_it(bench: Bench) -> None:
    def lose() -> None:
        with bench.writer.unit() as raw:
            raw.execute("ROLLBACK")  # as SQLite does by itself when the disk is full
            raise Broken

    def first() -> None:
        with bench.writer.unit() as raw:
            raw.execute("INSERT INTO names VALUES ('lost')")
            others.extend(bench.behind(lambda: bench.add("lost too"), lose, lambda: bench.add("next")))

    others: list[Future[None]] = []

    with pytest.raises(Unavailable):
        first()

    assert [outcome(other) for other in others] == ["Unavailable", "Unavailable", "kept"]
    assert bench.kept() == {"next"}


def test_begin_failed_the_next_may_try(bench: Bench) -> None:
    bench.add("before")
    bench.opened[0].fails_at = frozenset({"BEGIN IMMEDIATE"})

    with pytest.raises(sqlite3.OperationalError):
        bench.add("lost")
    bench.opened[0].fails_at = frozenset()
    bench.add("after")

    assert bench.kept() == {"before", "after"}


@pytest.mark.parametrize("bench", [timedelta(milliseconds=20)], indirect=True)
def test_unit_waited_too_long_gives_up_and_holds_nobody(bench: Bench) -> None:
    with bench.writer.unit() as raw:
        raw.execute("INSERT INTO names VALUES ('first')")
        given_up = outcome(bench.threads.submit(bench.add, "late"))
    bench.add("after")

    assert given_up == "Unavailable"
    assert bench.kept() == {"first", "after"}


def test_unit_more_than_fit_in_a_group_take_two_commits(bench: Bench) -> None:
    with bench.writer.unit():
        others = bench.behind(*(lambda name=str(number): bench.add(name) for number in range(GROUP_LIMIT)))

    assert {outcome(other) for other in others} == {"kept"}
    assert bench.opened[0].commits == 2
    assert len(bench.kept()) == GROUP_LIMIT


def test_unit_disk_full_nothing_is_half_kept_and_the_writer_goes_on(bench: Bench) -> None:
    bench.add("before")
    raw = bench.opened[0]
    raw.execute("PRAGMA max_page_count = 10")

    with pytest.raises(sqlite3.OperationalError, match="full"):
        bench.add("x" * 100_000)
    bench.add("after")

    assert bench.kept() == {"before", "after"}


def test_close_waits_for_the_unit_that_runs(bench: Bench) -> None:
    with bench.writer.unit() as raw:
        (closing,) = bench.behind(bench.writer.close)
        raw.execute("INSERT INTO names VALUES ('first')")

    assert outcome(closing) == "kept"
    assert bench.kept() == {"first"}
