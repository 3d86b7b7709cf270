"""Plays, played by wrk and gone through by hand, against a small server that remembers what it was sent."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock, Thread
from typing import Final
from urllib.parse import parse_qs

import pytest

from benchmarks.peers.playing.play import Deal, Play, Step, Take, Variables
from benchmarks.peers.playing.walk import walk
from benchmarks.peers.playing.wrk import Manner, Played, dealt, playing
from benchmarks.run import CannotMeasure

BRIEF: Final = Manner(0.05, callers=4, least_turns=4)
ODD: Final = "a+b/c=&d"
"""A value that a form must encode."""

TOKEN: Final = Take('"token":"', '"')
CODE: Final = Take("code=", "&", header="location")
REFRESH: Final = Step("POST", "/refresh", json={"token": "<<token>>"}, takes={"token": TOKEN})
AUTHORIZE: Final = Step("GET", "/authorize", {"Cookie": "<<session>>"}, status=302, takes={"code": CODE})
EXCHANGE: Final = Step("POST", "/token", form={"odd": f"x {ODD}", "code": "<<code>>", "session": "<<session>>"})


class Answering(BaseHTTPRequestHandler):
    """Rotates tokens, gives codes for one use, and echoes; what is used twice is answered with 400."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    lock = Lock()
    used: set[str]
    seen: list[str]

    def do_GET(self) -> None:
        if self.path == "/authorize":
            code = f"{self._next()}"
            self._answer(302, "", {"Location": f"https://app.example/?code={code}&state=s"})
            return
        self.seen.append(self.path)
        self._answer(200, "{}")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        if self.path == "/refresh":
            self._use(json.loads(body)["token"], f'{{"token":"{self._next()}"}}')
            return
        form = parse_qs(body, strict_parsing=True)
        assert form["odd"] == [f"x {ODD}"]
        self.seen.append(form["session"][0])
        self._use(form["code"][0], "{}")

    def _use(self, value: str, answer: str) -> None:
        with self.lock:
            is_used = value in self.used
            self.used.add(value)
        self._answer(400 if is_used else 200, '{"error":"used"}' if is_used else answer)

    def _next(self) -> int:
        with self.lock:
            self.seen.append("")
            return len(self.seen)

    def _answer(self, status: int, body: str, headers: Mapping[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (its name where it is declared)
        """Say nothing."""


@contextmanager
def answering() -> Iterator[tuple[int, type[Answering]]]:
    class Fresh(Answering):
        pass

    Fresh.used, Fresh.seen = set(), []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Fresh)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server.server_port, Fresh
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def played(play: Play, port: int, folder: Path, manner: Manner = BRIEF) -> Played:
    with playing(play, dealt(play, manner), port=port, folder=folder, manner=manner) as callers:
        return callers.result()


def tokens(count: int) -> Sequence[Variables]:
    return [{"token": f"first {number}"} for number in range(count)]


def sessions(count: int) -> Sequence[Variables]:
    return [{"session": f"{ODD} {number}"} for number in range(count)]


def test_play_that_keeps_its_rows_presents_each_token_once_and_loses_none(tmp_path: Path) -> None:
    with answering() as (port, server):
        seen = played(Play((REFRESH,), tokens, Deal.KEPT), port, tmp_path)

    assert seen.turns == seen.requests == len(server.used)
    assert seen.turns > BRIEF.callers
    assert {f"first {number}" for number in range(4)} <= server.used


def test_play_that_keeps_more_rows_than_callers_comes_back_to_each(tmp_path: Path) -> None:
    with answering() as (port, server):
        played(Play((REFRESH,), lambda count: tokens(2 * count), Deal.KEPT), port, tmp_path)

    assert {f"first {number}" for number in range(8)} <= server.used
    assert len(server.used) > 8


def test_play_of_two_steps_carries_what_it_took_to_the_second(tmp_path: Path) -> None:
    with answering() as (port, server):
        seen = played(Play((AUTHORIZE, EXCHANGE), sessions, Deal.KEPT), port, tmp_path)

    assert seen.requests == 2 * seen.turns
    assert len(server.used) == seen.turns
    assert {row for row in server.seen if row} == {row["session"] for row in sessions(4)}


def test_play_in_turn_deals_every_row_and_begins_again(tmp_path: Path) -> None:
    play = Play((Step("GET", "/of/<<name>>"),), lambda _: [{"name": f"{number}"} for number in range(6)])

    with answering() as (port, server):
        seen = played(play, port, tmp_path)

    assert set(server.seen) == {f"/of/{number}" for number in range(6)}
    assert len(server.seen) == seen.turns > 6


def test_play_once_that_runs_out_of_rows_is_no_figure(tmp_path: Path) -> None:
    play = Play((Step("GET", "/of/<<name>>"),), lambda _: [{"name": f"{number}"} for number in range(9)], Deal.ONCE)

    with answering() as (port, server), pytest.raises(CannotMeasure, match="no more rows"):
        played(play, port, tmp_path)

    assert len(server.seen) == len(set(server.seen))


@pytest.mark.parametrize(
    ("step", "why"),
    [
        (Step("GET", "/other", status=201), r"step 1 was answered with 200  \{\}"),
        (Step("GET", "/authorize"), "answered with 302 https://app.example"),
        (Step("GET", "/other", takes={"token": TOKEN}), "there is no token where step 1"),
    ],
    ids=["status", "redirect", "value"],
)
def test_play_that_is_answered_in_another_way_is_no_figure(tmp_path: Path, step: Step, why: str) -> None:
    with answering() as (port, _), pytest.raises(CannotMeasure, match=why):
        played(Play((step,)), port, tmp_path)


def test_play_of_a_flood_goes_on_whatever_it_is_answered(tmp_path: Path) -> None:
    play = Play((Step("POST", "/refresh", json={"token": "the same"}),))

    with answering() as (port, _):
        seen = played(play, port, tmp_path, Manner(0.05, callers=2, least_turns=4, any_status=True))

    assert seen.turns >= 8


def test_play_with_pauses_asks_less_often(tmp_path: Path) -> None:
    with answering() as (port, _):
        seen = played(Play((Step("GET", "/other"),)), port, tmp_path, Manner(0.2, callers=1, pause_milliseconds=50))

    assert 1 <= seen.turns <= 5


def test_play_by_hand_takes_what_wrk_would_take() -> None:
    with answering() as (port, server):
        taken = walk(Play((AUTHORIZE, EXCHANGE)), port, {"session": ODD})

    assert taken == {"session": ODD, "code": "1"}
    assert server.used == {"1"}


def test_play_by_hand_says_in_full_what_is_wrong() -> None:
    play = Play((REFRESH, Step("POST", "/refresh", json={"token": "old"})))

    with answering() as (port, server):
        server.used.add("old")
        with pytest.raises(CannotMeasure, match=r'step 2, POST /refresh.*400.*"used"'):
            walk(play, port, {"token": "new"})


def test_rows_that_are_kept_are_no_fewer_than_callers() -> None:
    with pytest.raises(CannotMeasure, match="16 callers were given 3 rows"):
        dealt(Play((REFRESH,), lambda _: tokens(3), Deal.KEPT), Manner(1.0))
