"""What a server costs that nobody uses, and how soon it is there."""

from collections.abc import Sequence
from typing import Final

from benchmarks.deployment import Deployment
from benchmarks.filling import fill
from benchmarks.machine import resident_mib, wait_until_idle
from benchmarks.processes import pause
from benchmarks.report import Row, Spread, at_most
from benchmarks.run import Bench, Run

_ACCOUNTS: Final = 1000
_IDLE_SECONDS: Final = 1.0


def _measure(run: Run) -> Sequence[Row]:
    deployment = fill(Deployment.new(run.folder / "idle"), _ACCOUNTS).deployment
    ready: list[float] = []
    memory: list[float] = []
    for turn in range(run.rounds + 1):
        run.say(f"start {turn + 1} of {run.rounds + 1}")
        with deployment.served() as server:
            wait_until_idle(server.pid)
            pause(_IDLE_SECONDS)
            ready.append(server.ready_after)
            memory.append(resident_mib(server.pid))
    # The first start makes the signing keys, and compiles what was never imported before.
    return [
        Row("idle", "memory of an idle server", Spread.of(memory[1:]), "MiB", goal=at_most(130)),
        Row(
            "idle",
            "from start to 200 on /readyz",
            Spread.of(ready[1:]),
            "s",
            goal=at_most(2),
            note=f"a store with {_ACCOUNTS:,} accounts; the very first start took {ready[0]:.2f} s",
        ),
    ]


BENCH: Final = Bench("idle", "An idle server", _measure)
