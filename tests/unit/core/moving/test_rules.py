"""How a record is written down, what a digest of many is, and what a backup may bring back to life."""

from datetime import timedelta
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.core.moving.records import JOBS, KINDS, ONETIMES, SESSIONS, Kind, Row, Summary, Value
from doorward.core.moving.rules import BURIED, Gate, Move, Tally, move_of, read_back, written
from tests.builders import NOW

VALUES: st.SearchStrategy[Value] = st.one_of(
    st.none(), st.integers(), st.binary(), st.text(st.characters(exclude_categories=["Cs"]))
)
MICROSECONDS = 1_767_225_600_000_000


def a_row(kind: Kind, **values: Value) -> Row:
    return tuple(values.get(column) for column in kind.columns)


def told(kind: Kind, row: Row, *columns: str) -> list[Value]:
    return [row[kind.place(column)] for column in columns]


@pytest.mark.parametrize(
    ("row", "line"),
    [
        pytest.param(("a", 1, None, b"\x00\xff"), '["a",1,null,{"hex":"00ff"}]', id="one of each"),
        pytest.param(("ü€😀",), '["ü€😀"]', id="RFC 8785, 3.2.2.2: letters as they are"),
        pytest.param(('"\\/\b\f\n\r\t',), r'["\"\\/\b\f\n\r\t"]', id="RFC 8785, 3.2.2.2: short escapes"),
        pytest.param(("\x00\x1f\x7f",), '["\\u0000\\u001f\x7f"]', id="RFC 8785, 3.2.2.2: other controls"),
        pytest.param((-5, 2**63 - 1), "[-5,9223372036854775807]", id="whole numbers"),
        pytest.param((), "[]", id="nothing"),
    ],
)
def test_written_is_one_line_and_reads_back(row: Row, line: str) -> None:
    assert written(row) == line.encode()
    assert read_back(line.encode()) == row


@given(st.lists(VALUES).map(tuple))
def test_read_back_gives_what_was_written_on_one_line(row: Row) -> None:
    line = written(row)

    assert read_back(line) == row
    assert b"\n" not in line


@pytest.mark.parametrize("line", [b"", b"{}", b"[1.5]", b"[[1]]", b'[{"hex":"0g"}]', b'[{"hex":"00","x":1}]', b"[1"])
def test_read_back_of_anything_else_refuses(line: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_back(line)


def test_tally_is_the_sum_of_the_records_digests() -> None:
    tally = Tally()

    tally.add([("a", 1), ("b", 2)])

    total = sum(int.from_bytes(sha256(line).digest()) for line in (b'["a",1]', b'["b",2]'))
    assert tally.summary() == Summary(2, (total % 2**256).to_bytes(32))


def test_tally_does_not_depend_on_order_or_pages_but_on_every_value() -> None:
    one, other, third = Tally(), Tally(), Tally()

    one.add([("a", 1), ("b", 2), ("c", 3)])
    other.add([("c", 3)])
    other.add([("b", 2), ("a", 1)])
    third.add([("a", 1), ("b", 2), ("c", 4)])

    assert one.summary() == other.summary()
    assert one.summary() != third.summary()


def test_tally_counts_the_same_record_twice() -> None:
    once, twice = Tally(), Tally()

    once.add([("a",)])
    twice.add([("a",), ("a",)])

    assert once.summary() != twice.summary()


def test_move_is_kept_as_text_and_read_back() -> None:
    sessions, roles = SESSIONS, KINDS[3]
    move = Move("here").at(roles, ("ada", "operator")).at(sessions, None)

    kept = move_of(move.text())

    assert kept == move
    assert (kept.after(roles), kept.is_through(roles)) == (("ada", "operator"), False)
    assert kept.is_through(sessions)
    assert kept.after(JOBS) is None


def test_move_again_begins_kinds_anew() -> None:
    move = Move("here").at(SESSIONS, None).at(JOBS, None)

    again = move.again(["jobs"])

    assert (again.is_through(SESSIONS), again.is_through(JOBS), again.after(JOBS)) == (True, False, None)


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", '{"from":"x"}', '{"from":"x","positions":[]}'])
def test_move_of_what_cannot_be_read_comes_from_nowhere(text: str) -> None:
    assert move_of(text) == Move("")


def test_gate_sessions_have_ended_on_the_way_in() -> None:
    gate = Gate(NOW, keeps_sessions=False)
    live = a_row(SESSIONS, id="1", gone_day=99_999, digest=b"d")
    soon = a_row(SESSIONS, id="2", gone_day=5)

    rows = gate(SESSIONS, [live, soon])

    assert [told(SESSIONS, row, "id", "ended_at", "end_reason", "gone_day") for row in rows] == [
        ["1", MICROSECONDS, "restored", 20_454],
        ["2", MICROSECONDS, "restored", 5],
    ]
    assert rows[0][SESSIONS.place("digest")] == b"d"
    assert gate.sessions_ended == 2


def test_gate_session_that_had_ended_keeps_its_reason() -> None:
    gate = Gate(NOW, keeps_sessions=False)
    ended = a_row(SESSIONS, id="1", ended_at=1, end_reason="signed_out", gone_day=2)

    assert gate(SESSIONS, [ended]) == [ended]
    assert gate.sessions_ended == 0


def test_gate_sessions_are_kept_when_that_is_wanted() -> None:
    gate = Gate(NOW, keeps_sessions=True)
    live = a_row(SESSIONS, id="1", gone_day=99_999)

    assert gate(SESSIONS, [live]) == [live]
    assert gate.sessions_ended == 0


@pytest.mark.parametrize("keeps_sessions", [True, False])
def test_gate_what_may_be_used_once_stays_out(*, keeps_sessions: bool) -> None:
    gate = Gate(NOW, keeps_sessions=keeps_sessions)

    assert gate(ONETIMES, [a_row(ONETIMES, digest=b"1"), a_row(ONETIMES, digest=b"2")]) == []
    assert gate.artefacts_discarded == 2


def test_gate_jobs_that_waited_are_dead_and_others_as_they_were() -> None:
    gate = Gate(NOW + timedelta(days=1), keeps_sessions=True)
    ready = a_row(JOBS, id="1", state="ready", leased_until=5, sealed_payload=b"sealed")
    done = a_row(JOBS, id="2", state="done")
    dead = a_row(JOBS, id="3", state="dead", last_error="nobody there")

    first, *others = gate(JOBS, [ready, done, dead])

    assert told(JOBS, first, "state", "leased_until", "last_error") == ["dead", None, BURIED]
    assert told(JOBS, first, "sealed_payload") == [b"sealed"]
    assert others == [done, dead]
    assert gate.jobs_buried == 1


def test_gate_other_kinds_pass() -> None:
    rows: list[Row] = [a_row(KINDS[0], id="1")]

    assert Gate(NOW, keeps_sessions=False)(KINDS[0], rows) is rows
