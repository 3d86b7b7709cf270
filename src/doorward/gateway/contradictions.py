"""Where the file that says what stands where, and the settings, say different things about the same part."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final
from urllib.parse import unquote

from doorward.gateway.topology import Cache, Store, StoreKind, Topology, check_file, check_origin
from doorward.settings.problems import Problem
from doorward.settings.record import Settings
from doorward.settings.sections.files import FilesSettings
from doorward.settings.sections.store import StoreSettings

_PORTS: Final[Mapping[str, int]] = MappingProxyType(
    {"postgresql": 5432, "mongodb": 27017, "redis": 6379, "rediss": 6379}
)
_FOUND_BY_NAME: Final = "mongodb+srv"
"""The scheme of a store whose servers the name service lists."""


def contradictions(settings: Settings, topology: Topology) -> Iterator[Problem]:
    """Yield a problem for each part of which the two say different things; nothing where one of them is silent."""
    if topology.store is not None:
        yield from _of_store(settings.store, topology.store)
    if topology.cache is not None:
        yield from _of_cache(settings.store, topology.cache)
    yield from _of_files(settings.files.files_origin, topology)
    yield from _of_folder(settings, topology)
    yield from _of_accel(settings.files)


def _of_files(origin: str | None, topology: Topology) -> Iterator[Problem]:
    if origin is not None:
        try:
            check_origin(origin)
        except ValueError as error:
            why, remedy = f"There, {error}.", "Set files_origin in doorward.toml to another one."
            yield Problem(f"{origin} cannot be named in a configuration.", why, remedy)
    elif topology.files is not None:
        why = "What people give to keep is served from an origin of its own, or not at all."
        remedy = "Set files_origin in doorward.toml, or take [files] out of topology.toml."
        yield Problem("topology.toml has servers of files, and doorward.toml no origin for them.", why, remedy)


def _of_accel(files: FilesSettings) -> Iterator[Problem]:
    """Yield a problem where a gateway is to send files that it cannot name, or that lie in no folder."""
    url = files.files_url.get_secret_value()
    if files.files_accel is None:
        return
    try:
        check_file(Path(unquote(url.removeprefix("file://"))))
    except ValueError as error:
        why = f"A gateway sends files from a folder, and there, {error}."
        yield Problem("files_accel is set, and no gateway can name the folder of files.", why, "Leave it out.")


def _of_folder(settings: Settings, topology: Topology) -> Iterator[Problem]:
    """Yield a problem where each of several machines would keep files in a folder of its own."""
    own = (settings.server.data_dir.absolute() / "files").as_uri()
    machines = {address.rpartition(":")[0] for address in (*topology.doorward, *topology.workers)}
    is_own = settings.files.files_url.get_secret_value() == own
    if settings.files.files_origin is not None and is_own and len(machines) > 1:
        what = f"Servers stand on {len(machines)} machines, and each would keep files in its own data_dir."
        why = "What somebody gives to one of them is not found by the others."
        remedy = "Set files_url in doorward.toml: s3://BUCKET, or file:///FOLDER where all machines have the same."
        yield Problem(what, why, remedy)


def _of_store(settings: StoreSettings, store: Store) -> Iterator[Problem]:
    scheme, servers = _read(settings.store_url.get_secret_value())
    kind = scheme.partition("+")[0]
    if kind != store.kind:
        why = f"topology.toml says that it is {store.kind}; accounts would be looked for where there are none."
        remedy = f"Set store_url in doorward.toml to that store, or kind in [store] of topology.toml to {kind}."
        yield Problem(f"doorward.toml keeps accounts in {kind}.", why, remedy)
    elif store.kind is not StoreKind.SQLITE and scheme != _FOUND_BY_NAME and not servers <= set(store.servers):
        yield _elsewhere("store_url", servers, store.servers)


def _of_cache(settings: StoreSettings, cache: Cache) -> Iterator[Problem]:
    if not settings.is_cache_shared:
        why = "Every server would count for itself, and hear late of sessions that ended elsewhere."
        remedy = f'Set in doorward.toml: cache_url = "redis://{cache.servers[0]}", or take [cache] out.'
        yield Problem("topology.toml has a cache, and doorward.toml shares none.", why, remedy)
        return
    _, servers = _read(settings.cache_url.get_secret_value())
    if not servers <= set(cache.servers):
        yield _elsewhere("cache_url", servers, cache.servers)


def _elsewhere(name: str, found: set[str], listed: tuple[str, ...]) -> Problem:
    """Return a problem that tells hosts alone: the rest of a URL may be a password."""
    what = f"{name} in doorward.toml names {', '.join(sorted(found))}."
    why = f"topology.toml says that it listens on {', '.join(listed)}."
    return Problem(what, why, "Correct the one that is wrong.")


def _read(url: str) -> tuple[str, set[str]]:
    """Return the scheme of a URL, and HOST:PORT of each server that it names."""
    scheme, _, rest = url.partition("://")
    hosts = rest.partition("?")[0].partition("/")[0].rpartition("@")[2].lower()
    usual = _PORTS.get(scheme.partition("+")[0])
    return scheme, {host if _has_port(host) else f"{host}:{usual}" for host in hosts.split(",") if host}


def _has_port(host: str) -> bool:
    return ":" in host.rpartition("]")[2]
