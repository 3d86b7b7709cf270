"""Two instances over one store that share limits and news through a server, and go on without it."""

import logging
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from doorward.adapters.redis import pipeline
from doorward.adapters.redis.feed import RedisFeed
from doorward.assembly.app import app_of
from doorward.assembly.house import House, open_house
from doorward.core.kernel.ids import AccountId, SessionId
from doorward.core.oauth.start_session import StartClientSession
from doorward.core.sessions.records import Kind, Snapshot
from doorward.settings.load import load
from tests.builders import a_client, a_grant
from tests.caches import CacheServer, a_cache
from tests.house import PASSWORD
from tests.processes import wait_until

FORGOT = "/v1/auth/forgot_password"
EXPORT = "/v1/mobile/me/export"
EXPORTS = 10
"""How many exports an account has in an hour: nothing of that comes back while a test runs."""
FEED_ALONE = 60.0
"""A bound so long that only the feed can be the reason for what a test sees."""


@dataclass
class Instance:
    """One instance: its house, and a client of it."""

    house: House
    client: TestClient

    @property
    def is_sharing(self) -> bool:
        """Whether it is known to share limits at this moment."""
        return self.house.cache.is_up()

    def me(self, tokens: dict[str, str]) -> int:
        """Return the status that the owner of a session gets."""
        return self.client.get("/v1/mobile/me", headers=bearer(tokens)).status_code

    def forgot(self) -> Response:
        """Ask for a mail."""
        return self.client.post(FORGOT, json={"email": "ada@mail.example"})

    def export(self, tokens: dict[str, str]) -> int:
        """Ask for everything that is kept about the account."""
        return self.client.get(EXPORT, headers=bearer(tokens)).status_code

    def sign_in(self) -> dict[str, str]:
        """Sign in, and return the tokens."""
        answer = self.client.post("/v1/auth/login_mobile", json={"username": "ada", "password": PASSWORD})
        tokens: dict[str, str] = answer.json()
        return tokens

    def sign_out(self, tokens: dict[str, str]) -> int:
        """Sign out."""
        return self.client.post("/v1/auth/logout_mobile", headers=bearer(tokens)).status_code


def bearer(tokens: dict[str, str]) -> dict[str, str]:
    return {"authorization": f"Bearer {tokens['access_token']}"}


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[CacheServer]:
    with a_cache(tmp_path) as server:
        yield server


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait longer for an answer than a server would: a busy machine is no server that is away."""
    monkeypatch.setattr(pipeline, "BUDGET", timedelta(seconds=1))


Opens = Callable[..., Instance]


@pytest.fixture
def opens(tmp_path: Path, cache: CacheServer) -> Iterator[Opens]:
    """Open instances over one store, that share one server."""
    with ExitStack() as open_until_the_end:

        def an_instance(*, bound: float = FEED_ALONE) -> Instance:
            settings = {"data_dir": tmp_path / "data", "cache_url": cache.url, "cache_bound_seconds": bound}
            house = open_house(load(settings))
            house.prepare_to_serve()
            client = TestClient(app_of(house, with_worker=False), base_url="http://localhost:8000")
            opened = Instance(house, open_until_the_end.enter_context(client))
            wait_until(lambda: opened.is_sharing and listeners(cache, house) >= 1)
            return opened

        yield an_instance


@pytest.fixture
def two(opens: Opens, cache: CacheServer) -> tuple[Instance, Instance]:
    """Two instances that hear each other, and an account."""
    one, other = opens(), opens()
    wait_until(lambda: listeners(cache, one.house) == 2)
    one.house.flows.add_account("ada", "ada@mail.example", password=PASSWORD)
    return one, other


def listeners(cache: CacheServer, house: House) -> int:
    """Return how many instances listen."""
    feed = house.cache.feed
    assert isinstance(feed, RedisFeed)
    reply = cache.ask("PUBSUB", "NUMSUB", feed.channel)
    assert isinstance(reply, list)
    assert isinstance(reply[1], int)
    return reply[1]


def granted_in(house: House, parent: Snapshot) -> SessionId:
    """Let a client act in a session, and return the session of the client."""
    now, start = house.clock.now(), StartClientSession(house.tools.refresh_tokens)
    grant = replace(a_grant(now=now), account_id=parent.profile.id)
    with house.store.work() as work:
        start(work, grant, a_client(), scope="openid", place="", granted_in=parent.session_id, now=now)
    return grant.session_id


def test_session_that_ends_on_one_instance_is_refused_on_the_other_at_once(two: tuple[Instance, Instance]) -> None:
    one, other = two
    tokens = one.sign_in()
    assert (one.me(tokens), other.me(tokens)) == (200, 200)

    assert one.sign_out(tokens) == 204

    wait_until(lambda: other.me(tokens) == 401)
    assert one.me(tokens) == 401


def test_session_of_a_client_that_ends_with_its_parent_on_one_instance_is_forgotten_on_the_other(
    two: tuple[Instance, Instance],
) -> None:
    one, other = two
    tokens = one.sign_in()
    child = granted_in(one.house, one.house.flows.recognise(tokens["access_token"], Kind.MOBILE))
    own, others = one.house.adapters.snapshots, other.house.adapters.snapshots
    before = [snapshots.load(child) for snapshots in (own, others)]

    assert one.sign_out(tokens) == 204

    wait_until(lambda: others.cached(child) is None)
    after = [snapshots.load(child) for snapshots in (own, others)]
    assert [snapshot is not None and snapshot.is_live for snapshot in before] == [True, True]
    assert [snapshot is not None and snapshot.is_live for snapshot in after] == [False, False]


def test_role_that_is_granted_on_one_instance_is_seen_on_the_other_at_once(two: tuple[Instance, Instance]) -> None:
    one, other = two
    tokens = one.sign_in()
    assert other.client.get("/v1/mobile/me", headers=bearer(tokens)).json()["roles"] == []

    one.house.flows.set_role("ada", "editor", granted=True)

    wait_until(lambda: other.client.get("/v1/mobile/me", headers=bearer(tokens)).json()["roles"] == ["editor"])


def test_session_that_ends_while_the_server_is_away_is_refused_within_the_bound(
    opens: Opens, cache: CacheServer
) -> None:
    one, other = opens(bound=1.0), opens(bound=1.0)
    one.house.flows.add_account("ada", "ada@mail.example", password=PASSWORD)
    tokens = one.sign_in()
    assert other.me(tokens) == 200
    cache.kill()

    one.sign_out(tokens)

    wait_until(lambda: other.me(tokens) == 401)
    assert one.me(tokens) == 401


def test_session_status_in_a_stolen_server_changes_no_decision(
    two: tuple[Instance, Instance], cache: CacheServer
) -> None:
    one, other = two
    tokens = one.sign_in()
    one.sign_out(tokens)
    wait_until(lambda: other.me(tokens) == 401)
    feed = one.house.cache.feed
    assert isinstance(feed, RedisFeed)

    for key in cache.all_keys():
        cache.ask("SET", key, b'{"is_live": true}')
    cache.ask("PUBLISH", feed.channel, b'{"is_live": true}')
    cache.ask("FLUSHALL")

    assert (one.me(tokens), other.me(tokens)) == (401, 401)


def test_keys_that_one_instance_makes_are_published_by_the_other(two: tuple[Instance, Instance]) -> None:
    one, other = two
    before = other.house.flows.keyring.published()

    made = one.house.flows.rotate_keys(force=True)

    wait_until(lambda: all(key.id in other.house.flows.keyring.published() for key in made))
    assert not any(key.id in before for key in made)


def test_jobs_that_one_instance_adds_wake_the_worker_of_the_other(two: tuple[Instance, Instance]) -> None:
    one, other = two
    other.house.worker._wake.clear()

    assert one.forgot().status_code == 202

    wait_until(other.house.worker._wake.is_set)


def test_limit_is_shared_by_both_instances(two: tuple[Instance, Instance]) -> None:
    one, other = two
    tokens = one.sign_in()

    answers = [each.export(tokens) for _ in range(EXPORTS // 2) for each in (one, other)]

    assert set(answers) == {200}
    assert (one.export(tokens), other.export(tokens)) == (429, 429)


def test_limit_bites_while_the_server_stands_still_and_nothing_is_forgiven_after(
    two: tuple[Instance, Instance], cache: CacheServer, caplog: pytest.LogCaptureFixture
) -> None:
    one, _ = two
    tokens = one.sign_in()
    wait_until(lambda: _instances(one) == 2)
    with caplog.at_level(logging.DEBUG, logger="doorward.cache"):
        cache.pause()
        away = [one.export(tokens) for _ in range(EXPORTS)]
        ready = one.client.get("/readyz")
        cache.go_on()
        wait_until(lambda: one.is_sharing)
        back = one.export(tokens)
        wait_until(lambda: told(caplog, "cache.away") == told(caplog, "cache.back"))

    assert away == [200] * (EXPORTS // 2) + [429] * (EXPORTS // 2)
    assert back == 429
    assert (ready.status_code, ready.json()["status"], ready.json()["checks"]["cache"]) == (200, "ok", "degraded")
    # Once by each instance; on a machine that is busy it may go and come back again.
    assert 1 <= told(caplog, "cache.away") < EXPORTS


def told(caplog: pytest.LogCaptureFixture, event: str) -> int:
    """Return how often an event was logged."""
    return sum(record.getMessage().startswith(event) for record in caplog.records)


def _instances(instance: Instance) -> int:
    counters = instance.house.adapters.counters
    return int(counters._pipeline.instances)  # type: ignore[attr-defined]  # what is told apart by the test alone


def test_metrics_tell_whether_the_cache_is_away(opens: Opens, cache: CacheServer) -> None:
    one = opens()
    before = one.house.metrics.render().decode()
    cache.kill()
    wait_until(lambda: "doorward_cache_away 1.0" in one.house.metrics.render().decode())
    one.forgot()

    after = one.house.metrics.render().decode()
    assert "doorward_cache_away 0.0" in before
    assert "doorward_cache_fallbacks_total 0.0" in before
    assert "doorward_cache_away 1.0" in after
    assert "doorward_cache_fallbacks_total 1.0" in after


def test_server_holds_neither_addresses_nor_tokens_nor_accounts(
    two: tuple[Instance, Instance], cache: CacheServer, tmp_path: Path
) -> None:
    one, other = two
    body = {"username": "margaret", "email": "margaret@mail.example", "password": PASSWORD}
    one.client.post("/v1/auth/register_mobile", json=body)
    tokens = one.sign_in()
    tokens = other.client.post("/v1/auth/refresh_mobile", json={"refresh_token": tokens["refresh_token"]}).json()
    for _ in range(3):
        one.forgot()
    one.house.worker.drain()
    one.sign_out(tokens)

    kept = b"\n".join(
        key + b"=" + value for key in cache.all_keys() if isinstance(value := cache.ask("GET", key), bytes)
    )

    canaries = [b"margaret", b"mail.example", b"testclient", PASSWORD.encode(), *secrets_of(tmp_path / "data")]
    canaries += [value.encode() for value in tokens.values() if isinstance(value, str)]
    assert kept.count(b"doorward:limits:{") == len(cache.all_keys()) >= 4
    assert [canary for canary in canaries if canary in kept] == []


def secrets_of(data_dir: Path) -> list[bytes]:
    """Return the ids of accounts and sessions in the store."""
    with sqlite3.connect(data_dir / "doorward.sqlite3") as connection:
        rows = connection.execute("SELECT id FROM dw_accounts UNION SELECT id FROM dw_sessions").fetchall()
    connection.close()
    return [str(row[0]).encode() for row in rows]


def test_close_ends_every_thread_of_the_cache(opens: Opens, cache: CacheServer, tmp_path: Path) -> None:
    house = open_house(load({"data_dir": tmp_path / "data", "cache_url": cache.url}))
    house.prepare_to_serve()
    house.start()
    house.cache.feed.changed([AccountId("a")])

    house.close()
    house.close()

    feed = house.cache.feed
    assert isinstance(feed, RedisFeed)
    assert feed._subscriber._thread is not None
    assert feed._publisher._thread is not None
    assert not feed._subscriber._thread.is_alive()
    assert not feed._publisher._thread.is_alive()
