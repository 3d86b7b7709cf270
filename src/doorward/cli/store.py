"""`doorward store`: the tables."""

import typer

from doorward.adapters.sql import migrations
from doorward.assembly.house import ready_settings
from doorward.cli.options import DataDir, Json, polite
from doorward.cli.output import Voice
from doorward.settings.load import load

store = typer.Typer(help="Look after the store's tables.", no_args_is_help=True)


@store.callback()
def main() -> None:
    """Look after the store's tables."""


@store.command("migrate")
def migrate(*, data_dir: DataDir = None, as_json: Json = False) -> None:
    """Bring the tables up to what this version needs. Safe to run at any time, and more than once."""
    voice = Voice(as_json)
    with polite(voice):
        settings = ready_settings(load({"data_dir": data_dir})).settings
        settings.server.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        url = settings.store.store_url.get_secret_value()
        before = migrations.current(url)
        migrations.upgrade(url)
        if before == migrations.HEAD:
            voice.done(f"The tables are at {before} already.", {"before": before, "now": migrations.HEAD})
        else:
            voice.done(f"The tables are at {migrations.HEAD} now.", {"before": before, "now": migrations.HEAD})
