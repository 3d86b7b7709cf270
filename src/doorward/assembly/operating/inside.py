"""What operators look at of this process itself, put together."""

from collections.abc import Callable
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from doorward.api.doors import Inside, Instance, ShownSetting
from doorward.settings.record import SETTINGS, Loaded, SourceKind, shown
from doorward.telemetry.history import History
from doorward.worker.run import Worker

_STORES: Final = {"sqlite": "SQLite", "postgresql": "PostgreSQL", "mongodb": "MongoDB"}
_ALONE: Final = "none: this process counts and remembers for itself"


def inside_of(loaded: Loaded, worker: Worker, history: History, *, now: datetime) -> Inside:
    """Return what operators look at of a process that begins now."""
    return Inside(lambda: shown_settings(loaded), _instance_of(loaded, worker, now), history.read)


def shown_settings(loaded: Loaded) -> tuple[ShownSetting, ...]:
    """Return every setting in the order of the sections; of a secret, stars where there is one."""
    rows = []
    for name, value, _ in shown(loaded):
        setting, source = SETTINGS[name], loaded.sources[name]
        rows.append(
            ShownSetting(
                name=name,
                section=setting.section,
                description=setting.description,
                value=value,
                default="" if setting.is_secret else setting.default,
                source=str(source),
                is_secret=setting.is_secret,
                is_chosen=source.kind is not SourceKind.DEFAULT,
            )
        )
    return tuple(rows)


def _instance_of(loaded: Loaded, worker: Worker, started_at: datetime) -> Callable[[], Instance]:
    settings = loaded.settings
    scheme = urlsplit(settings.store.store_url.get_secret_value()).scheme.partition("+")[0]
    return lambda: Instance(
        started_at=started_at,
        looked_at=worker.looked_at,
        store=_STORES.get(scheme, scheme),
        cache="Redis" if settings.store.is_cache_shared else _ALONE,
        limits_scale=settings.limits.limits_scale,
    )
