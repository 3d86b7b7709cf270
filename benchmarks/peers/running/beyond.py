"""What is measured beyond requests: starts, memory, disk, and what a flood of logins does to others."""

from collections.abc import Sequence
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
_OTHERS: Final = (Operation.REFRESH, Operation.SESSION, Operation.BEARER)
_OF_FLOOD: Final = (*_LOGINS, *_OTHERS)
_FLOODING: Final = 32
_CALM: Final = 4
_CALM_MILLISECONDS: Final = 20
_FLOOD_LEAD_SECONDS: Final = 1.0


def measure_starts(peers: Sequence[Peer], frame: Frame, found: Found) -> None:
    """Measure how soon a server answers that is started again, and what it takes of memory while nobody asks."""
    commands = {peer.name: made for peer in peers if (made := _command(peer, frame, found)) is not None}
    ready: dict[str, list[float]] = {name: [] for name in commands}
    memory: dict[str, list[float]] = {name: [] for name in commands}
    for number in range(frame.rounds + 1):  # the first is not counted: it makes keys and compiles what was never used
        for name, (command, place) in commands.items():
            frame.say(f"start {number} of {frame.rounds}: {name}")
            with started(command, place) as server:
                wait_until_idle(server.pid)
                pause(_IDLE_SECONDS)
                if number:
                    ready[name].append(server.ready_after)
                    memory[name].append(memory_mib(server.pid))
    for name in commands:
        found.beside.append(Beside("from start to ready", name, tuple(ready[name]), "s"))
        found.beside.append(Beside("memory of an idle server", name, tuple(memory[name]), "MiB"))


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


def _command(peer: Peer, frame: Frame, found: Found) -> tuple[Command, Place] | None:
    try:
        place = frame.grounds.place(peer, "start", hash_=Hash.ARGON2ID, accounts=ACCOUNTS)
        return peer.serve(place), place
    except FAILURES as error:
        found.gaps.append(Gap(peer.name, "starts", str(error)))
        return None


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
