"""`doorward status`: how a deployment fares, in the terminal."""

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from threading import Event
from typing import Annotated, Final

import typer

from doorward.adapters.clock.system import SystemClock
from doorward.cli.looking.look import Look, look
from doorward.cli.looking.show import document, shown
from doorward.cli.options import DataDir, Json, polite
from doorward.cli.output import Voice
from doorward.settings.load import load
from doorward.settings.record import Settings

_EVERYWHERE: Final = frozenset({"0.0.0.0", "::"})  # noqa: S104 (where a server listens, not where we do)


def status(
    *,
    url: Annotated[
        list[str] | None,
        typer.Option(help="The base address of a server, or of a metrics listener; again for another process."),
    ] = None,
    seconds: Annotated[
        float,
        typer.Option("--for", min=0, max=3600, help="For how many seconds to count; 0: all since each process began."),
    ] = 2,
    watch: Annotated[bool, typer.Option("--watch", help="Go on until Ctrl-C.")] = False,
    token_file: Annotated[
        Path | None, typer.Option(help="A file with an operator's access token, where figures ask for one.")
    ] = None,
    data_dir: DataDir = None,
    as_json: Json = False,
) -> None:
    """Show how servers and workers fare: sign-ins, locks, latency, the queue, the store. Ends with 1 if one is away."""
    voice = Voice(as_json)
    with polite(voice):
        urls = url or [_own(load({"data_dir": data_dir}).settings)]
        token = token_file.read_text(encoding="utf-8").strip() if token_file else None
    eyes = _Eyes(urls, token, seconds)
    seen = eyes.look()
    _show(seen, voice)
    with suppress(KeyboardInterrupt):
        while watch:
            seen = eyes.look()
            voice.clear()
            _show(seen, voice)
    if not all(each.is_well for each in seen):
        raise typer.Exit(1)


class _Eyes:
    """Looks at processes, and remembers what was seen last: a rate is of the time between two looks."""

    def __init__(self, urls: Sequence[str], token: str | None, seconds: float) -> None:
        self._urls = urls
        self._token = token
        self._seconds = seconds
        self._clock = SystemClock()
        self._last: dict[str, Look] = {}

    def look(self) -> list[Look]:
        """Return what is seen of each, with what was counted since the last look."""
        if self._seconds and not self._last:
            self._see()
        if self._last:
            Event().wait(self._seconds or 1)
        before, now = self._last, self._see()
        if not self._seconds:
            return now
        return [_since(each, before.get(each.url)) for each in now]

    def _see(self) -> list[Look]:
        seen = [look(url, self._token, now=lambda: self._clock.now().timestamp()) for url in self._urls]
        self._last = {each.url: each for each in seen}
        return seen


def _since(now: Look, before: Look | None) -> Look:
    if now.figures is None or before is None or before.figures is None:
        return now
    figures = now.figures.after(before.figures)
    return Look(now.url, now.is_ready, now.checks, figures, now.problem)


def _show(seen: Sequence[Look], voice: Voice) -> None:
    """Say what was seen; to programs, all processes in one document."""
    if voice.is_json:
        voice.record({"processes": [document(each) for each in seen]})
        return
    for each in seen:
        voice.record(shown(each))
        if each.problem is not None:
            voice.warn(each.problem)
        voice.note("")


def _own(settings: Settings) -> str:
    """Return where this deployment's own server shows its figures."""
    telemetry, server = settings.telemetry, settings.server
    if telemetry.metrics_port is not None:
        return f"http://{_reachable(telemetry.metrics_host)}:{telemetry.metrics_port}"
    return f"http://{_reachable(server.host)}:{server.port}"


def _reachable(host: str) -> str:
    """Return a name under which this machine reaches what listens at a host."""
    if host in _EVERYWHERE:
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host
