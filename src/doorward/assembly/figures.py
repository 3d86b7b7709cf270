"""Figures: what was counted in this process, with what the store holds at this moment."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from doorward.assembly.house import House
from doorward.assembly.watching.watch import UNKNOWN
from doorward.core.audit.records import AddressKey
from doorward.core.audit.rules import KEY_LIVES_FOR
from doorward.core.kernel.errors import Unavailable
from doorward.core.keys.records import SIGNS, SigningKey
from doorward.core.keys.rules import signs_until
from doorward.core.operating.figures import Figures
from doorward.core.outbox.records import JobState
from doorward.telemetry.reading import figures_of
from doorward.worker.jobs import JOBS, SCHEDULE

_STATES: Final = {state.value: 0 for state in JobState}


@dataclass(frozen=True, slots=True)
class _Kept:
    """What the store holds that is of interest here."""

    counts: Mapping[JobState, int]
    waiting: Mapping[str, int]
    due: datetime | None
    done: Mapping[str, datetime | None]
    address_key: AddressKey | None
    keys: tuple[SigningKey, ...]


def figures(house: House) -> bytes:
    """Return the figures for Prometheus. While the store is away, they lack what only it knows, and say so."""
    _take(house)
    return house.metrics.render()


def current_figures(house: House) -> Figures:
    """Return the same figures as a record, for whoever shows them; take two to see what happened in between."""
    _take(house)
    return figures_of(house.metrics.registry.collect(), taken_at=house.clock.now().timestamp())


def _take(house: House) -> None:
    """Set what is read at this moment."""
    metrics, now, looked_at = house.metrics, house.clock.now(), house.worker.looked_at
    metrics.last_look(None if looked_at is None else now - looked_at)
    try:
        kept = _kept(house)
    except Unavailable:
        metrics.store_is(up=False)
        metrics.forget_kept()
        return
    metrics.store_is(up=True)
    metrics.waiting(_by_known_name(kept.waiting))
    for task, at in kept.done.items():
        metrics.last_success(task, None if at is None else now - at)
    metrics.queue(
        {**_STATES, **{state.value: count for state, count in kept.counts.items()}},
        oldest=None if kept.due is None else now - kept.due,
    )
    signing = {algorithm.value: signs_until(kept.keys, algorithm, now) for algorithm in SIGNS}
    metrics.signs_for({name: None if until is None else until - now for name, until in signing.items()})
    oldest = kept.address_key
    metrics.oldest_address_key(now - (oldest.destroy_at - KEY_LIVES_FOR) if oldest else None)


def _kept(house: House) -> _Kept:
    with house.store.view() as work:
        return _Kept(
            counts=work.outbox.count(),
            waiting=work.outbox.waiting(),
            due=work.outbox.next_due(),
            done={scheduled.task: work.outbox.last_done(scheduled.name) for scheduled in SCHEDULE},
            address_key=work.address_keys.oldest(),
            keys=work.signing_keys.all(),
        )


def _by_known_name(waiting: Mapping[str, int]) -> Mapping[str, int]:
    """Return how many jobs wait of each name that a worker of this release knows, and of all others together."""
    known = {name: waiting.get(name, 0) for name in JOBS}
    return {**known, UNKNOWN: sum(waiting.values()) - sum(known.values())}
