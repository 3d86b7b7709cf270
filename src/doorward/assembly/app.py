"""A house becomes an application."""

import os
import threading
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager

from fastapi import FastAPI

import doorward
from doorward.api.app import Api, build
from doorward.api.doors import Doors
from doorward.api.lanes import Lanes
from doorward.api.pages.errors import error_page
from doorward.api.pages.router import page_routers
from doorward.assembly.house import House, open_house
from doorward.assembly.operating.inside import inside_of
from doorward.assembly.watch import DoorWatch
from doorward.core.audit.rules import KEY_LIVES_FOR
from doorward.core.kernel.secrets import derive
from doorward.core.operating.rules import Fitness, judge
from doorward.core.outbox.records import JobState
from doorward.settings.load import load
from doorward.worker.jobs import JOBS, SCHEDULE


def created(overrides: Mapping[str, object]) -> Api:
    """Return the application that settings describe, ready to answer.

    Raises: SettingsInvalid. Unavailable.
    """
    house = open_house(load(overrides))
    try:
        house.prepare_to_serve()
    except BaseException:
        house.close()
        raise
    return app_of(house)


def app_of(house: House, *, doors: Doors | None = None, with_worker: bool = True) -> Api:
    """Return the application of a house. Its life cycle runs the worker, unless that has a process of its own.

    `doors` are those of this house, where whoever calls needs them too.
    """
    doors = doors or doors_of(house)
    app = build(doors, pages=page_routers(doors), error_page=error_page)
    inner = app.router.lifespan_context

    @asynccontextmanager
    async def live(served: FastAPI) -> AsyncIterator[None]:
        thread = threading.Thread(target=house.worker.run, name="worker", daemon=True)
        house.start()
        house.history.start()
        if with_worker:
            thread.start()
        async with inner(served):
            yield
        if with_worker:
            house.worker.stop()
            thread.join(timeout=10)
        house.history.close()
        house.close()

    app.router.lifespan_context = live
    return app


def doors_of(house: House) -> Doors:
    """Return what the doors of a house need."""
    server = house.settings.server
    watch = DoorWatch(house.metrics)
    return Doors(
        flows=house.flows,
        lanes=Lanes.build(cores=os.cpu_count() or 1, watch=watch),
        counters=house.cache.hits,
        clock=house.clock,
        issuer=server.issuer,
        is_development=not server.is_production,
        csrf_key=derive(house.secret, "csrf"),
        watch=watch,
        checks=_checks(house),
        metrics=lambda: figures(house),
        inside=inside_of(house.loaded, house.worker, house.history, now=house.clock.now()),
        version=doorward.__version__,
        trusted_proxies=server.trusted_proxies,
        cors_origins=frozenset(server.cors_origins),
        spared=frozenset({"cache"}),
        mailbox=house.open_mailbox,
        brand_name=house.settings.mail.brand_name,
        home_path=server.home_path,
    )


def _checks(house: House) -> Mapping[str, Callable[[], bool]]:
    """Return what readiness depends on, by name."""

    def store() -> bool:
        house.store.check()
        return True

    def schema() -> bool:
        return judge(house.store.schema()) is Fitness.FITS

    def queue() -> bool:
        with house.store.view() as work:
            work.outbox.count()
        return True

    return {
        "store": store,
        "migrations": schema,
        "keys": house.flows.keyring.is_ready,
        "cache": house.cache.is_up,
        "queue": queue,
    }


def figures(house: House) -> bytes:
    """Return the figures for Prometheus, with those that are read from the store at this moment.

    Raises: Unavailable.
    """
    with house.store.view() as work:
        counts = work.outbox.count()
        waiting = work.outbox.waiting()
        done = {scheduled: work.outbox.last_done(scheduled.name) for scheduled in SCHEDULE}
        oldest = work.address_keys.oldest()
    now, looked_at = house.clock.now(), house.worker.looked_at
    house.metrics.waiting(_by_known_name(waiting))
    for scheduled, at in done.items():
        house.metrics.last_success(scheduled.task, None if at is None else now - at)
    house.metrics.last_look(None if looked_at is None else now - looked_at)
    house.metrics.queue({state.value: counts.get(state, 0) for state in JobState})
    house.metrics.oldest_address_key(now - (oldest.destroy_at - KEY_LIVES_FOR) if oldest else None)
    return house.metrics.render()


def _by_known_name(waiting: Mapping[str, int]) -> Mapping[str, int]:
    """Return how many jobs wait of each name that a worker of this release knows, and of all others together."""
    known = {name: waiting.get(name, 0) for name in JOBS}
    return {**known, "unknown": sum(waiting.values()) - sum(known.values())}
