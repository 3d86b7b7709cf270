"""Lanes: bounded, privileged first, and indifferent to callers who leave."""

import asyncio
import threading
from collections.abc import Callable
from functools import partial

import pytest

from doorward.api.lanes import Lane, Lanes
from doorward.core.kernel.cause import caused_by, request_id
from doorward.core.kernel.errors import Unavailable
from doorward.telemetry.figures import LANES


class Waits:
    def __init__(self) -> None:
        self.seen: list[tuple[str, float]] = []
        self.refused: list[str] = []

    def waited(self, lane: str, *, seconds: float) -> None:
        self.seen.append((lane, seconds))

    def turned_away(self, lane: str) -> None:
        self.refused.append(lane)


def a_lane(*, threads: int = 1, queue_limit: int = 2, waits: Waits | None = None) -> Lane:
    return Lane("test", threads=threads, queue_limit=queue_limit, watch=waits or Waits())


async def queued(lane: Lane, call: Callable[[], object], *, first: bool = False) -> asyncio.Task[object]:
    task = asyncio.create_task(lane.run(call, first=first))
    await asyncio.sleep(0)
    return task


async def blocked(lane: Lane) -> tuple[asyncio.Task[object], threading.Event]:
    started, release = threading.Event(), threading.Event()

    def hold() -> None:
        started.set()
        release.wait(5)

    task = await queued(lane, hold)
    await asyncio.to_thread(started.wait, 5)
    return task, release


def test_run_call_returns_its_result_from_another_thread() -> None:
    lane = a_lane()

    name = asyncio.run(lane.run(lambda: threading.current_thread().name))

    assert name == "lane-test-0"
    lane.close()


def test_run_call_that_raises_raises_the_same_and_leaves_the_thread_alive() -> None:
    lane = a_lane()
    error = LookupError("nothing there")

    def fail() -> None:
        raise error

    async def both() -> tuple[object, object]:
        (failed,) = await asyncio.gather(lane.run(fail), return_exceptions=True)
        return failed, await lane.run(lambda: "well")

    assert asyncio.run(both()) == (error, "well")
    lane.close()


def test_run_full_queue_is_unavailable_at_once() -> None:
    waits = Waits()

    async def fill() -> Unavailable:
        lane = a_lane(queue_limit=2, waits=waits)
        holding, release = await blocked(lane)
        waiting = [await queued(lane, int) for _ in range(2)]
        with pytest.raises(Unavailable) as refused:
            await lane.run(int)
        release.set()
        await asyncio.gather(holding, *waiting)
        lane.close()
        return refused.value

    refusal = asyncio.run(fill())

    assert refusal.retry_after.total_seconds() > 0
    assert waits.refused == ["test"]


def test_run_in_a_thread_goes_back_to_the_request_of_its_caller() -> None:
    async def ask() -> tuple[str | None, ...]:
        lane = a_lane(threads=2)
        with caused_by("one"):
            first = asyncio.create_task(lane.run(request_id))
        with caused_by("other"):
            second = asyncio.create_task(lane.run(request_id))
        found = await asyncio.gather(first, second, lane.run(request_id))
        lane.close()
        return tuple(found)

    assert asyncio.run(ask()) == ("one", "other", None)


def test_run_full_queue_still_takes_the_privileged() -> None:
    async def fill() -> object:
        lane = a_lane(queue_limit=1)
        holding, release = await blocked(lane)
        waiting = await queued(lane, int)
        privileged = await queued(lane, lambda: "in", first=True)
        release.set()
        await asyncio.gather(holding, waiting)
        lane.close()
        return await privileged

    assert asyncio.run(fill()) == "in"


def test_run_privileged_go_first() -> None:
    order: list[str] = []

    async def race() -> None:
        lane = a_lane(queue_limit=4)
        holding, release = await blocked(lane)
        tasks = [await queued(lane, lambda: order.append("rest")), await queued(lane, lambda: order.append("rest"))]
        tasks.append(await queued(lane, lambda: order.append("first"), first=True))
        release.set()
        await asyncio.gather(holding, *tasks)
        lane.close()

    asyncio.run(race())

    assert order == ["first", "rest", "rest"]


def test_run_cancelled_caller_does_not_stop_the_call() -> None:
    done = threading.Event()

    async def leave() -> None:
        lane = a_lane()
        holding, release = await blocked(lane)
        waiting = await queued(lane, done.set)
        waiting.cancel()
        release.set()
        await holding
        lane.close()

    asyncio.run(leave())

    assert done.is_set()


def test_run_tells_how_long_a_call_waited() -> None:
    waits = Waits()
    lane = a_lane(waits=waits)

    asyncio.run(lane.run(int))

    lane.close()
    assert [name for name, _ in waits.seen] == ["test"]
    assert waits.seen[0][1] >= 0


def test_run_many_callers_use_many_threads() -> None:
    lane = a_lane(threads=4, queue_limit=100)
    barrier = threading.Barrier(4, timeout=5)

    async def meet() -> list[int]:
        return await asyncio.gather(*(lane.run(barrier.wait) for _ in range(4)))

    assert sorted(asyncio.run(meet())) == [0, 1, 2, 3]
    lane.close()


def test_close_lets_what_waits_finish() -> None:
    done: list[int] = []

    async def close_while_waiting() -> None:
        lane = a_lane(queue_limit=8)
        holding, release = await blocked(lane)
        tasks = [await queued(lane, partial(done.append, number)) for number in range(3)]
        release.set()
        await asyncio.to_thread(lane.close)
        await asyncio.gather(holding, *tasks)

    asyncio.run(close_while_waiting())

    assert done == [0, 1, 2]


def test_run_after_close_starts_again() -> None:
    lane = a_lane()
    asyncio.run(lane.run(int))
    lane.close()

    assert asyncio.run(lane.run(lambda: 7)) == 7
    lane.close()


def test_waiting_counts_both_queues() -> None:
    async def count() -> int:
        lane = a_lane()
        holding, release = await blocked(lane)
        tasks = [await queued(lane, int), await queued(lane, int, first=True)]
        waiting = lane.waiting
        release.set()
        await asyncio.gather(holding, *tasks)
        lane.close()
        return waiting

    assert asyncio.run(count()) == 2


def test_lanes_are_those_whose_refusals_are_counted_from_zero() -> None:
    lanes = Lanes.build(cores=1, watch=Waits())
    names = tuple(lane.name for lane in lanes)
    lanes.close()

    assert names == LANES


def test_lanes_flood_of_hashes_does_not_hold_up_the_main_lane() -> None:
    release = threading.Event()

    async def flood() -> object:
        lanes = Lanes.build(cores=1, watch=Waits())
        hashes = [asyncio.create_task(lanes.hash(release.wait, 5)) for _ in range(60)]
        await asyncio.sleep(0)
        answer = await asyncio.wait_for(lanes.main(str, 1), 5)
        release.set()
        await asyncio.gather(*hashes)
        lanes.close()
        return answer

    assert asyncio.run(flood()) == "1"


def test_lanes_hash_first_takes_arguments() -> None:
    async def add() -> int:
        lanes = Lanes.build(cores=1, watch=Waits())
        total = await lanes.hash_first(sum, [1, 2], start=3)
        lanes.close()
        return total

    assert asyncio.run(add()) == 6
