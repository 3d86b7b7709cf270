"""`doorward store`: the tables."""

import typer

from doorward.assembly.house import ready_settings
from doorward.assembly.store import is_embedded, make_data_dir
from doorward.assembly.store import migrate as migrate_tables
from doorward.cli.options import DataDir, Json, polite, speak
from doorward.cli.output import Voice
from doorward.settings.load import load

store = typer.Typer(help="Look after the store's tables.", no_args_is_help=True, add_completion=False)


@store.callback()
def main() -> None:
    """Look after the store's tables."""


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
