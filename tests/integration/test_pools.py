"""Pools: by default there is a connection for every thread that may ask at once."""

import os
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from doorward.api.lanes import most_at_once
from doorward.assembly.store import Listeners, open_store
from doorward.settings.load import load


@pytest.mark.postgres
def test_open_store_default_pool_serves_every_thread_at_once(postgresql_url: str) -> None:
    listeners = Listeners(on_change=lambda _: None, on_jobs=lambda: None, on_audited=lambda _: None)
    store = open_store(load({"store_url": postgresql_url}).settings, listeners)
    threads = most_at_once(os.cpu_count() or 1)
    together = Barrier(threads)

    def hold(_number: int) -> int:
        with store.view() as view:
            together.wait(timeout=30)
            return view.accounts.count()

    with ThreadPoolExecutor(threads) as pool:
        counts = list(pool.map(hold, range(threads)))

    store.close()
    assert len(set(counts)) == 1
