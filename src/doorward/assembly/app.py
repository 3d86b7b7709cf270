"""A house becomes an application."""

import os
import threading
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from functools import partial
from typing import Final

from fastapi import FastAPI

import doorward
from doorward.api.app import Api, build
from doorward.api.doors import Doors
from doorward.api.lanes import Lanes
from doorward.api.pages.errors import error_page
from doorward.api.pages.router import page_routers
from doorward.assembly.figures import current_figures, figures
from doorward.assembly.house import House, open_house
from doorward.assembly.watching.watch import DoorWatch
from doorward.core.kernel.secrets import derive
from doorward.core.operating.rules import Fitness, judge
from doorward.settings.load import load

_SPARED: Final = frozenset({"cache"})
"""What a server goes on without, less well."""


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
        if with_worker:
            thread.start()
        async with inner(served):
            yield
        if with_worker:
            house.worker.stop()
            thread.join(timeout=10)
        house.close()

    app.router.lifespan_context = live
    return app


def doors_of(house: House) -> Doors:
    """Return what the doors of a house need."""
    server = house.settings.server
    watch = DoorWatch(house.metrics)
    lanes = Lanes.build(cores=os.cpu_count() or 1, watch=watch, traces=house.traces)
    for lane in lanes:
        house.metrics.lane(lane.name, partial(getattr, lane, "waiting"))
    return Doors(
        flows=house.flows,
        lanes=lanes,
        counters=house.cache.hits,
        clock=house.clock,
        issuer=server.issuer,
        is_development=not server.is_production,
        csrf_key=derive(house.secret, "csrf"),
        watch=watch,
        checks=_checks(house),
        metrics=lambda: figures(house),
        figures=lambda: current_figures(house),
        version=doorward.__version__,
        trusted_proxies=server.trusted_proxies,
        cors_origins=frozenset(server.cors_origins),
        spared=_SPARED,
        mailbox=house.open_mailbox,
        brand_name=house.settings.mail.brand_name,
        home_path=server.home_path,
        traces=house.traces,
    )


def is_ready(house: House) -> bool:
    """Tell whether a server can do its work.

    Raises: Unavailable. OSError.
    """
    return all(check() for name, check in _checks(house).items() if name not in _SPARED)


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
