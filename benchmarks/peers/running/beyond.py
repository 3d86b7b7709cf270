"""What is measured beyond requests: starts, memory, disk, and what a flood of logins does to others."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from benchmarks.peers.measures import memory_mib, wait_until_idle
from benchmarks.peers.peer import Command, Hash, Operation, Peer, Place
from benchmarks.peers.playing.play import Play
from benchmarks.peers.playing.wrk import Manner, dealt, playing
from benchmarks.peers.results.run import Beside, Gap
from benchmarks.peers.running.rounds import ACCOUNTS, Found, Frame, measure
from benchmarks.peers.running.servers import FAILURES, Running, running, started
from benchmarks.processes import pause
from benchmarks.run import CannotMeasure

_IDLE_SECONDS: Final = 1.0
_LOGINS: Final = (Operation.LOGIN_MOBILE, Operation.LOGIN_WEB)
_OTHERS: Final = (Operation.REFRESH, Operation.SESSION)
_OF_FLOOD: Final = (*_LOGINS, *_OTHERS)
_FLOODING: Final = 32
_CALM: Final = 4
_CALM_MILLISECONDS: Final = 20
_FLOOD_LEAD_SECONDS: Final = 1.0


def measure_starts(peers: Sequence[Peer], frame: Frame, found: Found) -> None:
    """Measure how soon a server answers that is started again, and what it takes of memory while nobody asks."""
    starts = [made for peer in peers if (made := _start_of(peer, frame, found)) is not None]
    for number in range(frame.rounds + 1):  # the first is not counted: it makes keys and compiles what was never used
        for start in tuple(starts):
            frame.say(f"start {number} of {frame.rounds}: {start.peer.title}")
            try:
                start.again(is_counted=number > 0)
            except FAILURES as error:
                found.gaps.append(Gap(start.peer.name, "starts", str(error)))
                starts.remove(start)
    for start in starts:
        found.beside.append(Beside("from start to ready", start.peer.name, tuple(start.ready), "s"))
        found.beside.append(Beside("memory of an idle server", start.peer.name, tuple(start.memory), "MiB"))


def measure_disk(peers: Sequence[Peer], frame: Frame, found: Found) -> None:
    """Measure what a registration and a login add to the store, made by the peer itself."""
    for peer in peers:
        if peer.stored_bytes is None:
            continue
        frame.say(f"what is stored: {peer.title}")
        try:
            found.beside += _stored(peer, frame)
        except FAILURES as error:
            found.gaps.append(Gap(peer.name, "bytes stored", str(error)))


def measure_flood(peers: Sequence[Peer], frame: Frame, found: Found) -> None:
    """Measure how long others wait while callers sign in as fast as they can."""
    for peer in peers:
        frame.say(f"a flood of logins: {peer.title}")
        try:
            place = frame.grounds.place(peer, "flood", hash_=peer.hashes[0], accounts=ACCOUNTS)
            with running(peer, place, _OF_FLOOD) as one:
                found.beside += _flooded(one, frame)
        except FAILURES as error:
            found.gaps.append(Gap(peer.name, "a flood of logins", str(error)))


def _start_of(peer: Peer, frame: Frame, found: Found) -> "_Start | None":
    try:
        place = frame.grounds.place(peer, "start", hash_=Hash.ARGON2ID, accounts=ACCOUNTS)
        return _Start(peer, place, peer.serve(place))
    except FAILURES as error:
        found.gaps.append(Gap(peer.name, "starts", str(error)))
        return None


@dataclass(frozen=True, slots=True)
class _Start:
    """A server that is started again and again."""

    peer: Peer
    place: Place
    command: Command
    ready: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)

    def again(self, *, is_counted: bool) -> None:
        """Start it, let it rest, and end it."""
        with started(self.command, self.place) as server:
            wait_until_idle(server.pid)
            pause(_IDLE_SECONDS)
            if is_counted:
                self.ready.append(server.ready_after)
                self.memory.append(memory_mib(server.pid))


def _stored(peer: Peer, frame: Frame) -> Sequence[Beside]:
    place = frame.grounds.place(peer, "disk", hash_=peer.hashes[-1], accounts=ACCOUNTS)
    before = _size_after(peer, place, frame, operation=None)[0]
    rows = []
    for operation in (Operation.REGISTER, *_LOGINS):
        after, turns = _size_after(peer, place, frame, operation=operation)
        if turns:
            rows.append(Beside(f"bytes that {operation} stores", peer.name, ((after - before) / turns,), "bytes"))
        before = after
    return rows


def _size_after(peer: Peer, place: Place, frame: Frame, *, operation: Operation | None) -> tuple[int, int]:
    """Return what is stored, and how often the operation was done; it starts and ends the server."""
    turns = 0
    with started(peer.serve(place), place) as server:
        play = peer.prepare(place).get(operation) if operation else None
        if play is not None:
            manner = Manner(frame.seconds)
            rows = dealt(play, manner)
            with playing(play, rows, port=server.port, folder=frame.grounds.folder, manner=manner) as callers:
                turns = callers.result().turns
        wait_until_idle(server.pid)
    if peer.stored_bytes is None:
        raise CannotMeasure("it does not say what it stores")
    return peer.stored_bytes(place), turns


def _flooded(one: Running, frame: Frame) -> Sequence[Beside]:
    login = next((one.plays[operation] for operation in _LOGINS if operation in one.plays), None)
    if login is None:
        return []
    waits: dict[str, list[float]] = {}
    for operation in (operation for operation in _OTHERS if operation in one.plays):
        calm = Manner(frame.seconds, callers=_CALM, pause_milliseconds=_CALM_MILLISECONDS)
        for _ in range(frame.rounds):
            alone, beside = _both(one, login, one.plays[operation], calm=calm, frame=frame)
            waits.setdefault(f"{operation}, p99 alone", []).append(alone)
            waits.setdefault(f"{operation}, p99 beside a flood of logins", []).append(beside)
    return [Beside(what, one.peer.name, tuple(each), "ms") for what, each in waits.items()]


def _both(one: Running, login: Play, other: Play, *, calm: Manner, frame: Frame) -> tuple[float, float]:
    """Return the p99 of calm callers alone, and while others sign in as fast as they can."""
    folder = frame.grounds.folder
    alone = measure(one.server, other, folder, calm)
    rows = dealt(other, calm)  # before the flood, in which signing in takes its time
    flood = Manner(frame.seconds + 2 * _FLOOD_LEAD_SECONDS, callers=_FLOODING, any_status=True)
    accounts = dealt(login, flood)
    with playing(login, accounts, port=one.server.port, folder=folder, manner=flood) as flooding:
        pause(_FLOOD_LEAD_SECONDS)
        beside = measure(one.server, other, folder, calm, rows=rows)
        flooding.result()
    return alone.p99_milliseconds, beside.p99_milliseconds
