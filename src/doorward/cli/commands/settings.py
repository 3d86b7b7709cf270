"""`doorward settings`: every setting, its value, and where that came from."""

from doorward.cli.options import DataDir, Json, polite, strange_names
from doorward.cli.output import Voice
from doorward.settings.load import load
from doorward.settings.record import shown


def settings(*, data_dir: DataDir = None, as_json: Json = False) -> None:
    """Show every setting, its value and where it came from; secrets are hidden."""
    voice = Voice(as_json)
    with polite(voice):
        loaded = load({"data_dir": data_dir})
        rows = [{"setting": name, "value": value, "source": source} for name, value, source in shown(loaded)]
        voice.table(
            rows,
            columns=("setting", "value", "source"),
            document={"settings": rows, "unknown": list(loaded.unknown)},
        )
        for problem in strange_names(loaded):
            voice.warn(problem)
