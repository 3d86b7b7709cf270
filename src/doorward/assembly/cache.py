"""What instances share beside the store: limits, and news of what changed. Through Redis, or not at all."""

from abc import abstractmethod
from collections.abc import Awaitable, Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final, Protocol

from doorward.adapters.limits.counters import LimitsCounters
from doorward.adapters.redis.messages import News
from doorward.adapters.redis.notes import Notes
from doorward.api.doors import AtOnce, Counters
from doorward.core.kernel.clock import Clock
from doorward.core.kernel.ids import AccountId
from doorward.core.kernel.secrets import derive
from doorward.core.limits.ports import Allowance, RateCounters
from doorward.core.limits.records import Limit
from doorward.settings.problems import Problem, SettingsInvalid
from doorward.settings.record import Settings

_DRIVERS: Final = frozenset({"redis", "hiredis"})
_INSTALL: Final = Problem(
    "The driver of the cache, redis, is not installed.",
    "DOORWARD_CACHE_URL names a cache that is reached through it.",
    "Run: pip install 'doorward[redis]'",
)
_CORRECT: Final = "Correct DOORWARD_CACHE_URL: redis://USER:PASSWORD@HOST:PORT/NUMBER, or rediss:// for TLS."
_KEEP: Final = "Run: redis-cli CONFIG SET maxmemory-policy noeviction, and set it in the server's configuration too."


class Feed(Protocol):
    """Where instances tell each other that something changed."""

    @abstractmethod
    def changed(self, account_ids: Collection[AccountId]) -> None:
        """Tell of which accounts' sessions snapshots are stale."""

    @abstractmethod
    def added_jobs(self) -> None:
        """Tell that there are new jobs."""

    @abstractmethod
    def changed_keys(self) -> None:
        """Tell that the signing keys changed."""


class Nobody(Feed):
    """The feed of a process that shares nothing: nobody hears it."""

    def changed(self, account_ids: Collection[AccountId]) -> None:
        """Tell nobody."""

    def added_jobs(self) -> None:
        """Tell nobody."""

    def changed_keys(self) -> None:
        """Tell nobody."""


@dataclass(frozen=True, slots=True)
class Cache:
    """Counters for flows and for doors, the feed, and what begins and ends with the process."""

    counters: RateCounters
    hits: Counters
    feed: Feed
    is_up: Callable[[], bool]
    start: Callable[[], None]
    close: Callable[[], None]


@dataclass(frozen=True, slots=True)
class Examined:
    """What a look at the cache's server found: what it is, if it answers, and what is wrong with it.

    `is_fatal`: waiting does not mend it.
    """

    is_what: str
    problem: Problem | None = None
    is_fatal: bool = False


def open_cache(settings: Settings, secret: bytes, clock: Clock, *, hear: Callable[[News], None], notes: Notes) -> Cache:
    """Return what the settings say is shared. Nothing is connected yet.

    Raises: SettingsInvalid, also when the driver is not installed.
    """
    scale = settings.limits.limits_scale
    own = LimitsCounters(clock, scale=scale)
    if not settings.store.is_cache_shared:
        return Cache(own, AtOnce(own), Nobody(), lambda: True, _nothing, _nothing)
    with _explained():
        return _shared(settings, own, secret, hear=hear, notes=notes)


def examine_cache(settings: Settings) -> Examined:
    """Return what the server of a shared cache says of itself, and what is wrong with it.

    Raises: SettingsInvalid, when the driver is not installed.
    """
    with _explained():
        return _examined(settings)


def require_fit_cache(settings: Settings) -> None:
    """Return when the cache may be used, or does not answer: that is no reason not to start.

    Raises: SettingsInvalid.
    """
    if not settings.store.is_cache_shared:
        return
    examined = examine_cache(settings)
    if examined.problem is not None and examined.is_fatal:
        raise SettingsInvalid([examined.problem])


def _shared(
    settings: Settings, own: LimitsCounters, secret: bytes, *, hear: Callable[[News], None], notes: Notes
) -> Cache:
    # The driver is loaded only where it is needed.
    from doorward.adapters.redis.counters import RedisCounters  # noqa: PLC0415
    from doorward.adapters.redis.feed import RedisFeed  # noqa: PLC0415
    from doorward.adapters.redis.pipeline import Pipeline  # noqa: PLC0415

    url = settings.store.cache_url.get_secret_value()
    feed = RedisFeed(url, key=derive(secret, "feed"), hear=hear, notes=notes)
    pipeline = Pipeline(url, channel=feed.channel, must_keep=settings.server.is_production, notes=notes)
    key, scale = derive(secret, "limits"), settings.limits.limits_scale
    counters = RedisCounters(pipeline, own, key=key, scale=scale)

    def start() -> None:
        pipeline.start()
        feed.start()

    def close() -> None:
        pipeline.close()
        feed.close()

    return Cache(counters, _Soon(counters.hit_soon), feed, counters.is_up, start, close)


@dataclass(frozen=True, slots=True)
class _Soon(Counters):
    """Counters that answer as soon as their server does."""

    count: Callable[[Limit, str], Awaitable[Allowance]]

    async def hit(self, limit: Limit, key: str) -> Allowance:
        return await self.count(limit, key)


def _examined(settings: Settings) -> Examined:
    from doorward.adapters.redis.survey import survey  # noqa: PLC0415 (see above)
    from doorward.adapters.redis.wire import FAILURES, Unfit, Wire, is_misled, reason  # noqa: PLC0415 (same)

    wire = Wire(settings.store.cache_url.get_secret_value())
    try:
        found = survey(wire)
    except FAILURES as error:
        is_fatal = is_misled(error) or isinstance(error, Unfit)
        why = "Limits are counted in each process, and changes by other instances are noticed late, until it answers."
        remedy = _CORRECT if is_fatal else "Start it, open the way to it, or correct DOORWARD_CACHE_URL."
        return Examined(
            "does not answer", Problem(f"The cache cannot be used: {reason(error)}.", why, remedy), is_fatal
        )
    finally:
        wire.close()
    what = f"{found.product} {found.version} answers, {found.policy or 'its policy is not for us to see'}"
    if not found.evicts or not settings.server.is_production:
        return Examined(what)
    why = "When its memory is full it would throw away the counts of those who are being held back."
    return Examined(
        what, Problem(f"The cache evicts keys (maxmemory-policy {found.policy}).", why, _KEEP), is_fatal=True
    )


@contextmanager
def _explained() -> Iterator[None]:
    """Say what to install, or what to correct."""
    try:
        yield
    except ImportError as missing:
        if (missing.name or "").partition(".")[0] not in _DRIVERS:
            raise
        raise SettingsInvalid([_INSTALL]) from None
    except ValueError as error:
        why = "It says where limits and news are shared."
        raise SettingsInvalid([Problem(f"cache_url cannot be used: {error}.", why, _CORRECT)]) from None


def _nothing() -> None:
    """Begin or end nothing."""
