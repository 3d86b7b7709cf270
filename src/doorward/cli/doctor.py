"""`doorward doctor`: finds what is wrong, and says how to mend it."""

import socket
import stat
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from urllib.parse import urlsplit

import typer

from doorward.assembly.house import House, open_house
from doorward.cli.options import DataDir, Json
from doorward.cli.output import Value, Voice
from doorward.core.kernel.errors import Refusal
from doorward.settings.check import check_production
from doorward.settings.generate import FILE, with_generated_secrets
from doorward.settings.load import load
from doorward.settings.problems import Problem, SettingsInvalid
from doorward.settings.record import Loaded

_COLUMNS: Final = ("check", "state", "finding", "remedy")
_MAIL_PATIENCE: Final = timedelta(seconds=5)
_CLOCK_SLACK: Final = timedelta(minutes=1)
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found; `remedy` is empty where all is well."""

    finding: str
    remedy: str = ""


def doctor(*, data_dir: DataDir = None, as_json: Json = False) -> None:
    """Check settings, cookies, issuer, secrets, file modes, mail, store, keys and clock, and say how to mend each."""
    voice = Voice(as_json)
    rows = [_row(name, finding) for name, finding in _findings(data_dir)]
    voice.table(rows, columns=_COLUMNS, empty="")
    if any(row["remedy"] for row in rows):
        raise typer.Exit(1)


def _findings(data_dir: DataDir) -> Iterator[tuple[str, Finding]]:
    try:
        loaded = with_generated_secrets(load({"data_dir": data_dir}))
    except SettingsInvalid as invalid:
        yield from (("settings", _of(problem)) for problem in invalid.problems)
        return
    yield "settings", _settings(loaded)
    problems = check_production(loaded)
    yield from (("production", _of(problem)) for problem in problems)
    for name, check in _BEFORE_OPENING.items():
        yield name, check(loaded)
    if not problems:
        house = open_house(loaded)
        try:
            for name, look in _INSIDE.items():
                yield name, look(house)
        finally:
            house.close()


def _settings(loaded: Loaded) -> Finding:
    if loaded.unknown:
        return Finding(
            f"unknown: {', '.join(loaded.unknown)}", "Correct or remove them; `doorward settings` lists all."
        )
    return Finding(f"{loaded.settings.server.environment.value}, nothing unknown")


def _cookies(loaded: Loaded) -> Finding:
    server = loaded.settings.server
    if server.has_secure_cookies:
        return Finding("Secure, with the __Host- prefix")
    if (urlsplit(server.issuer).hostname or "") in _LOOPBACK:
        return Finding("without Secure: fine on this machine alone")
    return Finding("without Secure, on a name that others reach", "Set DOORWARD_ISSUER to an https URL.")


def _issuer(loaded: Loaded) -> Finding:
    host = urlsplit(loaded.settings.server.issuer).hostname or ""
    try:
        socket.getaddrinfo(host, None)
    except OSError:
        return Finding(f"{host} has no address", "Make a DNS record for it, or correct DOORWARD_ISSUER.")
    return Finding(loaded.settings.server.issuer)


def _file_modes(loaded: Loaded) -> Finding:
    folder = loaded.settings.server.data_dir
    for path in (folder, folder / FILE):
        if path.exists() and path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            return Finding(f"{path} is open to other users of this machine", f"Run: chmod go= {path}")
    return Finding(f"{folder.absolute()} is for its owner alone")


def _mail(loaded: Loaded) -> Finding:
    url = loaded.settings.mail.smtp_url
    if url is None:
        return Finding("kept in the development mailbox, not sent")
    parts = urlsplit(url.get_secret_value())
    port = parts.port or (465 if parts.scheme == "smtps" else 587)
    try:
        with socket.create_connection((parts.hostname or "", port), _MAIL_PATIENCE.total_seconds()):
            return Finding(f"{parts.hostname}:{port} answers")
    except OSError as error:
        remedy = "Correct DOORWARD_SMTP_URL, or open the way to it. Mails wait in the outbox meanwhile."
        return Finding(f"{parts.hostname}:{port} does not answer ({error.strerror or type(error).__name__})", remedy)


def _store(house: House) -> Finding:
    try:
        house.store.check()
        if not house.store.is_migrated():
            return Finding("its tables are not up to date", "Run `doorward store migrate`.")
    except Refusal:
        return Finding("does not answer", "Start the database, or correct DOORWARD_STORE_URL.")
    return Finding("answers, tables up to date")


def _keys(house: House) -> Finding:
    if not house.store.is_migrated():
        return Finding("wait for the tables")
    with house.store.view() as work:
        has_keys = bool(work.signing_keys.all())
    if not has_keys:
        return Finding("none yet; `doorward serve` makes the first")
    if not house.flows.keyring.is_ready():
        return Finding("none can be opened and signs now", "Restore the DOORWARD_SECRET that they were sealed with.")
    return Finding("sign")


def _clock(house: House) -> Finding:
    """Compare the clock with the newest thing that was written down: time only goes forward."""
    if not house.store.is_migrated():
        return Finding("nothing to compare with yet")
    with house.store.view() as work:
        made = [key.created_at for key in work.signing_keys.all()]
    ahead = max(made, default=house.clock.now()) - house.clock.now()
    if ahead > _CLOCK_SLACK:
        return Finding(f"is {ahead} behind what was written before", "Set the machine's clock, best by NTP.")
    return Finding("goes forward")


def _jobs(house: House) -> Finding:
    if not house.store.is_migrated():
        return Finding("wait for the tables")
    with house.store.view() as work:
        counts = {state.value: count for state, count in work.outbox.count().items()}
    if counts.get("dead"):
        return Finding(
            f"{counts['dead']} jobs were given up", "See why mails do not go out: check the mail server's log."
        )
    return Finding(f"{counts.get('ready', 0)} waiting")


_BEFORE_OPENING: Final[Mapping[str, Callable[[Loaded], Finding]]] = {
    "cookies": _cookies,
    "issuer": _issuer,
    "file modes": _file_modes,
    "mail": _mail,
}
_INSIDE: Final[Mapping[str, Callable[[House], Finding]]] = {
    "store": _store,
    "keys": _keys,
    "clock": _clock,
    "jobs": _jobs,
}


def _of(problem: Problem) -> Finding:
    return Finding(f"{problem.what} {problem.why}", problem.remedy)


def _row(name: str, finding: Finding) -> dict[str, Value]:
    state = "mend" if finding.remedy else "ok"
    return {"check": name, "state": state, "finding": finding.finding, "remedy": finding.remedy}
