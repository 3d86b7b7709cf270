"""A deployment of every part, as settings and as a topology, and small ones beside it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from doorward.gateway.machines.files import File, Files
from doorward.gateway.topology import Topology
from doorward.settings.load import given
from doorward.settings.record import Loaded

SECRET_WORDS: Final = ("smtp-word-7Qw", "store-word-8Er", "cache-word-9Ty")
SETTINGS: Final[Mapping[str, object]] = {
    "environment": "production",
    "issuer": "https://id.example.org",
    "files_origin": "https://files.example.org",
    "trusted_proxies": "10.0.0.5/32",
    "store_url": f"postgresql://doorward:{SECRET_WORDS[1]}@10.0.0.31/doorward",
    "cache_url": f"redis://:{SECRET_WORDS[2]}@10.0.0.41",
    "files_url": "s3://files/doorward",
    "mail_from": "Example $HOME <no-reply@example.org>",
    "smtp_url": f"smtps://doorward:{SECRET_WORDS[0]}@mail.example.org",
    "cors_origins": "https://one.example.org,https://two.example.org",
    "protected_hosts": [
        {"origin": "https://reports.example.org", "scopes": ["read"], "audience": "https://reports.example.org"}
    ],
}
PARTS: Final[Mapping[str, object]] = {
    "auth": {"servers": ["10.0.0.11:8000", "10.0.0.12:8000"]},
    "files": {"servers": ["10.0.0.13:8000"]},
    "store": {"kind": "postgresql", "servers": ["10.0.0.31:5432"]},
    "cache": {"servers": ["10.0.0.41:6379"]},
    "worker": {"servers": ["10.0.0.51:9100", "10.0.0.52:9100"]},
    "monitoring": {"server": "10.0.0.61:9090", "alertmanager": "10.0.0.61:9093"},
    "gateway": {"networks": ["10.0.0.5/32"], "certificate": "/etc/ssl/id.pem", "key": "/etc/ssl/id.key"},
    "applications": [
        {"origin": "https://reports.example.org", "servers": ["10.0.0.21:3000", "10.0.0.22:3000"]},
        {"origin": "https://id.example.org", "path": "/notebook/", "root": "/srv/notebook", "guarded": False},
    ],
}


def loaded(**changes: object) -> Loaded:
    """Return the settings of the whole deployment, with changes."""
    return given({**SETTINGS, **changes})


def topology(**changes: object) -> Topology:
    """Return where everything stands, with changes; a part that is None is left out."""
    parts = {**PARTS, **changes}
    return Topology.model_validate({name: part for name, part in parts.items() if part is not None})


def alone() -> tuple[Loaded, Topology]:
    """Return a server by itself, on its file, without monitoring."""
    nothing = dict.fromkeys(("files", "store", "cache", "worker", "monitoring"))
    chosen = {name: SETTINGS[name] for name in ("environment", "issuer", "trusted_proxies", "smtp_url")}
    return given(chosen), topology(auth={"servers": ["127.0.0.1:8000"]}, applications=[], **nothing)


def put(files: Files, folder: Path) -> Mapping[str, File]:
    """Write files below a folder, and return them."""
    for name, file in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(file.text)
    return files
