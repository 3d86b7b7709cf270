"""What was seen of a process, for people and for programs."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from math import inf
from typing import Final

from doorward.cli.looking.look import Look
from doorward.cli.output import Value
from doorward.core.operating.figures import Counts, Figures, Spread

_MINUTE: Final = 60
_UNITS: Final = ((86_400, "d"), (3600, "h"), (60, "min"))


def shown(look: Look) -> Mapping[str, Value]:
    """Return what people read."""
    found: dict[str, Value] = {"process": _process(look)}
    if look.checks:
        found["depends on"] = ", ".join(f"{name} {state}" for name, state in look.checks.items())
    if look.figures is not None:
        found |= {name: say(look.figures) for name, say in _LINES.items()}
    return found


def document(look: Look) -> Mapping[str, Value]:
    """Return what programs read. Moments are seconds since 1970; ages, lags and latencies seconds."""
    problem = look.problem
    return {
        "url": look.url,
        "is_well": look.is_well,
        "is_ready": look.is_ready,
        "checks": dict(look.checks),
        "problem": None if problem is None else {"what": problem.what, "why": problem.why, "remedy": problem.remedy},
        "figures": None if look.figures is None else _members(look.figures),
    }


def _members(figures: Figures) -> Mapping[str, Value]:
    """Return figures in numbers that JSON can say: what is infinite is None, and spreads are their quantiles."""
    counted = figures.counted
    plain = {name: _plain(value) for name, value in asdict(figures).items() if name != "counted"}
    counts = {name: _plain(value) for name, value in asdict(counted).items() if name not in _SPREADS}
    spreads = {
        "answers": _quantiles(counted.answers),
        "lane_waits": {lane: _quantiles(spread) for lane, spread in counted.lane_waits.items()},
        "store": {operation: _quantiles(spread) for operation, spread in counted.store.items()},
    }
    return {**plain, "seconds": figures.seconds, "counted": {**counts, **spreads}}


_SPREADS: Final = frozenset({"answers", "lane_waits", "store"})


def _plain(value: object) -> Value:
    match value:
        case Mapping():
            return {str(name): _plain(inner) for name, inner in value.items()}
        case float() if value in (inf, -inf):
            return None
        case None | bool() | int() | float() | str():
            return value
        case _:
            return str(value)


def _quantiles(spread: Spread) -> Mapping[str, Value]:
    return {"count": spread.count, "p50": spread.quantile(0.5), "p99": spread.quantile(0.99)}


def _process(look: Look) -> str:
    state = {True: "ready", False: "NOT READY", None: "answers"}[look.is_ready]
    if look.figures is None:
        return f"{look.url}: {state if look.is_ready is not None else 'unknown'}"
    return f"{look.url}: {state}, release {look.figures.version}"


def _sign_ins(figures: Figures) -> str:
    logins = figures.counted.logins
    return (
        f"{_a_minute(logins, figures, 'accepted')}, refused {_a_minute(logins, figures, 'refused')}, "
        f"limited {_a_minute(logins, figures, 'limited')}, failed {_a_minute(logins, figures, 'failed')}"
    )


def _sessions(figures: Figures) -> str:
    counted = figures.counted
    reused = sum(counted.reuses.values())
    return f"{_rate(sum(counted.rotations.values()), figures)} refreshed, {reused:.0f} reused"


def _locks(figures: Figures) -> str:
    return ", ".join(f"{count:.0f} {change}" for change, count in figures.counted.locks.items())


def _answers(figures: Figures) -> str:
    counted = figures.counted
    failed = counted.requests.get("5xx", 0.0)
    return f"{_rate(counted.answers.count, figures)}, {_took(counted.answers)}, {failed:.0f} failed"


def _refusals(figures: Figures) -> str:
    counted = figures.counted
    full = sum(counted.lane_refusals.values())
    return f"{sum(counted.rate_limited.values()):.0f} by limits, {full:.0f} by full lanes"


def _lanes(figures: Figures) -> str:
    waiting = ", ".join(f"{lane} {count:.0f}" for lane, count in figures.lanes_waiting.items())
    return f"{waiting or 'none'} wait"


def _store(figures: Figures) -> str:
    took = "; ".join(f"{name} {_took(spread)}" for name, spread in figures.counted.store.items() if spread.count)
    state = "answers" if figures.is_store_up else "AWAY"
    use = f"{figures.store_in_use:.0f} of {figures.store_connections_most:.0f} in use"
    return ", ".join(part for part in (state, use, took) if part)


def _queue(figures: Figures) -> str:
    if not figures.queue:
        return "unknown while the store is away"
    jobs = ", ".join(f"{count:.0f} {state}" for state, count in figures.queue.items())
    return f"{jobs}; oldest due for {_lasted(figures.queue_oldest_age)}"


def _mails(figures: Figures) -> str:
    return ", ".join(f"{count:.0f} {outcome.replace('_', ' ')}" for outcome, count in figures.counted.mails.items())


def _worker(figures: Figures) -> str:
    if figures.last_look_age is None:
        return "none runs in this process"
    return f"looked {_lasted(figures.last_look_age)} ago"


def _schedule(figures: Figures) -> str:
    return ", ".join(
        f"{task} {'not of late' if age == inf else _lasted(age) + ' ago'}"
        for task, age in figures.last_success_ages.items()
    )


def _shared(figures: Figures) -> str:
    lag = "no news yet" if figures.feed_lag is None else f"news within {_took_seconds(figures.feed_lag)}"
    away = [name for name, is_away in (("cache", figures.is_cache_away), ("feed", figures.is_feed_away)) if is_away]
    return f"{' and '.join(away)} AWAY" if away else lag


def _keys(figures: Figures) -> str:
    return ", ".join(f"{algorithm} {_lasted(left)} more" for algorithm, left in figures.signs_for.items())


_LINES: Final[Mapping[str, Callable[[Figures], str]]] = {
    "counted over": lambda figures: _lasted(figures.seconds),
    "sign-ins": _sign_ins,
    "sessions": _sessions,
    "locks": _locks,
    "answers": _answers,
    "turned away": _refusals,
    "lanes": _lanes,
    "store": _store,
    "queue": _queue,
    "mails": _mails,
    "worker": _worker,
    "schedule": _schedule,
    "between servers": _shared,
    "keys sign": _keys,
}
"""What people read of figures, a line each."""


def _a_minute(counts: Counts, figures: Figures, name: str) -> str:
    return _rate(counts.get(name, 0.0), figures)


def _rate(count: float, figures: Figures) -> str:
    seconds = figures.seconds
    return f"{count * _MINUTE / seconds:.1f}/min" if seconds else f"{count:.0f}"


def _took(spread: Spread) -> str:
    half, nearly_all = spread.quantile(0.5), spread.quantile(0.99)
    if half is None or nearly_all is None:
        return "none"
    return f"half within {_took_seconds(half)}, 99 of 100 within {_took_seconds(nearly_all)}"


def _took_seconds(seconds: float) -> str:
    return f"{seconds * 1000:.1f} ms" if seconds < 1 else f"{seconds:.1f} s"


def _lasted(seconds: float | None) -> str:
    """Return how long something lasted, in the unit that suits it."""
    if seconds is None:
        return "unknown"
    unit = next(((length, name) for length, name in _UNITS if seconds >= length), None)
    return f"{seconds:.0f} s" if unit is None else f"{seconds / unit[0]:.1f} {unit[1]}"
