"""`doorward worker`: runs jobs beside any number of servers."""

import signal
from typing import Annotated

import typer

from doorward.cli.options import DataDir, Json, opened
from doorward.cli.output import Voice
from doorward.telemetry.logs import configure_logs


def worker(
    *,
    drain: Annotated[bool, typer.Option("--drain", help="Run what is due now, then end.")] = False,
    data_dir: DataDir = None,
    as_json: Json = False,
) -> None:
    """Run jobs from the outbox: mails, and what is due again and again. Ctrl-C stops it after the job in hand."""
    voice = Voice(as_json)
    with opened(data_dir, voice) as house:
        telemetry = house.settings.telemetry
        configure_logs(telemetry.log_level, telemetry.log_format or "console")
        if drain:
            ran = house.worker.drain()
            voice.done(f"Ran {ran} jobs.", {"ran": ran})
            return
        for name in (signal.SIGINT, signal.SIGTERM):
            signal.signal(name, lambda _signal, _frame: house.worker.stop())
        voice.note("Waiting for jobs. Ctrl-C stops it.")
        house.worker.run()
        voice.note("Stopped.")
