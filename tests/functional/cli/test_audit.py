"""`doorward audit`."""

import csv
import json
import sqlite3
from contextlib import closing
from io import StringIO
from pathlib import Path

import pytest

from tests.functional.cli.conftest import Terminal

pytestmark = pytest.mark.usefixtures("in_use")


@pytest.fixture
def ada(run: Terminal) -> str:
    """Return the id of an account that an operator added."""
    run("users", "add", "ada", "ada@mail.example")
    return str(run("users", "show", "ada", "--json").document["id"])


def test_list_shows_what_happened_the_latest_first(run: Terminal) -> None:
    everything = run("audit", "list", "--json").document

    assert [entry["sequence"] for entry in everything] == list(range(len(everything), 0, -1))
    assert {entry["kind"] for entry in everything} >= {"key.made"}


def test_list_narrows_to_account_kind_and_time(run: Terminal, ada: str) -> None:
    by_name = run("audit", "list", "--account", "ada", "--kind", "account.added", "--json").document
    by_time = run("audit", "list", "--until", "1999-01-01", "--json").document
    said = run("audit", "list", "--since", "2999-01-01T00:00:00")

    assert [(entry["account_id"], entry["kind"]) for entry in by_name] == [(ada, "account.added")]
    assert by_time == []
    assert (said.status, said.out) == (0, "Nothing like this happened.\n")


def test_list_of_nobody_says_so_and_of_an_erased_account_looks_for_its_id(run: Terminal) -> None:
    nobody = run("audit", "list", "--account", "nobody", "--json")
    erased = run("audit", "list", "--actor", "0" * 26, "--json")

    assert (nobody.status, nobody.document["error"]) == (1, "NOT_FOUND")
    assert (erased.status, erased.document) == (0, [])


def test_verify_says_that_it_is_whole_and_gives_an_end_to_keep(run: Terminal) -> None:
    verdict = run("audit", "verify", "--json").document
    again = run("audit", "verify", "--end", verdict["end"])

    assert (verdict["sound"], verdict["first_broken"]) == (verdict["total"], None)
    assert again.status == 0
    assert verdict["end"] in again.out


def test_verify_finds_where_it_breaks(run: Terminal, in_use: Path) -> None:
    with closing(sqlite3.connect(in_use / "doorward.sqlite3")) as store, store:
        store.execute("DELETE FROM dw_audit WHERE sequence = 2")

    verdict = run("audit", "verify", "--json")
    said = run("audit", "verify")

    assert (verdict.status, verdict.document["error"], verdict.document["first_broken"]) == (1, "CHAIN_BROKEN", 2)
    assert (said.status, "The chain breaks at entry 2; the 1 before it are sound." in said.err) == (1, True)


def test_verify_what_is_no_end_is_refused(run: Terminal) -> None:
    said = run("audit", "verify", "--end", "1:x", "--json")

    assert (said.status, said.document["error"]) == (1, "VALIDATION_FAILED")


def test_export_writes_every_entry_to_the_terminal_or_a_file(run: Terminal, ada: str, tmp_path: Path) -> None:
    total = run("audit", "verify", "--json").document["total"]

    lines = run("audit", "export").out.splitlines()
    table = run("audit", "export", "--format", "csv", "--account", "ada").out
    said = run("audit", "export", str(tmp_path / "audit.ndjson"), "--after", "2", "--json").document

    assert said == {"file": str(tmp_path / "audit.ndjson"), "format": "ndjson"}
    assert [json.loads(line)["sequence"] for line in lines] == list(range(1, total + 1))
    assert [row[2:4] for row in csv.reader(StringIO(table))] == [["kind", "account_id"], ["account.added", ada]]
    assert (tmp_path / "audit.ndjson").read_text("utf-8").splitlines() == lines[2:]
    assert (tmp_path / "audit.ndjson").stat().st_mode & 0o777 == 0o600
