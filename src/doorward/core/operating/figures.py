"""What a process counted, as people look at it: read at one moment, or between two."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from math import isinf


@dataclass(frozen=True, slots=True)
class Spread:
    """How long things took: of each bound in seconds, how many took at most so long. The last bound is infinite."""

    bounds: tuple[float, ...] = ()
    counts: tuple[float, ...] = ()

    @property
    def count(self) -> float:
        """How many there were."""
        return self.counts[-1] if self.counts else 0.0

    def quantile(self, part: float) -> float | None:
        """Return within how many seconds this `part` was done, between 0 and 1; None where nothing was.

        Within a bucket it is guessed as Prometheus does; what took longer than all bounds counts as the longest.
        """
        rank = part * self.count
        if not rank:
            return None
        place = next(place for place, count in enumerate(self.counts) if count >= rank)
        below, before = (self.bounds[place - 1], self.counts[place - 1]) if place else (0.0, 0.0)
        if isinf(self.bounds[place]):
            return below
        return below + (self.bounds[place] - below) * (rank - before) / (self.counts[place] - before)

    def __add__(self, other: "Spread") -> "Spread":
        """Return both together."""
        return self._with(other, lambda mine, theirs: mine + theirs)

    def __sub__(self, earlier: "Spread") -> "Spread":
        """Return what came since."""
        return self._with(earlier, _grown)

    def _with(self, other: "Spread", made: Callable[[float, float], float]) -> "Spread":
        if not self.counts or not other.counts:
            return self if self.counts else other
        return Spread(self.bounds, tuple(map(made, self.counts, other.counts)))


Counts = Mapping[str, float]
Spreads = Mapping[str, Spread]


@dataclass(frozen=True, slots=True)
class Counted:
    """What happened, by the values that the reference of metrics names."""

    requests: Counts = field(default_factory=dict)
    logins: Counts = field(default_factory=dict)
    locks: Counts = field(default_factory=dict)
    rotations: Counts = field(default_factory=dict)
    reuses: Counts = field(default_factory=dict)
    rate_limited: Counts = field(default_factory=dict)
    lane_refusals: Counts = field(default_factory=dict)
    store_failures: Counts = field(default_factory=dict)
    jobs: Counts = field(default_factory=dict)
    mails: Counts = field(default_factory=dict)
    answers: Spread = field(default_factory=Spread)
    lane_waits: Spreads = field(default_factory=dict)
    store: Spreads = field(default_factory=dict)

    def __sub__(self, earlier: "Counted") -> "Counted":
        """Return what came since; where a process began anew meanwhile, what it has counted since then."""
        return Counted(
            requests=_since(self.requests, earlier.requests),
            logins=_since(self.logins, earlier.logins),
            locks=_since(self.locks, earlier.locks),
            rotations=_since(self.rotations, earlier.rotations),
            reuses=_since(self.reuses, earlier.reuses),
            rate_limited=_since(self.rate_limited, earlier.rate_limited),
            lane_refusals=_since(self.lane_refusals, earlier.lane_refusals),
            store_failures=_since(self.store_failures, earlier.store_failures),
            jobs=_since(self.jobs, earlier.jobs),
            mails=_since(self.mails, earlier.mails),
            answers=self.answers - earlier.answers,
            lane_waits=_spread_since(self.lane_waits, earlier.lane_waits),
            store=_spread_since(self.store, earlier.store),
        )


@dataclass(frozen=True, slots=True)
class Figures:
    """What one process counted, and what it found when it was asked.

    Moments are seconds since 1970, ages and lags seconds. None, or a name that is not there, is what nobody knows: of
    the store while that is away, of a worker where none runs. `counted` is since the start, or `since` a moment.
    """

    taken_at: float
    counted: Counted
    since: float | None = None
    version: str = ""
    is_store_up: bool = True
    store_in_use: float = 0
    store_connections_most: float = 0
    lanes_waiting: Counts = field(default_factory=dict)
    queue: Counts = field(default_factory=dict)
    queue_waiting: Counts = field(default_factory=dict)
    queue_oldest_age: float | None = None
    last_success_ages: Counts = field(default_factory=dict)
    last_look_age: float | None = None
    signs_for: Counts = field(default_factory=dict)
    is_cache_away: bool = False
    is_feed_away: bool = False
    feed_lag: float | None = None

    @property
    def seconds(self) -> float | None:
        """For how long it was counted."""
        return None if self.since is None else self.taken_at - self.since

    def after(self, earlier: "Figures") -> "Figures":
        """Return the same with what was counted after earlier figures alone."""
        return replace(self, counted=self.counted - earlier.counted, since=earlier.taken_at)


def _since(counts: Counts, earlier: Counts) -> Counts:
    return {name: _grown(count, earlier.get(name, 0.0)) for name, count in counts.items()}


def _spread_since(spreads: Spreads, earlier: Spreads) -> Spreads:
    return {name: spread - earlier.get(name, Spread()) for name, spread in spreads.items()}


def _grown(now: float, before: float) -> float:
    """Return by how much a count grew, which begins at nothing with its process."""
    return now - before if now >= before else now
