"""`doorward store`: the store as a whole, its tables, and moving all of it."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer

from doorward.adapters.clock.system import SystemClock
from doorward.assembly import archives
from doorward.assembly.house import ready_settings
from doorward.assembly.store import NOBODY, Store, is_embedded, make_data_dir, open_store, unfinished_from, url_of
from doorward.assembly.store import migrate as migrate_tables
from doorward.cli.options import DataDir, Json, interruptible, polite, speak
from doorward.cli.output import Value, Voice
from doorward.cli.progress import progress
from doorward.cli.unsaid import unsaid_problem
from doorward.core.moving.back_up import BackUp, epoch_of
from doorward.core.moving.copy_store import CopyStore
from doorward.core.moving.errors import SameStore, SidesDiffer
from doorward.core.moving.ports import Archive
from doorward.core.moving.records import KINDS, Compared, Summary
from doorward.core.moving.restore import Restore
from doorward.core.oauth.clients.find import UnsaidClients
from doorward.settings.load import load
from doorward.settings.problems import Problem
from doorward.settings.record import Settings
from doorward.settings.references import is_named, looked_up

store = typer.Typer(
    help="Look after the store: its tables, copies, backups.", no_args_is_help=True, add_completion=False
)

BackupFile = Annotated[Path, typer.Argument(metavar="FILE", help="The file of the backup.")]
_SHOWN_DIGITS = 16
_HOW_TO_NAME = "a URL, or env:NAME or file:PATH, so that no password stands on the command line"


@store.callback()
def main() -> None:
    """Look after the store: its tables, copies, backups."""


@store.command("migrate")
def migrate(*, data_dir: DataDir = None, as_json: Json = False) -> None:
    """Bring the tables up to what this version needs. Safe to run at any time, and more than once."""
    voice = Voice(as_json)
    with polite(voice):
        loaded = ready_settings(load({"data_dir": data_dir}))
        speak(loaded, voice)
        if is_embedded(loaded.settings):
            make_data_dir(loaded.settings.server)
        before = migrate_tables(loaded.settings)
        at = max(before.revision, before.needed)
        when = "already" if before.revision == at else "now"
        voice.done(f"The tables are at {at} {when}.", {"before": before.revision or None, "now": at})
        _tell_of_clients(loaded.settings, voice)


def _tell_of_clients(settings: Settings, voice: Voice) -> None:
    """Say what must be said of clients before servers of this version begin to answer for them."""
    opened = open_store(settings, NOBODY)
    try:
        unsaid = UnsaidClients(opened.view)()
    finally:
        opened.close()
    if unsaid:
        voice.warn(unsaid_problem(unsaid))


@store.command("status")
def status(*, data_dir: DataDir = None, as_json: Json = False) -> None:
    """Show what the store is: its revision, its epoch, how many records of each kind. Nothing is changed."""
    voice = Voice(as_json)
    with polite(voice):
        url = url_of(load({"data_dir": data_dir}).settings)
        archives.require_there(url)
        with archives.opened(url) as archive:
            schema = archive.schema()
            is_known = schema.revision == schema.needed
            epoch, counts = _looked_into(archive) if is_known else (None, {})
        members: dict[str, Value] = {
            "store": archives.shown(url),
            "revision": schema.revision or None,
            "serves_since": schema.serves_since or None,
            "needed": schema.needed,
            "epoch": epoch,
            "unfinished_move_from": unfinished_from(schema),
        }
        voice.record({**members, "records": counts} if as_json else {**members, **counts})


@store.command("copy")
def copy(
    *,
    target: Annotated[str, typer.Option("--to", help=f"The store to fill, which is empty: {_HOW_TO_NAME}.")],
    source: Annotated[
        str | None, typer.Option("--from", help=f"The store to copy; that of the settings by default: {_HOW_TO_NAME}.")
    ] = None,
    data_dir: DataDir = None,
    as_json: Json = False,
) -> None:
    """Copy everything into an empty store, and compare both sides. Stop servers and workers before.

    It can be interrupted at any moment; the same command goes on where it was.
    """
    voice = Voice(as_json)
    with polite(voice), interruptible(voice):
        given = looked_up(source) if source else url_of(load({"data_dir": data_dir}).settings)
        wanted = looked_up(target)
        _warn_of_passwords(voice, source, target)
        compared = _copied(given, wanted, is_json=as_json)
        _report(voice, compared)


@store.command("backup")
def backup(path: BackupFile, *, data_dir: DataDir = None, as_json: Json = False) -> None:
    """Write everything into one new file, while servers go on working. It opens only with the deployment's secret."""
    voice = Voice(as_json)
    with polite(voice), interruptible(voice):
        settings = _settings(voice, data_dir)
        url = url_of(settings)
        archives.require_there(url)
        with archives.opened(url) as source, progress(is_json=as_json) as tell:
            archives.require_source(url, source)
            _warn_of_writers(voice, url)
            written = BackUp(source, archives.backup_at(path, settings), SystemClock(), tell)()
        members: dict[str, Value] = {"file": str(path.absolute()), "kinds": _rows(written)}
        voice.done(f"{sum(each.records for each in written.values()):,} records are in {path}.", members)


@store.command("restore")
def restore(
    path: BackupFile,
    *,
    keep_sessions: Annotated[
        bool,
        typer.Option("--keep-sessions", help="Let sessions of the backup live on: old refresh tokens work again."),
    ] = False,
    data_dir: DataDir = None,
    as_json: Json = False,
) -> None:
    """Fill an empty store from a backup. Everyone signs in again, links and codes are void, waiting jobs are dead."""
    voice = Voice(as_json)
    with polite(voice), interruptible(voice):
        settings = _settings(voice, data_dir)
        from_file = archives.backup_at(path, settings)
        from_file.check()  # before anything is made
        if is_embedded(settings):
            make_data_dir(settings.server)
        with _filled(settings) as (target, opened), progress(is_json=as_json) as tell:
            restored = Restore(target, from_file, opened.work, SystemClock(), tell)(keeps_sessions=keep_sessions)
        records = sum(each.records for each in restored.kinds.values())
        made_at = restored.made_at.isoformat(timespec="seconds")
        voice.done(
            f"{records:,} records of {made_at} are back. {restored.sessions_ended} sessions have ended,"
            f" {restored.artefacts_discarded} links and codes are void, {restored.jobs_buried} jobs are dead.",
            {
                "made_at": made_at,
                "epoch": restored.epoch,
                "sessions_ended": restored.sessions_ended,
                "artefacts_discarded": restored.artefacts_discarded,
                "jobs_buried": restored.jobs_buried,
                "kinds": _rows(restored.kinds),
            },
        )


def _settings(voice: Voice, data_dir: DataDir) -> Settings:
    loaded = ready_settings(load({"data_dir": data_dir}))
    speak(loaded, voice)
    return loaded.settings


@contextmanager
def _filled(settings: Settings) -> Iterator[tuple[Archive, Store]]:
    """Open the store of the settings to fill it, as records and for the work that follows."""
    url = url_of(settings)
    with archives.opened(url) as target:
        archives.ready_target(url, target)
        opened = open_store(settings, NOBODY)
        try:
            yield target, opened
        finally:
            opened.close()


def _copied(source_url: str, target_url: str, *, is_json: bool) -> Sequence[Compared]:
    name = archives.shown(source_url)
    if name == archives.shown(target_url):
        raise SameStore
    archives.require_there(source_url)
    with archives.opened(source_url) as source, archives.opened(target_url) as target:
        archives.require_source(source_url, source)
        archives.ready_target(target_url, target)
        with progress(is_json=is_json) as tell:
            return CopyStore(source, target, tell)(name)


def _report(voice: Voice, compared: Sequence[Compared]) -> None:
    """Print what is on both sides, and refuse when they differ."""
    differing = [each.kind for each in compared if not each.agrees]
    rows: list[dict[str, Value]] = [
        {
            "kind": each.kind,
            "records": each.source.records,
            "source digest": each.source.digest.hex(),
            "target digest": each.target.digest.hex(),
            "agrees": each.agrees,
        }
        for each in compared
    ]
    if not voice.is_json:
        digests = ("source digest", "target digest")
        brief = [{**row, **{name: str(row[name])[:_SHOWN_DIGITS] for name in digests}} for row in rows]
        voice.table(brief, columns=("kind", "records", *digests, "agrees"))
    if differing:
        refused = SidesDiffer(differing)
        problem = Problem(refused.what, refused.why, refused.remedy)
        voice.refuse(problem, code=refused.code, found={"kinds": rows})
    total = sum(each.source.records for each in compared)
    voice.done(f"{total:,} records are copied, and both sides agree.", {"records": total, "kinds": rows})


def _looked_into(archive: Archive) -> tuple[int, dict[str, Value]]:
    with archive.snapshot() as records:
        return epoch_of(records), {kind.name: records.count(kind) for kind in KINDS}


def _rows(summaries: Mapping[str, Summary]) -> list[dict[str, Value]]:
    return [
        {"kind": name, "records": summary.records, "digest": summary.digest.hex()}
        for name, summary in summaries.items()
    ]


def _warn_of_passwords(voice: Voice, *given: str | None) -> None:
    for url in given:
        if url and not is_named(url) and urlsplit(url).password:
            why = "Everyone on this machine can read it there while the command runs."
            voice.warn(Problem("A password stands on the command line.", why, "Name it by env:NAME or file:PATH."))


def _warn_of_writers(voice: Voice, url: str) -> None:
    if not archives.holds_a_moment(url):
        why = "MongoDB is read as it is, not as it was at one moment: what is written meanwhile may be kept by half."
        voice.warn(Problem("Nothing may write to this store now.", why, "Stop servers and workers until it is done."))
