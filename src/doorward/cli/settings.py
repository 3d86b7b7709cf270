"""`doorward settings`: every setting, its value, and where that came from."""

from doorward.cli.options import DataDir, Json, polite
from doorward.cli.output import Voice
from doorward.settings.generate import with_generated_secrets
from doorward.settings.load import load
from doorward.settings.record import shown


def settings(*, data_dir: DataDir = None, as_json: Json = False) -> None:
    """Show every setting, its value and where it came from; secrets are hidden."""
    voice = Voice(as_json)
    with polite(voice):
        loaded = with_generated_secrets(load({"data_dir": data_dir}))
        rows = [{"setting": name, "value": value, "source": source} for name, value, source in shown(loaded)]
        voice.table(rows, columns=("setting", "value", "source"), empty="")
        for name in loaded.unknown:
            voice.note(f"{name} looks like a setting, but there is none of that name.")
