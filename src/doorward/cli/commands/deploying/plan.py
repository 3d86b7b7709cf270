"""`doorward plan`: how many servers a number of people takes."""

from math import isfinite
from typing import Annotated, Final

import typer

from doorward.cli.options import Json
from doorward.cli.output import Value, Voice
from doorward.gateway.sizing import FIGURES, Load, Plan, planned
from doorward.settings.problems import Problem

_UNITS: Final = ("B", "KiB", "MiB", "GiB", "TiB", "PiB")
_STEP: Final = 1024
_MOST: Final = 10**12
_HONEST: Final = (
    "These are estimates: the figures were measured on two shared cores of one machine, with up to a million accounts. "
    "Expect half or twice as much, and measure your own with `make bench`."
)


def _finite(number: float | None) -> float | None:
    if number is not None and not isfinite(number):
        raise typer.BadParameter("a number, and no other kind of it")
    return number


def plan(
    *,
    users: Annotated[
        str | None, typer.Option(help="How many accounts there are; 10_000_000 may be written so.")
    ] = None,
    logins_per_second: Annotated[
        float | None,
        typer.Option(min=0, max=_MOST, callback=_finite, help="Sign-ins with a password at the busiest second."),
    ] = None,
    refreshes_per_second: Annotated[
        float | None,
        typer.Option(
            min=0,
            max=_MOST,
            callback=_finite,
            help="Refreshes at the busiest second; by default those of one in a hundred people.",
        ),
    ] = None,
    cores_per_server: Annotated[int, typer.Option(min=1, max=256, help="How many cores a server has.")] = 4,
    figures: Annotated[bool, typer.Option("--figures", help="Show what the estimate is made of, and end.")] = False,
    as_json: Json = False,
) -> None:
    """Say how many servers, how much memory, storage and which store so many people take, and what gives out first."""
    voice = Voice(as_json)
    if figures:
        rows = [
            {
                "figure": name,
                "value": f"{each.value:g} {each.unit}",
                "measured_on": each.measured_on.isoformat() if each.measured_on else None,
                "from": each.source,
            }
            for name, each in FIGURES.items()
        ]
        voice.table(rows, columns=("figure", "value", "measured_on", "from"))
        return
    if users is None or logins_per_second is None:
        missing = "--users" if users is None else "--logins-per-second"
        raise typer.BadParameter("it must be said, unless --figures is all that is asked for", param_hint=missing)
    load = Load(_count(users), logins_per_second, refreshes_per_second, cores_per_server)
    found = planned(load)
    if as_json:
        voice.record(_members(found))
        return
    voice.record(_shown(found))
    voice.note("")
    rows = [
        {"what gives out": each.what, "used": f"{each.used:.0%}", "widened by": each.widened_by}
        for each in found.limits
    ]
    voice.table(rows, columns=("what gives out", "used", "widened by"))
    for each in found.exceeded:
        what = f"One deployment does not carry this: it would use {each.used:.0%} of the {each.what}."
        voice.warn(Problem(what, "Everything else above can be bought.", f"To widen it: {each.widened_by}."))
    voice.note(f"\n{_HONEST}")


def _count(text: str) -> int:
    digits = text.replace("_", "").replace(",", "")
    if not digits.isdecimal() or len(digits) > len(str(_MOST)) or not 0 < int(digits) <= _MOST:
        raise typer.BadParameter(f"a whole number from 1 to {_MOST:_}, such as 10_000_000", param_hint="--users")
    return int(digits)


def _shown(found: Plan) -> dict[str, Value]:
    cluster = "a Redis Cluster behind a proxy" if found.has_cache_cluster else "one Redis"
    cache = f"{cluster}, {_size(found.cache_bytes)}, {found.cache_requests_per_second:,.0f} requests/s"
    parts = f", in {found.shards} parts" if found.shards > 1 else ""
    measured = "" if found.layout.is_measured else " Not measured by us."
    return {
        "auth servers": f"{found.auth_servers} with {found.load.cores_per_server} cores, "
        f"{found.auth_processes} processes in all, {_size(found.server_memory_bytes)} of memory each",
        "workers": found.workers or "none: the server runs jobs by itself",
        "refreshes": f"{found.load.refreshes:,.0f}/s",
        "writes of the store": f"{found.database_writes_per_second:,.0f} commits/s",
        "storage": f"{_size(found.storage_bytes)}, and {_size(found.audit_bytes_per_year)} of audit log a year",
        "store": f"{found.layout.kind}{parts}. {found.layout.what}{measured}",
        "cache": cache if found.cache_bytes else "none: one server counts for itself",
    }


def _members(found: Plan) -> dict[str, Value]:
    return {
        "users": found.load.users,
        "logins_per_second": found.load.logins_per_second,
        "refreshes_per_second": round(found.load.refreshes, 2),
        "cores_per_server": found.load.cores_per_server,
        "auth_servers": found.auth_servers,
        "auth_processes": found.auth_processes,
        "server_memory_bytes": found.server_memory_bytes,
        "workers": found.workers,
        "database_writes_per_second": round(found.database_writes_per_second, 2),
        "storage_bytes": found.storage_bytes,
        "audit_bytes_per_year": found.audit_bytes_per_year,
        "cache_bytes": found.cache_bytes,
        "cache_requests_per_second": round(found.cache_requests_per_second, 2),
        "cache_cluster": found.has_cache_cluster,
        "store": found.layout.kind,
        "shards": found.shards,
        "is_measured": found.layout.is_measured,
        "fits": not found.exceeded,
        "limits": [
            {"what": each.what, "used": round(each.used, 3), "widened_by": each.widened_by} for each in found.limits
        ],
    }


def _size(count: float) -> str:
    for unit in _UNITS[:-1]:
        if count < _STEP:
            return f"{count:.3g} {unit}" if unit != "B" else f"{count:.0f} B"
        count /= _STEP
    return f"{count:.3g} {_UNITS[-1]}"
