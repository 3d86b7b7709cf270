"""Options that many commands share, and opening the house for a command."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from doorward.assembly.house import House, open_house
from doorward.cli.collector import resting_collector
from doorward.cli.output import Voice
from doorward.core.kernel.errors import Invalid, NotFound, Refusal, Unavailable
from doorward.core.moving.errors import MoveRefused
from doorward.settings.load import load
from doorward.settings.problems import Problem, SettingsInvalid
from doorward.settings.record import Loaded
from doorward.telemetry.logs import configure_logs
from doorward.telemetry.redaction import redacted

DataDir = Annotated[
    Path | None,
    typer.Option("--data-dir", help="Where the embedded store, its secrets and the development mailbox are kept."),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]

_QUIET = "warning"
_INTERRUPTED = 130


@contextmanager
def polite(voice: Voice) -> Iterator[None]:
    """Turn whatever refuses a command into sentences: what is wrong, why, and what to do."""
    try:
        yield
    except SettingsInvalid as invalid:
        voice.refuse(*invalid.problems, code="SETTINGS_INVALID")
    except Unavailable as away:
        voice.refuse(explain_away(away), code=away.code)
    except Invalid as refused:
        voice.refuse(Problem(f"{refused.pointer.strip('/')}: {refused.reason}", "", ""), code=refused.code)
    except MoveRefused as refused:
        voice.refuse(Problem(refused.what, refused.why, refused.remedy), code=refused.code)
    except NotFound as refused:
        voice.refuse(Problem("There is no such account.", "", "`doorward users list` shows all."), code=refused.code)
    except Refusal as refused:
        voice.refuse(Problem(refused.detail, "", ""), code=refused.code)
    except OSError as error:
        what = f"{error.filename or 'A file'} cannot be used: {error.strerror or error}."
        voice.refuse(Problem(what, "", "Mend its permissions, or choose another place."), code="FILE_UNUSABLE")


@contextmanager
def interruptible(voice: Voice) -> Iterator[None]:
    """End in words on Ctrl-C and on the signal by which services are stopped."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    except KeyboardInterrupt:
        voice.warn(Problem("Interrupted.", "What was not finished is marked so.", "Run the same command again."))
        raise typer.Exit(_INTERRUPTED) from None
    finally:
        signal.signal(signal.SIGTERM, before)


def explain_away(away: Unavailable) -> Problem:
    """Return what keeps the store from answering, in the driver's words where it had some."""
    said = str(away.__cause__ or "").strip().partition("\n")[0]
    clean = str(redacted({"said": said})["said"]).rstrip(".")
    what = f"The store does not answer: {clean}." if clean else "The store does not answer."
    remedy = "Start it, restore it from a backup, or correct DOORWARD_STORE_URL or --data-dir."
    return Problem(what, "Everything that this command works on is kept there.", remedy)


@contextmanager
def opened(data_dir: Path | None, voice: Voice) -> Iterator[House]:
    """Open the house for one command, ready to use, and close it."""
    with polite(voice):
        loaded = load({"data_dir": data_dir})
        speak(loaded, voice, level=_QUIET)
        house = house_of(loaded)
        try:
            house.prepare()
            yield house
        finally:
            house.close()


def house_of(loaded: Loaded) -> House:
    """Return the house that lives as long as this process.

    Raises: SettingsInvalid.
    """
    with resting_collector():
        return open_house(loaded)


def speak(loaded: Loaded, voice: Voice, *, level: str | None = None) -> None:
    """Send logs to stderr, and say which names look like settings and are none."""
    telemetry = loaded.settings.telemetry
    configure_logs(level or telemetry.log_level, telemetry.log_format or "console")
    for problem in strange_names(loaded):
        voice.warn(problem)


def strange_names(loaded: Loaded) -> Iterator[Problem]:
    """Yield a problem for each name in the environment that looks like a setting and is none."""
    for name in loaded.unknown:
        why, remedy = "A misspelled setting does nothing.", "Correct or remove it; `doorward settings` lists all."
        yield Problem(f"There is no setting {name}.", why, remedy)
