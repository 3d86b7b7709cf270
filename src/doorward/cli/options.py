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
from doorward.settings.problems import SettingsInvalid

DataDir = Annotated[
    Path | None,
    typer.Option("--data-dir", help="Where the embedded store, its secrets and the development mailbox are kept."),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]


@contextmanager
def polite(voice: Voice) -> Iterator[None]:
    """Turn whatever refuses a command into sentences: what is wrong, why, and what to do."""
    try:
        yield
    except SettingsInvalid as invalid:
        voice.refuse_all((problem.what, problem.why, problem.remedy) for problem in invalid.problems)
    except Invalid as refused:
        voice.refuse(f"{refused.pointer.strip('/')}: {refused.reason}", code=refused.code)
    except NotFound as refused:
        voice.refuse("There is no such account.", code=refused.code, remedy="`doorward users list` shows all.")
    except Refusal as refused:
        voice.refuse(refused.detail, code=refused.code, remedy="`doorward doctor` finds out what keeps it.")


@contextmanager
def opened(data_dir: Path | None, voice: Voice) -> Iterator[House]:
    """Open the house that the settings describe, with its tables and keys, and close it after."""
    with polite(voice):
        house = open_house(load({"data_dir": data_dir}))
        try:
            house.prepare()
            yield house
        finally:
            house.close()
