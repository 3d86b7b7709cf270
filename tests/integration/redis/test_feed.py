"""The feed between instances, and what becomes of it when the server goes."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest

from doorward.adapters.redis.feed import RedisFeed
from doorward.adapters.redis.messages import EVERYTHING, MOST_ACCOUNTS, News
from doorward.core.kernel.ids import AccountId
from tests.caches import CacheServer, Told
from tests.processes import free_port, wait_until

KEY = bytes(range(32))
ADA = AccountId("ada")


class Instance:
    """The feed of one instance, and what it heard."""

    def __init__(self, url: str) -> None:
        self.heard: list[News] = []
        self.told = Told()
        self.feed = RedisFeed(url, key=KEY, hear=self.heard.append, notes=self.told)

    def hears(self, news: News) -> None:
        """Return when this was heard since it was last asked for."""
        wait_until(lambda: news in self.heard)
        self.heard.clear()


Opens = Callable[[str], Instance]


@pytest.fixture
def instance() -> Iterator[Opens]:
    opened: list[Instance] = []

    def make(url: str) -> Instance:
        made = Instance(url)
        opened.append(made)
        made.feed.start()
        return made

    yield make
    for each in opened:
        each.feed.close()


@pytest.fixture
def two(cache: CacheServer, instance: Opens) -> tuple[Instance, Instance]:
    """Two instances that listen."""
    one, other = instance(cache.url), instance(cache.url)
    one.hears(EVERYTHING)
    other.hears(EVERYTHING)
    return one, other


def test_start_forgets_everything_first(cache: CacheServer, instance: Opens) -> None:
    instance(cache.url).hears(EVERYTHING)


def test_changed_is_heard_by_others_and_not_by_oneself(two: tuple[Instance, Instance]) -> None:
    one, other = two

    one.feed.changed([ADA])
    other.hears(News(accounts=frozenset({ADA})))
    other.feed.added_jobs()
    one.hears(News(has_jobs=True))
    one.feed.changed_keys()
    other.hears(News(has_keys=True))

    assert one.heard == []


def test_changed_more_than_is_told_one_by_one_makes_others_forget_everything(
    two: tuple[Instance, Instance],
) -> None:
    one, other = two

    one.feed.changed([AccountId(f"{number}") for number in range(MOST_ACCOUNTS + 1)])

    other.hears(News(is_everything=True))
    assert one.told.overflows == 1


def test_poisoned_channel_is_not_heard(cache: CacheServer, two: tuple[Instance, Instance]) -> None:
    one, other = two
    stolen = b'{"version": 1, "sender": "me", "accounts": ["ada"], "session": {"is_live": true}}'

    for message in (b"", b"\xff" * 1000, b"0" * 32 + stolen, stolen, b"x" * 2_000_000):
        assert cache.ask("PUBLISH", one.feed.channel, message) == 2
    one.feed.changed([ADA])

    other.hears(News(accounts=frozenset({ADA})))
    assert one.heard == []
    assert one.told.events == other.told.events == []


def test_news_of_ones_own_tell_how_long_they_take_and_those_of_others_do_not(two: tuple[Instance, Instance]) -> None:
    one, other = two

    one.feed.changed([ADA])

    wait_until(lambda: bool(one.told.lags))
    other.hears(News(accounts=frozenset({ADA})))
    assert one.told.lags[0] > 0
    assert other.told.lags == []


def test_message_repeated_by_a_stranger_only_forgets_once_more(
    cache: CacheServer, two: tuple[Instance, Instance]
) -> None:
    one, other = two
    with closing(socket.create_connection(("127.0.0.1", cache.port))) as stranger:
        stranger.sendall(b"SUBSCRIBE %s\r\n" % one.feed.channel.encode())
        assert b"subscribe" in stranger.recv(1000)
        one.feed.changed([ADA])
        recorded = stranger.recv(10_000).split(b"\r\n")[-2]
    other.hears(News(accounts=frozenset({ADA})))

    cache.ask("PUBLISH", one.feed.channel, recorded)

    other.hears(News(accounts=frozenset({ADA})))


def test_gap_makes_both_ends_forget_everything(own: CacheServer, instance: Opens) -> None:
    one, other = instance(own.url), instance(own.url)
    one.hears(EVERYTHING)
    other.hears(EVERYTHING)

    own.kill()
    wait_until(lambda: bool(one.told.events and other.told.events))
    own.start()
    one.hears(EVERYTHING)
    other.hears(EVERYTHING)

    assert one.told.events[0].startswith("lost touch: ")
    wait_until(lambda: one.told.events[1:] == ["in touch"])


def test_connection_cut_by_somebody_makes_that_end_forget_everything(
    cache: CacheServer, two: tuple[Instance, Instance]
) -> None:
    one, _ = two

    cache.ask("CLIENT", "KILL", "TYPE", "pubsub")

    one.hears(EVERYTHING)


def test_changed_while_the_server_is_away_makes_others_forget_everything_later(
    own: CacheServer, instance: Opens
) -> None:
    one, other = instance(own.url), instance(own.url)
    other.hears(EVERYTHING)
    own.kill()
    one.feed.changed([ADA])
    own.start()

    other.hears(EVERYTHING)


def test_changed_while_the_server_stands_still_holds_up_nobody(own: CacheServer, instance: Opens) -> None:
    one = instance(own.url)
    one.hears(EVERYTHING)
    own.pause()

    for number in range(10 * MOST_ACCOUNTS):
        one.feed.changed([AccountId(f"{number}")])

    own.go_on()
    assert len(one.feed._publisher._waiting.accounts) <= MOST_ACCOUNTS


def test_close_tells_what_waits_and_leaves_no_thread(cache: CacheServer, instance: Opens) -> None:
    other = instance(cache.url)
    other.hears(EVERYTHING)
    command = Instance(cache.url)

    command.feed.changed([ADA])
    command.feed.close()

    other.hears(News(accounts=frozenset({ADA})))
    other.feed.close()
    assert not {thread.name for thread in threading.enumerate()} & {"redis-publish", "redis-subscribe"}


def test_close_while_the_server_is_away_ends_all_the_same() -> None:
    one = Instance(f"redis://127.0.0.1:{free_port()}/0")
    one.feed.start()
    one.feed.changed([ADA])

    one.feed.close()

    assert not {thread.name for thread in threading.enumerate()} & {"redis-publish", "redis-subscribe"}
