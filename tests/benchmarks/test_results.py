"""What is made of a run: ratios, who is first, and tables; from figures that are made up."""

from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from benchmarks.peers.results.markdown import full, put_in, short
from benchmarks.peers.results.run import Beside, Described, Figure, Gap, KeptRun, Line, read, together, write
from benchmarks.peers.results.table import notes, standing, table
from benchmarks.report import Spread


def a_figure(microseconds: float) -> Figure:
    return Figure(1e6 / microseconds, microseconds, 1.0, 2.0)


def a_line(peer: str, *microseconds: float, operation: str = "keys", hash_: str | None = None) -> Line:
    bare = tuple(a_figure(50.0) for _ in microseconds)
    return Line(operation, hash_, peer, tuple(map(a_figure, microseconds)), bare)


def a_peer(name: str, title: str) -> Described:
    return Described(name, title, "C", "a file", "none", {name: "1.0"}, {"keys": "Less: it is made up."})


def a_run(*lines: Line, at: str = "2026-01-01 10:00 UTC") -> KeptRun:
    return KeptRun(
        at=at,
        machine="a machine",
        rounds=3,
        seconds=2.0,
        peers=(
            a_peer("doorward", "Doorward"),
            a_peer("doorward-postgresql", "Doorward on PostgreSQL"),
            a_peer("other", "Other"),
        ),
        lines=lines or (a_line("doorward", 100, 110, 105), a_line("other", 220, 200, 210)),
        beside=(Beside("from start to ready", "other", (0.5, 0.7), "s"),),
        gaps=(Gap("other", "refresh", "it was answered with 500 | and words"),),
    )


def printed(run: KeptRun) -> str:
    console = Console(file=StringIO(), width=200)
    console.print(table(run))
    console.print(notes(run))
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


def test_line_costs_what_each_round_took_of_its_own_reference() -> None:
    line = Line("keys", None, "other", (a_figure(100), a_figure(300)), (a_figure(50), a_figure(100)))

    assert line.cost == Spread(2.5, 2.0, 3.0)
    assert line.speed.low == pytest.approx(1 / 3)


def test_run_that_was_kept_is_read_as_it_was(tmp_path: Path) -> None:
    run = a_run()

    write(run, tmp_path / "run.json")

    assert read(tmp_path / "run.json") == run


def test_runs_together_have_all_rounds_and_the_newest_words() -> None:
    first, second = a_run(), a_run(at="2026-01-02 10:00 UTC")

    both = together([second, first])

    assert both.at == "2026-01-01 10:00 UTC, 2026-01-02 10:00 UTC"
    assert both.rounds == 6
    assert [len(line.figures) for line in both.lines] == [6, 6]
    assert both.beside[0].values == (0.5, 0.7, 0.5, 0.7)
    assert both.gaps == second.gaps


def test_runs_together_of_which_one_missed_a_figure_have_it() -> None:
    first, second = a_run(), a_run(a_line("doorward", 90), at="2026-01-02 10:00 UTC")

    both = together([first, second])

    assert {line.peer: len(line.figures) for line in both.lines} == {"doorward": 4, "other": 3}


def test_standing_says_who_is_first_whoever_it_is() -> None:
    titles = {"doorward": "Doorward", "other": "Other"}
    ahead = standing([a_line("doorward", 100), a_line("other", 250)])
    behind = standing([a_line("doorward", 300), a_line("other", 200)])

    assert ahead is not None
    assert behind is not None
    assert ahead.said(titles) == "Doorward is first: Other takes 2.5 times its processor time"
    assert behind.said(titles) == "Other is first: Doorward takes 1.5 times its processor time"


def test_standing_of_doorward_on_two_stores_is_no_contest() -> None:
    assert standing([a_line("doorward", 100), a_line("doorward-postgresql", 90)]) is None
    assert standing([a_line("other", 100)]) is None


def test_table_shows_every_figure_and_every_gap() -> None:
    said = printed(a_run())

    for expected in ("2.10 (2.00 to 2.20)", "4.20", "Doorward is first", "0.60 (0.50 to 0.70)", "answered with 500"):
        assert expected in said
    assert "Less: it is made up." in said


def test_short_table_has_a_column_a_peer_and_sets_the_first_apart() -> None:
    text = short(a_run(a_line("doorward", 300), a_line("doorward-postgresql", 100), a_line("other", 200)))

    assert "|  | Doorward | Other |\n| --- | --- | --- |\n| keys | 6.00 | **4.00** |\n" in text
    assert "- keys: Other is first: Doorward takes 1.5 times its processor time.\n" in text
    assert text.startswith("2026-01-01 10:00 UTC; a machine; 3 rounds of 2 s.\n")


def test_short_table_tells_apart_what_was_hashed_how_and_lists_operations_in_their_order() -> None:
    cheap = replace(a_line("doorward", 100), operation="register", hash="cheap")
    dear = replace(cheap, hash="Argon2id")

    text = short(a_run(a_line("doorward", 100), cheap, dear))

    assert "| register, Argon2id hash | **2.00** | - |\n| register, cheap hash | **2.00** | - |\n| keys |" in text


def test_full_table_has_every_line_measure_note_and_gap() -> None:
    text = full(a_run())

    assert "|  | Doorward | 2.10 (2.00 to 2.20) | 105 |" in text
    assert "| from start to ready, s |  |  | 0.60 (0.50 to 0.70) |" in text
    assert "- Other, keys: Less: it is made up.\n" in text
    assert "| Other | refresh | it was answered with 500 / and words |" in text


def test_page_has_what_is_between_its_marks_written_anew_and_nothing_else() -> None:
    page = "before\n<!-- begin: a -->\nold\n<!-- end: a -->\nafter\n"

    once = put_in(page, "a", "new\n")

    assert once == "before\n<!-- begin: a -->\n\nnew\n\n<!-- end: a -->\nafter\n"
    assert put_in(once, "a", "new\n") == once
    with pytest.raises(ValueError, match="begin: b"):
        put_in(page, "b", "new")
