"""How many rotations a second PostgreSQL commits when pgbench asks for them: the same tables, the same transaction."""

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.machine import REST, on_cores
from benchmarks.run import CannotMeasure

_RATE: Final = re.compile(r"tps = ([\d.]+)")
_FAILED: Final = re.compile(r"number of failed transactions: [1-9]")
_ID: Final = "'01hs' || lpad(:number::bigint::text, 10, '0') || lpad(:rest::bigint::text, 12, '0')"
# What is spelled out here is what the product's own statements send and read: see adapters/sql/sessions.py.
_ROTATION: Final = """
\\set number random(:first, :last)
\\set rest :number * 2246822519 % 1000000000000
BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE;
SELECT s.*, a.id, a.username, a.email, a.created_at, a.status,
    (SELECT string_agg(r.role, ',') FROM dw_roles r WHERE r.account_id = a.id)
FROM dw_sessions s JOIN dw_accounts a ON a.id = s.account_id WHERE s.id = $id;
UPDATE dw_sessions SET device_name = 'a phone', place = 'abcdefghijklmnopqrstuvwxyz', scope = 'account',
    authenticated_at = 1800000000000000, last_seen_at = 1800000000000000, idle_expires_at = 1800000000000000,
    digest = decode(repeat('64', 32), 'hex'), generation = generation + 1,
    superseded_digest = decode(repeat('64', 32), 'hex'), superseded_at = 1800000000000000,
    sealed_successor = decode(repeat('73', 60), 'hex'), replays = 0
WHERE id = $id AND generation >= 0 AND replays = 0 AND ended_at IS NULL;
COMMIT;
""".replace("$id", _ID)


@dataclass(frozen=True, slots=True)
class Sessions:
    """The sessions of a filled store that pgbench rotates: those with these numbers."""

    url: str
    first: int
    last: int


def rotations_a_second(pgbench: Path, sessions: Sessions, folder: Path, *, callers: int, seconds: float) -> float:
    """Return the rate of transactions that read one session and write its successor, from `callers` connections.

    Raises: CannotMeasure.
    """
    script = folder / "rotation.pgbench"
    script.write_text(_ROTATION, encoding="ascii")
    command = [
        str(pgbench),
        *("--client", str(callers), "--jobs", "1", "--time", str(max(round(seconds), 1))),
        *("--protocol", "prepared", "--no-vacuum", "--file", str(script)),
        *("--define", f"first={sessions.first}", "--define", f"last={sessions.last}"),
        sessions.url,
    ]
    with on_cores(REST):
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 (our own words)
    rate = _RATE.search(done.stdout)
    if done.returncode or rate is None or _FAILED.search(done.stdout):
        raise CannotMeasure(f"pgbench gave no figure: {(done.stderr or done.stdout).strip()[-600:]}")
    return float(rate[1])
