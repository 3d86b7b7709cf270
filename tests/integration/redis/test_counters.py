"""Limits that instances share, and what becomes of them when the server does not do its part."""

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest

from doorward.adapters.limits.counters import LimitsCounters
from doorward.adapters.redis.counters import RedisCounters
from doorward.adapters.redis.pipeline import Pipeline
from doorward.core.limits.records import Limit, Per
from doorward.testing.clock import FixedClock
from tests.caches import CacheServer, Told
from tests.processes import wait_until

KEY = bytes(range(32))
HOUR = timedelta(hours=1)
SIX = Limit("six", 6, HOUR, Per.ADDRESS)
"""Nothing of an hour's limit comes back while a test runs."""


class Instance:
    """The counters of one instance."""

    def __init__(self, url: str, *, must_keep: bool = False, scale: int = 1, key: bytes = KEY) -> None:
        self.told, self.clock = Told(), FixedClock()
        self.pipeline = Pipeline(url, channel="doorward:feed:test", must_keep=must_keep, notes=self.told)
        self.counters = RedisCounters(self.pipeline, LimitsCounters(self.clock, scale=scale), key=key, scale=scale)
        self.pipeline.start()

    def hits(self, count: int, limit: Limit = SIX, key: str = "192.0.2.7") -> int:
        """Return how many of so many requests are admitted."""
        return sum(self.counters.hit(limit, key).admitted for _ in range(count))

    def wait(self, *, is_up: bool) -> None:
        """Return when the server is known to be there, or not."""
        wait_until(lambda: self.pipeline.is_up is is_up)


Opens = Callable[..., Instance]


@pytest.fixture
def instance() -> Iterator[Opens]:
    opened: list[Instance] = []

    def make(server: CacheServer, *, must_keep: bool = False, scale: int = 1, key: bytes = KEY) -> Instance:
        made = Instance(server.url, must_keep=must_keep, scale=scale, key=key)
        opened.append(made)
        made.wait(is_up=True)
        return made

    yield make
    for each in opened:
        each.pipeline.close()


def test_hit_two_instances_share_a_budget(cache: CacheServer, instance: Opens) -> None:
    one, other = instance(cache), instance(cache)

    admitted = [one.hits(2), other.hits(3), one.hits(2), other.hits(1)]

    assert admitted == [2, 3, 1, 0]
    assert one.told.fallbacks == other.told.fallbacks == 0


def test_hit_within_amount_counts_down_and_refused_says_when_the_next_fits(cache: CacheServer, instance: Opens) -> None:
    counters = instance(cache).counters

    answers = [counters.hit(SIX, "a") for _ in range(7)]

    assert [answer.remaining for answer in answers] == [5, 4, 3, 2, 1, 0, 0]
    assert [answer.admitted for answer in answers] == [True] * 6 + [False]
    assert all(timedelta(0) < answer.reset_after <= 2 * HOUR + timedelta(seconds=1) for answer in answers)


def test_hit_other_keys_and_limits_have_budgets_of_their_own(cache: CacheServer, instance: Opens) -> None:
    one = instance(cache)
    one.hits(6)

    assert one.hits(6, key="192.0.2.8") == 6
    assert one.hits(6, Limit("other", 6, HOUR, Per.ADDRESS)) == 6


def test_hit_other_deployment_on_the_same_server_shares_nothing(cache: CacheServer, instance: Opens) -> None:
    one, stranger = instance(cache), instance(cache, key=bytes(32))
    one.hits(6)

    assert stranger.hits(6) == 6


def test_hit_scaled_multiplies_the_amount(cache: CacheServer, instance: Opens) -> None:
    one, other = instance(cache, scale=10), instance(cache, scale=10)

    assert one.hits(40) + other.hits(40) == 60


def test_hit_soon_from_many_tasks_admits_exactly_the_amount(cache: CacheServer, instance: Opens) -> None:
    one, other = instance(cache), instance(cache)
    hundred = Limit("hundred", 100, HOUR, Per.ADDRESS)

    async def all_at_once() -> int:
        tasks = [each.counters.hit_soon(hundred, "a") for each in (one, other) for _ in range(200)]
        return sum(answer.admitted for answer in await asyncio.gather(*tasks))

    assert asyncio.run(all_at_once()) == 100
    assert one.told.fallbacks == other.told.fallbacks == 0


def test_hit_leaves_neither_addresses_nor_names_and_every_key_ends(cache: CacheServer, instance: Opens) -> None:
    one = instance(cache)
    for key in ("192.0.2.7", "ada@mail.example", "ada@mail.example\n192.0.2.7"):
        one.hits(3, key=key)

    keys = cache.all_keys()

    values = [cache.ask("GET", key) for key in keys]
    assert len(keys) == 3
    assert all(key.startswith(b"doorward:limits:{") and key.endswith(b"}") for key in keys)
    for canary in (b"192.0.2", b"ada", b"mail", b"c0000207"):
        assert not any(canary in key for key in keys)
        assert not any(isinstance(value, bytes) and canary in value for value in values)
    for counter in keys:
        left = cache.ask("PTTL", counter)
        assert isinstance(left, int)
        assert 0 < left <= 2 * 3600 * 1000


def test_hit_while_the_server_stands_still_goes_on_with_the_share_of_one_instance(
    own: CacheServer, instance: Opens
) -> None:
    with listening(own, 3):
        one = instance(own)
        own.pause()

        admitted = one.hits(20)

    own.go_on()
    assert admitted == 2
    assert one.told.fallbacks == 20
    assert one.told.of_limits == ["away: it does not answer in time"]


def test_hit_soon_while_the_server_stands_still_is_answered(own: CacheServer, instance: Opens) -> None:
    one = instance(own)
    own.pause()

    async def all_at_once() -> int:
        answers = await asyncio.gather(*(one.counters.hit_soon(SIX, "a") for _ in range(50)))
        return sum(answer.admitted for answer in answers)

    admitted = asyncio.run(all_at_once())

    own.go_on()
    assert admitted == 6


def test_hit_more_instances_than_the_limit_has_room_for_leaves_one(own: CacheServer, instance: Opens) -> None:
    with listening(own, 9):
        one = instance(own)
        own.kill()

        admitted = one.hits(20)

    own.start()
    assert admitted == 1


def test_hit_server_that_goes_forgives_nothing(own: CacheServer, instance: Opens) -> None:
    one = instance(own)
    one.hits(7)
    own.kill()

    admitted = one.hits(10)

    own.start()
    assert admitted == 0


def test_hit_server_that_comes_back_empty_forgives_nothing(own: CacheServer, instance: Opens) -> None:
    with listening(own, 2):
        one = instance(own)
        own.kill()
        one.wait(is_up=False)
        while_away = one.hits(10)
    own.start()
    one.wait(is_up=True)

    admitted = one.hits(10)

    assert (while_away, admitted) == (3, 0)
    assert one.told.of_limits[0].startswith("away: ")
    assert one.told.of_limits[1:] == ["back"]


def test_hit_server_that_is_emptied_or_written_to_opens_no_limit(cache: CacheServer, instance: Opens) -> None:
    one = instance(cache)
    one.hits(6)
    (key,) = cache.all_keys()

    cache.ask("FLUSHALL")
    after_emptying = one.hits(3)
    cache.ask("SET", key, "0 0 0")
    after_poisoning = one.hits(3)

    assert (after_emptying, after_poisoning) == (0, 0)


def test_hit_scripts_flushed_goes_on_and_recovers(own: CacheServer, instance: Opens) -> None:
    one = instance(own)
    own.ask("SCRIPT", "FLUSH")

    assert one.hits(7) == 6
    one.wait(is_up=True)
    assert one.hits(1) == 0


def test_hit_server_whose_memory_is_full_goes_on_in_the_process(own: CacheServer, instance: Opens) -> None:
    one = instance(own)
    own.ask("CONFIG", "SET", "maxmemory", "1")

    admitted = one.hits(10)

    own.ask("CONFIG", "SET", "maxmemory", "0")
    assert admitted == 6
    assert one.told.of_limits[0] == "away: its memory is full"


def test_pipeline_idle_connection_that_ends_is_noticed(own: CacheServer, instance: Opens) -> None:
    one = instance(own)

    own.kill()
    one.wait(is_up=False)
    own.start()
    one.wait(is_up=True)

    assert one.told.of_limits[-1] == "back"


def test_pipeline_evicting_server_is_not_used_where_it_must_keep_all(own: CacheServer, instance: Opens) -> None:
    own.ask("CONFIG", "SET", "maxmemory-policy", "allkeys-lru")
    strict = Instance(own.url, must_keep=True)
    wait_until(lambda: bool(strict.told.of_limits))

    refused = strict.pipeline.is_up
    own.ask("CONFIG", "SET", "maxmemory-policy", "noeviction")
    strict.wait(is_up=True)

    strict.pipeline.close()
    assert not refused
    assert "evicts keys (allkeys-lru)" in strict.told.of_limits[0]


def test_pipeline_counts_who_listens_on_the_feed_s_channel(cache: CacheServer, instance: Opens) -> None:
    with listening(cache, 3):
        one = instance(cache)

        assert one.pipeline.instances == 3


def test_pipeline_closed_leaves_no_thread_and_answers_all_the_same(cache: CacheServer, instance: Opens) -> None:
    one = instance(cache)

    one.pipeline.close()

    assert "redis-limits" not in {thread.name for thread in threading.enumerate()}
    assert one.hits(7) == 6


def test_pipeline_never_reached_server_is_told_once(instance: Opens) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
    nowhere = Instance(f"redis://127.0.0.1:{port}/0")

    wait_until(lambda: bool(nowhere.told.of_limits))
    admitted = nowhere.hits(10)

    nowhere.pipeline.close()
    assert admitted == 6
    assert nowhere.told.of_limits == ["away: it cannot be reached"]


@pytest.mark.parametrize(
    "said",
    [
        pytest.param(b"HTTP/1.1 400 Bad Request\r\n\r\n", id="web server"),
        pytest.param(b"220 mail.example ESMTP\r\n", id="mail server"),
        pytest.param(b"+OK\r\n" * 20, id="always fine"),
        pytest.param(b":1\r\n" * 20, id="always one"),
        pytest.param(b"*-1\r\n" * 20, id="always nothing"),
        pytest.param(b"$2147483647\r\n", id="endless"),
        pytest.param(b"-MOVED x\r\n" * 20, id="elsewhere"),
        pytest.param(b"", id="silence"),
    ],
)
def test_pipeline_server_that_answers_nonsense_is_not_used(said: bytes) -> None:
    with answering(said) as port:
        one = Instance(f"redis://127.0.0.1:{port}/0")
        wait_until(lambda: bool(one.told.of_limits))

        admitted = one.hits(10)

        one.pipeline.close()
    assert admitted == 6
    assert not one.pipeline.is_up


@pytest.mark.parametrize(
    "said",
    [
        pytest.param(b"*4\r\n:1\r\n:0\r\n:1\r\n:7\r\n", id="more than fit"),
        pytest.param(b"*4\r\n:0\r\n:0\r\n:1\r\n:0\r\n", id="refused without reason"),
        pytest.param(b"+OK\r\n", id="text"),
    ],
)
def test_hit_answered_with_nonsense_is_counted_in_the_process(said: bytes) -> None:
    greeting = b"+PONG\r\n$3\r\na:b\r\n*2\r\n$1\r\nx\r\n$10\r\nnoeviction\r\n$40\r\n" + b"a" * 40 + b"\r\n"
    with answering(greeting + b"*2\r\n$1\r\nx\r\n:1\r\n" + said) as port:
        one = Instance(f"redis://127.0.0.1:{port}/0")
        one.wait(is_up=True)

        answer = one.counters.hit(SIX, "a")

        one.pipeline.close()
    assert answer.admitted
    assert one.told.fallbacks == 1
    assert one.told.of_limits == ["away: what answers there is no Redis server"]


@pytest.mark.parametrize("query", ["?no_such_part=1", "?db=x"])
def test_pipeline_url_with_an_unknown_part_is_refused_without_the_password(query: str) -> None:
    with pytest.raises(ValueError, match="part that is not known") as refused:
        Pipeline(f"redis://me:hunter2@127.0.0.1/0{query}", channel="x", must_keep=False, notes=Told())

    assert "hunter2" not in str(refused.value)


@contextmanager
def listening(cache: CacheServer, count: int) -> Iterator[None]:
    """Let so many connections subscribe to the feed's channel."""
    connections = [socket.create_connection(("127.0.0.1", cache.port)) for _ in range(count)]
    for connection in connections:
        connection.sendall(b"SUBSCRIBE doorward:feed:test\r\n")
        assert connection.recv(100)
    yield
    for connection in connections:
        connection.close()


@contextmanager
def answering(said: bytes) -> Iterator[int]:
    """Run something that answers whoever connects with the same bytes, whatever is asked."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.1)
        stopped = threading.Event()
        held: list[socket.socket] = []

        def serve() -> None:
            while not stopped.is_set():
                try:
                    connection, _ = server.accept()
                except TimeoutError:
                    continue
                held.append(connection)
                connection.sendall(said)

        thread = threading.Thread(target=serve)
        thread.start()
        yield server.getsockname()[1]
        stopped.set()
        thread.join()
        for connection in held:
            connection.close()
