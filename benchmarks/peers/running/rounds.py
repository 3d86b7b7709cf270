"""Rounds: at each operation the reference server, then each peer, then all of them again."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from benchmarks.limits import bare_asgi
from benchmarks.peers.measures import cpu_seconds, memory_mib, wait_until_idle
from benchmarks.peers.peer import HASHING, Command, Hash, Operation, Peer, Place, Say
from benchmarks.peers.playing.play import Play, Step, Variables
from benchmarks.peers.playing.wrk import Manner, dealt, playing
from benchmarks.peers.results.run import Beside, Figure, Gap, Line
from benchmarks.peers.running.servers import FAILURES, Grounds, Running, running, started
from benchmarks.processes import CODE, Server, free_port

ACCOUNTS: Final = 1_000
_WARM_UP: Final = Manner(1.0)
_MICROSECONDS: Final = 1e6
_REFERENCE: Final = Play((Step("GET", bare_asgi.READY),))


@dataclass(slots=True)
class Found:
    """What rounds found so far."""

    lines: list[Line] = field(default_factory=list)
    beside: list[Beside] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Frame:
    """How much is measured, where, and whom to tell."""

    grounds: Grounds
    rounds: int
    seconds: float
    operations: Sequence[Operation]
    say: Say


@dataclass(slots=True)
class _Turns:
    """One peer's rounds at one operation."""

    one: Running
    operation: Operation
    figures: list[Figure] = field(default_factory=list)
    reference: list[Figure] = field(default_factory=list)


def measure_rounds(peers: Sequence[Peer], frame: Frame, found: Found) -> None:
    """Measure every wanted operation of every peer, with each of its hashes where a password is hashed."""
    for hash_ in Hash:
        wanted = [operation for operation in frame.operations if hash_ is Hash.ARGON2ID or operation in HASHING]
        if wanted:
            _measure_with(hash_, [peer for peer in peers if hash_ in peer.hashes], wanted, frame=frame, found=found)


def measure(
    server: Server, play: Play, folder: Path, manner: Manner, *, rows: Sequence[Variables] | None = None
) -> Figure:
    """Return what one round gives, with rows that were dealt before, or with fresh ones.

    What fresh rows cost the server is not in it; what it leaves for later is: its work counts until it rests.

    Raises: CannotMeasure, when an answer was not the one that the play says.
    """
    if rows is None:
        rows = dealt(play, manner)
        wait_until_idle(server.pid)
    before = cpu_seconds(server.pid)
    with playing(play, rows, port=server.port, folder=folder, manner=manner) as callers:
        played = callers.result()
    wait_until_idle(server.pid)
    cpu = cpu_seconds(server.pid) - before
    return Figure(
        rate=played.turns / played.seconds,
        cpu_microseconds=cpu * _MICROSECONDS / played.turns,
        p50_milliseconds=played.p50_milliseconds,
        p99_milliseconds=played.p99_milliseconds,
    )


def _measure_with(
    hash_: Hash, peers: Sequence[Peer], wanted: Sequence[Operation], *, frame: Frame, found: Found
) -> None:
    with ExitStack() as stack:
        reference = stack.enter_context(_reference(frame.grounds.folder / f"reference-{hash_}"))
        served = list(_served(stack, hash_, peers, wanted, frame=frame, found=found))
        peaks: dict[str, float] = {}
        for operation in wanted:
            turns = [_Turns(one, operation) for one in served if operation in one.plays]
            _measure_operation(turns, reference, hash_=hash_, frame=frame, found=found)
            for one in served:
                peaks[one.peer.name] = max(peaks.get(one.peer.name, 0.0), memory_mib(one.server.pid))
    if hash_ is Hash.ARGON2ID:
        found.beside += [Beside("memory after the load", name, (mib,), "MiB") for name, mib in peaks.items()]


@contextmanager
def _reference(folder: Path) -> Iterator[Server]:
    """Run the least that an ASGI server can be."""
    folder.mkdir()
    place = Place(folder, folder, free_port())
    words = (sys.executable, "-m", "benchmarks.limits.bare_asgi", str(place.port))
    with started(Command(words, bare_asgi.READY, {"PYTHONPATH": CODE}), place) as server:
        yield server


def _served(
    stack: ExitStack, hash_: Hash, peers: Sequence[Peer], wanted: Sequence[Operation], *, frame: Frame, found: Found
) -> Iterator[Running]:
    """Start each peer; whoever does not come up leaves a gap."""
    for peer in peers:
        frame.say(f"starting {peer.title} ({hash_} hash)")
        try:
            place = frame.grounds.place(peer, hash_.lower(), hash_=hash_, accounts=ACCOUNTS)
            one = stack.enter_context(running(peer, place, wanted))
        except FAILURES as error:
            found.gaps.append(Gap(peer.name, f"everything with the {hash_} hash", str(error)))
            continue
        found.gaps += [Gap(peer.name, str(operation), said) for operation, said in one.failed.items()]
        yield one


def _measure_operation(turns: Sequence[_Turns], reference: Server, *, hash_: Hash, frame: Frame, found: Found) -> None:
    """Measure one operation of all that have it, in turns; whoever answers wrongly is out, and leaves a gap."""
    going = list(turns)
    folder = frame.grounds.folder
    for number in range(frame.rounds + 1):  # the first is not counted: programs that compile as they run do so then
        if not going:
            return
        manner = Manner(frame.seconds) if number else _WARM_UP
        bare = measure(reference, _REFERENCE, folder, manner)
        for turn in tuple(going):
            frame.say(f"{turn.operation} ({hash_} hash), round {number} of {frame.rounds}: {turn.one.peer.title}")
            server = turn.one.server_of(turn.operation)
            try:
                figure = measure(server, turn.one.plays[turn.operation], folder, manner)
            except FAILURES as error:
                found.gaps.append(Gap(turn.one.peer.name, str(turn.operation), str(error)))
                going.remove(turn)
                continue
            if number:
                turn.figures.append(figure)
                turn.reference.append(bare)
    for turn in going:
        hashed = hash_ if turn.operation in HASHING else None
        found.lines.append(
            Line(str(turn.operation), hashed, turn.one.peer.name, tuple(turn.figures), tuple(turn.reference))
        )
