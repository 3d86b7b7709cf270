"""Units of systemd for every machine on which something of Doorward stands."""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from doorward.gateway.description import described
from doorward.gateway.machines import settings as chosen
from doorward.gateway.machines.files import SECRET, File, Files
from doorward.gateway.machines.named import ENDS_WITHIN_SECONDS, host_of, port_of
from doorward.gateway.topology import Topology
from doorward.settings.record import Loaded

ETC: Final = Path("/etc/doorward")
PROGRAM: Final = Path("/srv/doorward/venv/bin/doorward")
"""Where the guide installs it."""

_NOTE: Final = "Written by `doorward systemd`. Change topology.toml or doorward.toml, and write it anew."
_TEMPLATES: Final = Path(__file__).parent.parent / "templates" / "systemd"
_SUFFIX: Final = ".j2"
_PART: Final = "service.j2"
_ESCAPED: Final = str.maketrans({each: f"\\{each}" for each in '\\"$`'})


def written(loaded: Loaded, topology: Topology, *, kept: Mapping[str, str], program: Path = PROGRAM) -> Files:
    """Return every file: a folder a machine, and beside them the secrets that all have in common.

    `kept` are secrets that are there already, by name.
    Raises: SettingsInvalid, where topology and settings say different things, or a secret would be for all to read.
    """
    described(loaded.settings, topology)
    secrets = dict(sorted({**chosen.known(loaded, kept), **chosen.places(loaded)}.items()))
    shared = {
        "note": _NOTE,
        "program": program,
        "etc": ETC,
        "secrets": list(secrets),
        "readable": list(chosen.files(loaded)),
        "ends_within_seconds": ENDS_WITHIN_SECONDS,
        "has_workers": bool(topology.workers),
    }
    variables = "".join(f'{name}="{value.translate(_ESCAPED)}"\n' for name, value in _environment(loaded).items())
    files = {f"secrets/{name}": File(value, SECRET) for name, value in secrets.items()}
    for host in dict.fromkeys(map(host_of, (*topology.doorward, *topology.workers))):
        units = list(_units(topology, host))
        for name, text in _rendered({**shared, "host": host.strip("[]"), "units": units}):
            files[f"{folder_of(host)}/{name}"] = File(text)
        files |= {f"{folder_of(host)}/{name}": File(text) for name, text in _shown(topology, host)}
        files[f"{folder_of(host)}/doorward.env"] = File(f"# {_NOTE}\n{variables}")
    return files


def folder_of(host: str) -> str:
    """Return what the folder of a machine is called."""
    return host.strip("[]").replace(":", "-")


def _environment(loaded: Loaded) -> Mapping[str, str]:
    trusted = ",".join(map(str, loaded.settings.server.trusted_proxies))
    return {**chosen.environment(loaded), "DOORWARD_TRUSTED_PROXIES": trusted}


def _units(topology: Topology, host: str) -> Iterator[str]:
    """Yield every instance that stands on a machine."""
    for name, addresses in (("doorward", topology.doorward), ("doorward-worker", topology.workers)):
        yield from (f"{name}@{port_of(address)}.service" for address in addresses if host_of(address) == host)


def _shown(topology: Topology, host: str) -> Iterator[tuple[str, str]]:
    """Yield what an instance needs besides where it shows its figures on a port of its own."""
    for server, metrics in zip(topology.auth.servers, topology.auth.metrics, strict=False):
        if host_of(server) == host:
            told = {"HOST": host_of(metrics).strip("[]"), "PORT": port_of(metrics)}
            lines = "".join(f"Environment=DOORWARD_METRICS_{name}={value}\n" for name, value in told.items())
            yield f"doorward@{port_of(server)}.service.d/metrics.conf", f"# {_NOTE}\n[Service]\n{lines}"


def _rendered(facts: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    templates = _environment_of_templates()
    for name in templates.list_templates():
        if name != _PART:
            yield name.removesuffix(_SUFFIX), templates.get_template(name).render(facts)


@cache
def _environment_of_templates() -> Environment:
    """Return what reads the templates. What comes into them was checked by its grammar, so nothing is escaped."""
    loader = FileSystemLoader(_TEMPLATES)
    return Environment(  # noqa: S701 (no page is made of it)
        loader=loader, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True
    )
