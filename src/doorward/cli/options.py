"""Options that many commands share, and opening the house for a command."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from doorward.assembly.house import House, open_house
from doorward.cli.output import Voice
from doorward.core.kernel.errors import Invalid, NotFound, Refusal
from doorward.settings.load import load
from doorward.settings.problems import SettingsRefused

DataDir = Annotated[
    Path | None,
    typer.Option("--data-dir", help="Where the embedded store, its secrets and the development mailbox are kept."),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]


@contextmanager
def opened(data_dir: Path | None, voice: Voice) -> Iterator[House]:
    """Open the house that the settings describe, close it after, and turn refusals into sentences."""
    try:
        loaded = load({"data_dir": data_dir} if data_dir else {})
        house = open_house(loaded)
    except SettingsRefused as refused:
        voice.refuse(str(refused), code="SETTINGS_REFUSED", remedy=refused.remedy)
    try:
        yield house
    except Invalid as refused:
        voice.refuse(f"{refused.pointer.strip('/')}: {refused.reason}", code=refused.code)
    except NotFound as refused:
        voice.refuse("There is no such account.", code=refused.code, remedy="`doorward users list` shows all.")
    except Refusal as refused:
        voice.refuse(refused.detail, code=refused.code)
    finally:
        house.close()
