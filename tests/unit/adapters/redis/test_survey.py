"""What a server says of itself, to whoever may ask."""

from pathlib import Path

import pytest

from doorward.adapters.redis.survey import Survey, require_kept, survey
from doorward.adapters.redis.wire import FAILURES, Unfit, Wire, is_misled, reason
from tests.caches import PROGRAMS, CacheServer, a_cache


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
    with a_cache(tmp_path, "--cluster-enabled", "yes") as server, pytest.raises(Unfit, match="node of a cluster"):
        found(server.url)


def test_survey_nobody_there_is_no_mistake_of_the_settings(tmp_path: Path) -> None:
    with a_cache(tmp_path) as server:
        url = server.url
    with pytest.raises(FAILURES) as refused:
        found(url)

    assert reason(refused.value) == "it cannot be reached"
    assert not is_misled(refused.value)
