"""The shared lane: several callers in one go, and none of them the worse for it."""

import asyncio
import threading
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from functools import partial

import pytest

from doorward.api.lanes import MOST_TOGETHER, SharedLane
from doorward.core.kernel.errors import Unavailable
from tests.unit.api.test_lanes import Waits


class Doubling:
    """Doubles numbers for several callers in one go; 0 is refused to whoever asks for it, and -1 to everybody."""

    def __init__(self) -> None:
        self.served: list[list[int]] = []
        self.started = threading.Event()
        self.release = threading.Event()

    def __call__(self, asked: Sequence[int]) -> list[Callable[[], int]]:
        self.served.append(list(asked))
        self.started.set()
        self.release.wait(5)
        if -1 in asked:
            raise Unavailable(timedelta(seconds=1))
        return [partial(self._double, number) for number in asked]

    @staticmethod
    def _double(number: int) -> int:
        if number == 0:
            raise LookupError("nothing to double")
        return number * 2


def a_shared_lane(*, threads: int = 1, queue_limit: int = 1000, waits: Waits | None = None) -> SharedLane:
    return SharedLane("test", threads=threads, queue_limit=queue_limit, watch=waits or Waits())


async def gathered(lane: SharedLane, flow: Doubling, numbers: Iterable[int]) -> list[asyncio.Task[int]]:
    """Let one caller hold the only thread, and others gather behind it."""
    tasks = [asyncio.create_task(lane.run(flow, 1000))]
    await asyncio.to_thread(flow.started.wait, 5)
    tasks += [asyncio.create_task(lane.run(flow, number)) for number in numbers]
    await asyncio.sleep(0)
    return tasks


def shared(numbers: Iterable[int], *, flow: Doubling | None = None) -> list[object]:
    """Return what callers get who gather while another one is served."""

    async def ask() -> list[object]:
        lane, doubling = a_shared_lane(), flow or Doubling()
        tasks = await gathered(lane, doubling, numbers)
        doubling.release.set()
        _, *answers = await asyncio.gather(*tasks, return_exceptions=True)
        lane.close()
        return list(answers)

    return asyncio.run(ask())


def test_shared_lane_callers_who_gathered_are_served_in_one_go() -> None:
    flow = Doubling()

    answers = shared(range(1, 9), flow=flow)

    assert answers == [2, 4, 6, 8, 10, 12, 14, 16]
    assert flow.served == [[1000], [1, 2, 3, 4, 5, 6, 7, 8]]


def test_shared_lane_callers_of_one_moment_are_served_in_one_go() -> None:
    flow = Doubling()
    flow.release.set()

    async def ask() -> list[int]:
        lane = a_shared_lane(threads=4)
        answers = await asyncio.gather(*(lane.run(flow, number) for number in (1, 2, 3)))
        lane.close()
        return answers

    assert asyncio.run(ask()) == [2, 4, 6]
    assert flow.served == [[1, 2, 3]]


def test_shared_lane_refusal_of_one_is_nobody_elses() -> None:
    first, refused, last = shared([1, 0, 3])

    assert (first, last) == (2, 6)
    assert isinstance(refused, LookupError)


def test_shared_lane_flow_that_fails_fails_for_those_whom_it_served_alone() -> None:
    flow = Doubling()

    answers = shared([*range(1, MOST_TOGETHER), -1, 5, 6], flow=flow)

    assert all(isinstance(answer, Unavailable) for answer in answers[:MOST_TOGETHER])
    assert answers[MOST_TOGETHER:] == [10, 12]
    assert [len(served) for served in flow.served] == [1, MOST_TOGETHER, 2]


def test_shared_lane_flow_that_forgets_somebody_fails_for_all_and_the_lane_lives() -> None:
    def forgetful(asked: Sequence[int]) -> list[Callable[[], int]]:
        return [int for _ in asked[1:]]

    async def ask() -> tuple[object, int]:
        lane, flow = a_shared_lane(), Doubling()
        flow.release.set()
        (failed,) = await asyncio.gather(lane.run(forgetful, 1), return_exceptions=True)
        answer = await lane.run(flow, 2)
        lane.close()
        return failed, answer

    failed, answer = asyncio.run(ask())

    assert isinstance(failed, ValueError)
    assert answer == 4


def test_shared_lane_two_flows_are_never_mixed() -> None:
    async def ask() -> tuple[list[int], Doubling, Doubling]:
        lane, one, other = a_shared_lane(), Doubling(), Doubling()
        other.release.set()
        tasks = await gathered(lane, one, [1, 2])
        tasks += [asyncio.create_task(lane.run(other, number)) for number in (3, 4)]
        tasks += [asyncio.create_task(lane.run(one, 5))]
        await asyncio.sleep(0)
        one.release.set()
        answers = await asyncio.gather(*tasks)
        lane.close()
        return answers, one, other

    answers, one, other = asyncio.run(ask())

    assert answers == [2000, 2, 4, 6, 8, 10]
    assert (one.served, other.served) == ([[1000], [1, 2], [5]], [[3, 4]])


def test_shared_lane_full_queue_is_unavailable_at_once() -> None:
    async def fill() -> None:
        lane, flow = a_shared_lane(queue_limit=2), Doubling()
        tasks = await gathered(lane, flow, [1, 2])
        with pytest.raises(Unavailable):
            await lane.run(flow, 3)
        flow.release.set()
        await asyncio.gather(*tasks)
        lane.close()

    asyncio.run(fill())


def test_shared_lane_caller_who_left_is_served_all_the_same() -> None:
    flow = Doubling()

    async def leave() -> list[object]:
        lane = a_shared_lane()
        tasks = await gathered(lane, flow, [1, 2])
        tasks[1].cancel()
        flow.release.set()
        answers = await asyncio.gather(*tasks, return_exceptions=True)
        lane.close()
        return list(answers)

    answers = asyncio.run(leave())

    assert isinstance(answers[1], asyncio.CancelledError)
    assert answers[2] == 4
    assert flow.served == [[1000], [1, 2]]


def test_shared_lane_close_serves_who_stands_in_the_queue() -> None:
    async def close_while_waiting() -> list[int]:
        lane, flow = a_shared_lane(), Doubling()
        tasks = await gathered(lane, flow, range(1, 2 * MOST_TOGETHER + 2))
        flow.release.set()
        await asyncio.to_thread(lane.close)
        return await asyncio.gather(*tasks)

    answers = asyncio.run(close_while_waiting())

    assert answers == [2000, *range(2, 4 * MOST_TOGETHER + 4, 2)]


def test_shared_lane_loop_that_was_closed_holds_up_no_other() -> None:
    lane, flow = a_shared_lane(), Doubling()
    flow.release.set()

    async def leave_at_once() -> asyncio.Task[int]:
        left_behind = asyncio.create_task(lane.run(flow, 1))
        await asyncio.sleep(0)
        return left_behind

    asyncio.run(leave_at_once())

    assert asyncio.run(asyncio.wait_for(lane.run(flow, 2), 5)) == 4
    lane.close()


def test_shared_lane_tells_how_long_each_caller_waited() -> None:
    waits, flow = Waits(), Doubling()
    flow.release.set()
    lane = a_shared_lane(waits=waits)

    asyncio.run(lane.run(flow, 1))

    lane.close()
    assert [name for name, _ in waits.seen] == ["test"]
    assert waits.seen[0][1] >= 0
