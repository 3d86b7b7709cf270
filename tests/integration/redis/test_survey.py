"""What a server says of itself, to whoever may ask."""

from pathlib import Path

import pytest

from doorward.adapters.limits.counters import LimitsCounters
from doorward.adapters.redis.counters import RedisCounters
from doorward.adapters.redis.feed import RedisFeed
from doorward.adapters.redis.messages import News
from doorward.adapters.redis.pipeline import Pipeline
from doorward.adapters.redis.survey import Survey, require_kept, survey
from doorward.adapters.redis.wire import FAILURES, Unfit, Wire, is_misled, reason
from doorward.core.limits.records import limit
from doorward.testing.clock import FixedClock
from tests.caches import PROGRAMS, CacheServer, Told, a_cache
from tests.processes import PROJECT, free_port, wait_until


def found(url: str) -> Survey:
    wire = Wire(url)
    try:
        return survey(wire)
    finally:
        wire.close()


def test_survey_tells_product_version_and_policy(cache: CacheServer) -> None:
    told = found(cache.url)

    assert told.product == ("Valkey" if cache.program == PROGRAMS["valkey"] else "Redis")
    assert told.version[0].isdigit()
    assert told.policy == "noeviction"
    assert not told.evicts


@pytest.mark.parametrize("policy", ["allkeys-lru", "allkeys-lfu", "allkeys-random", "volatile-lru", "volatile-ttl"])
def test_survey_evicting_policy_is_seen(tmp_path: Path, policy: str) -> None:
    with a_cache(tmp_path, "--maxmemory-policy", policy) as server:
        told = found(server.url)

    assert told.evicts
    with pytest.raises(Unfit, match=policy):
        require_kept(told)


@pytest.mark.parametrize("forbidden", ["-config", "-config -info"])
def test_survey_config_forbidden_looks_elsewhere(tmp_path: Path, forbidden: str) -> None:
    rights = ["~doorward:*", "&doorward:*", "+@all", *forbidden.split()]
    with a_cache(tmp_path, "--maxmemory-policy", "allkeys-lru") as server:
        server.ask("ACL", "SETUSER", "doorward", "on", ">hunter2", *rights)
        told = found(f"redis://doorward:hunter2@127.0.0.1:{server.port}/0")

    assert told.policy == ("allkeys-lru" if forbidden == "-config" else None)


@pytest.mark.parametrize("who", ["", "doorward:wrong@", ":wrong@"])
def test_survey_wrong_password_is_told_without_it(tmp_path: Path, who: str) -> None:
    with a_cache(tmp_path, "--requirepass", "hunter2") as server, pytest.raises(FAILURES) as refused:
        found(f"redis://{who}127.0.0.1:{server.port}/0")

    assert reason(refused.value) == "it refuses the user or the password"
    assert is_misled(refused.value)


def test_survey_node_of_a_cluster_is_unfit(tmp_path: Path) -> None:
    with (
        a_cache(tmp_path, "--cluster-enabled", "yes", "--cluster-port", str(free_port())) as server,
        pytest.raises(Unfit, match="node of a cluster"),
    ):
        found(server.url)


def test_survey_nobody_there_is_no_mistake_of_the_settings(tmp_path: Path) -> None:
    with a_cache(tmp_path) as server:
        url = server.url
    with pytest.raises(FAILURES) as refused:
        found(url)

    assert reason(refused.value) == "it cannot be reached"
    assert not is_misled(refused.value)


def test_user_of_the_guide_can_do_what_is_needed_and_no_more(cache: CacheServer) -> None:
    guide = PROJECT / "docs" / "how-to" / "share-limits-and-caches-through-redis.md"
    (line,) = (line for line in guide.read_text("utf-8").splitlines() if line.startswith("ACL SETUSER doorward "))
    cache.ask(*line.split())
    url = f"redis://doorward:PASSWORD@127.0.0.1:{cache.port}/0"
    told, heard = Told(), list[News]()
    feed = RedisFeed(url, key=bytes(32), hear=heard.append, notes=told)
    pipeline = Pipeline(url, channel=feed.channel, must_keep=True, notes=told)
    counters = RedisCounters(pipeline, LimitsCounters(FixedClock()), key=bytes(32))
    pipeline.start()
    feed.start()

    wait_until(lambda: pipeline.is_up and bool(heard))
    answer = counters.hit(limit("export"), "a")
    feed.added_jobs()
    feed.close()
    pipeline.close()

    assert answer.admitted
    assert (told.events, told.fallbacks) == ([], 0)
    assert found(url).policy == "noeviction"
    with pytest.raises(FAILURES):
        asks(url, "KEYS", "*")
    with pytest.raises(FAILURES):
        asks(url, "GET", "another:key")


def asks(url: str, *words: str) -> None:
    wire = Wire(url)
    try:
        wire.ask(*words)
    finally:
        wire.close()
