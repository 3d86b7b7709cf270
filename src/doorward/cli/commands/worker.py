"""`doorward worker`: runs jobs beside any number of servers."""

import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from types import FrameType
from typing import Annotated, TypeVar

import typer

from doorward.assembly.house import House
from doorward.cli.options import DataDir, Json, house_of, polite, speak
from doorward.cli.output import Voice
from doorward.cli.watching import watched
from doorward.settings.load import load

_LATE = timedelta(minutes=2)
ResultT = TypeVar("ResultT")


def worker(
    *,
    drain: Annotated[bool, typer.Option("--drain", help="Do what is due now, then end.")] = False,
    metrics_port: Annotated[
        int | None,
        typer.Option(min=1, max=65_535, help="Answer /metrics and /readyz there; DOORWARD_METRICS_PORT by default."),
    ] = None,
    data_dir: DataDir = None,
    as_json: Json = False,
) -> None:
    """Run jobs from the outbox: mails, and what is due again and again. Ctrl-C stops it after the job in hand."""
    voice = Voice(as_json)
    with polite(voice):
        loaded = load({"data_dir": data_dir, "metrics_port": metrics_port})
        speak(loaded, voice)
        house = house_of(loaded)
        try:
            house.prepare_to_serve()
            house.start()
            _stop_on_signals(house)
            if drain:
                ran = _aside(lambda: _drain(house))
                voice.done(f"Ran {ran} jobs.", {"ran": ran})
            else:
                with watched(house, voice, is_ready=lambda: _is_ready(house)):
                    voice.done("Waiting for jobs. Ctrl-C stops it.", {"waiting": True})
                    _aside(house.worker.run)
                voice.note("Stopped.")
        finally:
            house.close()


def _drain(house: House) -> int:
    house.worker.post_scheduled()
    return house.worker.drain()


def _is_ready(house: House) -> bool:
    """Tell whether the store answers, and the worker has looked for jobs of late.

    Raises: Unavailable.
    """
    looked_at = house.worker.looked_at
    house.store.check()
    return looked_at is not None and house.clock.now() - looked_at < _LATE


def _aside(run: Callable[[], ResultT]) -> ResultT:
    """Run something in a thread of its own: a signal that comes to this one then never meets a lock that it holds."""
    with ThreadPoolExecutor(max_workers=1) as pool:
        return pool.submit(run).result()


def _stop_on_signals(house: House) -> None:
    """Let the first signal end the work after the job in hand, and the second one end the process."""

    def stop(number: int, _frame: FrameType | None) -> None:
        house.worker.stop()
        signal.signal(number, signal.SIG_DFL)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
