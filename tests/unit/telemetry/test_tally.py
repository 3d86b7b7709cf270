from concurrent.futures import ThreadPoolExecutor

from prometheus_client import CollectorRegistry, generate_latest

from doorward.telemetry.tally import BOUNDS, Durations, Tally


def test_add_counts_into_the_bucket_whose_end_is_reached() -> None:
    tally = Tally()

    for seconds in (0.0, 0.001, 0.0011, 11.0):
        tally.add(seconds)

    counts, seconds = tally.read()
    assert counts[:2] == (2, 3)
    assert counts[-2:] == (3, 4)
    assert round(seconds, 4) == 11.0021


def test_going_on_counts_what_has_begun_and_is_not_over() -> None:
    tally = Tally()
    tally.begin()
    tally.begin()
    tally.end(0.1)
    tally.add(0.1)

    assert tally.going_on == 1
    assert tally.read()[0][-1] == 2


def test_threads_lose_nothing() -> None:
    tally = Tally()

    with ThreadPoolExecutor(4) as pool:
        for _ in range(8000):
            pool.submit(tally.add, 0.02)

    assert tally.read()[0][-1] == 8000


def test_collect_writes_a_histogram_as_prometheus_reads_it() -> None:
    registry = CollectorRegistry()
    durations = Durations("a_thing_seconds", "How long.", ["kind"], registry=registry)
    durations.of("read").add(0.02)

    shown = generate_latest(registry).decode().splitlines()

    assert "# TYPE a_thing_seconds histogram" in shown
    assert 'a_thing_seconds_bucket{kind="read",le="0.01"} 0.0' in shown
    assert 'a_thing_seconds_bucket{kind="read",le="0.025"} 1.0' in shown
    assert 'a_thing_seconds_bucket{kind="read",le="+Inf"} 1.0' in shown
    assert 'a_thing_seconds_count{kind="read"} 1.0' in shown
    assert sum("_bucket" in line for line in shown) == len(BOUNDS) + 1
