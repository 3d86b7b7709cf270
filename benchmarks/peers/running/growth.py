"""What operations cost when there are a hundred or a thousand times as many accounts."""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from typing import Final

from benchmarks.peers.peer import Operation, Peer
from benchmarks.peers.playing.wrk import Manner
from benchmarks.peers.results.run import Beside, Gap
from benchmarks.peers.running.rounds import Found, Frame, measure
from benchmarks.peers.running.servers import FAILURES, Running, running

SIZES: Final = (1_000, 100_000, 1_000_000)
QUICK_SIZES: Final = (1_000, 10_000)
_OPERATIONS: Final = (
    Operation.LOGIN_WEB,
    Operation.LOGIN_MOBILE,
    Operation.REFRESH,
    Operation.SESSION,
    Operation.BEARER,
)


def measure_growth(peers: Sequence[Peer], frame: Frame, found: Found, *, sizes: Sequence[int]) -> None:
    """Measure each peer that can be filled in stores of each size, in turns, with its cheapest hash."""
    for peer in peers:
        if peer.fill is None:
            continue
        try:
            found.beside += _grown(peer, frame, sizes)
        except FAILURES as error:
            found.gaps.append(Gap(peer.name, "growth", str(error)))


def _grown(peer: Peer, frame: Frame, sizes: Sequence[int]) -> Sequence[Beside]:
    stored: dict[int, int] = {}
    with ExitStack() as stack:
        served: dict[int, Running] = {}
        for size in sizes:
            frame.say(f"filling {peer.title} with {size:,} accounts")
            place = frame.grounds.place(peer, f"of-{size}", hash_=peer.hashes[-1], accounts=size)
            if peer.stored_bytes is not None:
                stored[size] = peer.stored_bytes(place)
            served[size] = stack.enter_context(running(peer, place, _OPERATIONS))
        costs = _costs(served, frame)
    return [*_ratios(peer, costs, sizes), *_bytes(peer, stored)]


def _costs(served: Mapping[int, Running], frame: Frame) -> Mapping[tuple[Operation, int], list[float]]:
    """Return the processor time of each operation in each store, round by round."""
    costs: dict[tuple[Operation, int], list[float]] = {}
    for number in range(frame.rounds + 1):  # the first is not counted
        for operation in _OPERATIONS:
            for size, one in served.items():
                if operation in one.plays:
                    frame.say(f"{operation} among {size:,} accounts, round {number} of {frame.rounds}")
                    manner = Manner(frame.seconds)
                    figure = measure(one.server, one.plays[operation], frame.grounds.folder, manner)
                    costs.setdefault((operation, size), []).append(figure.cpu_microseconds)
    return {key: each[1:] for key, each in costs.items()}


def _ratios(peer: Peer, costs: Mapping[tuple[Operation, int], list[float]], sizes: Sequence[int]) -> Sequence[Beside]:
    few = sizes[0]
    return [
        Beside(
            f"processor time of {operation}: {size:,} accounts ÷ {few:,}",
            peer.name,
            tuple(many / one for many, one in zip(each, costs[operation, few], strict=True)),
            "times",
        )
        for (operation, size), each in costs.items()
        if size != few
    ]


def _bytes(peer: Peer, stored: Mapping[int, int]) -> Sequence[Beside]:
    """Return what one account with one session adds, from the smallest store to the largest."""
    if len(stored) <= 1:
        return []
    (few, before), *_, (many, after) = stored.items()
    return [Beside("bytes of an account with one session", peer.name, ((after - before) / (many - few),), "bytes")]
