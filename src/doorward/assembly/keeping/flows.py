"""What is kept for people: where its bytes lie, and the flows of it."""

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from doorward.adapters.disk.folder import FolderBytes
from doorward.adapters.limits.turns import LocalTurns
from doorward.api.doors import FileDoors
from doorward.assembly.keeping.places import Places
from doorward.core.files.append_to_upload import AppendToUpload
from doorward.core.files.avatars import PutAvatar, RemoveAvatar, ShowAvatar
from doorward.core.files.begin_upload import BeginUpload, DropUpload, SeeUpload
from doorward.core.files.keep_upload import FilesWork, KeepUpload
from doorward.core.files.links import Links, OpenFile
from doorward.core.files.own_files import ListFiles, RemoveFile, ShowFile
from doorward.core.files.records import Bounds
from doorward.core.files.remove_orphans import RemoveOrphans
from doorward.core.files.rules import DEFAULT_TYPES
from doorward.core.flows import FileFlows
from doorward.core.kernel.clock import Clock
from doorward.core.kernel.secrets import Envelopes
from doorward.core.kernel.work import OpensView, OpensWork
from doorward.settings.problems import Problem, SettingsInvalid
from doorward.settings.record import Settings

DEFAULT_BOUNDS: Final = Bounds(100 << 20, 1 << 30, DEFAULT_TYPES)


@dataclass(frozen=True, slots=True)
class Keeping:
    """What is kept and how much of it, where, and the origin that serves it; without one no door leads there.

    `path` is where the server is mounted, on that origin too.
    """

    places: Places
    bounds: Bounds = DEFAULT_BOUNDS
    origin: str | None = None
    path: str = ""


def keeping_of(settings: Settings, places: Places) -> Keeping:
    """Return what is kept there.

    Raises: SettingsInvalid.
    """
    _require_apart(settings)
    files, path = settings.files, urlsplit(settings.server.issuer).path
    bounds = Bounds(files.files_max_bytes, files.files_quota_bytes, files.files_types)
    return Keeping(places, bounds, files.files_origin, path)


def file_doors(settings: Settings, keeping: Keeping, *, is_default: bool) -> FileDoors | None:
    """Return what the doors of files need; None where nothing is kept. `is_default`: nobody chose the origin.

    Raises: SettingsInvalid.
    """
    if keeping.origin is None:
        return None
    location, heaps = settings.files.files_accel, keeping.places.heaps
    if location is None:
        return FileDoors(keeping.origin, keeping.bounds.max_bytes, is_apart=not is_default)
    if not isinstance(heaps, FolderBytes):
        why = "A gateway serves a folder; what lies elsewhere it cannot see."
        raise SettingsInvalid([Problem("There is files_accel, and no folder.", why, "Leave one of the two out.")])
    return FileDoors(
        keeping.origin,
        keeping.bounds.max_bytes,
        is_apart=not is_default,
        accel=lambda key: f"{location}{heaps.within(key)}",
    )


def file_flows(
    work: OpensWork[FilesWork], view: OpensView[FilesWork], clock: Clock, *, keeping: Keeping, envelopes: Envelopes
) -> FileFlows:
    """Return the flows of files."""
    heaps, bounds = keeping.places.heaps, keeping.bounds
    links = Links(envelopes, f"{keeping.origin or ''}{keeping.path}")
    turns = LocalTurns()
    keep = KeepUpload(work, heaps, keeping.places.scanner, turns, clock, bounds)
    return FileFlows(
        begin=BeginUpload(work, clock, bounds),
        see=SeeUpload(view, clock),
        append=AppendToUpload(work, view, heaps, keep, clock),
        drop=DropUpload(work, heaps, turns),
        list=ListFiles(view, bounds.quota_bytes),
        show=ShowFile(view),
        remove=RemoveFile(work, heaps, clock),
        put_avatar=PutAvatar(work, heaps, keeping.places.pictures, clock),
        show_avatar=ShowAvatar(view),
        remove_avatar=RemoveAvatar(work, heaps, clock),
        open=OpenFile(view, heaps, links, clock),
        links=links,
        remove_orphans=RemoveOrphans(work, view, heaps, clock),
    )


def _require_apart(settings: Settings) -> None:
    origin, issuer = settings.files.files_origin, urlsplit(settings.server.issuer)
    if origin is None:
        return
    parts = urlsplit(origin)
    if parts.hostname == issuer.hostname:
        what = "The origin of files is on the host of the issuer."
        why = "Browsers keep cookies by host and not by port, so what somebody uploads would stand beside who signs in."
        raise SettingsInvalid([Problem(what, why, "Name another host in DOORWARD_FILES_ORIGIN.")])
