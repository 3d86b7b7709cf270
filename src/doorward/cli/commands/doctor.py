"""`doorward doctor`: finds what is wrong, and says how to mend it."""

import socket
import stat
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from urllib.parse import urlsplit

import typer

from doorward.assembly.cache import Examined, examine_cache
from doorward.assembly.house import House
from doorward.assembly.keeping.examine import examine_keeping
from doorward.assembly.providers import ExaminedProvider, examine_providers
from doorward.assembly.store import is_embedded, unfit
from doorward.cli.options import DataDir, Json, explain_away, house_of
from doorward.cli.output import Value, Voice
from doorward.cli.unsaid import unsaid_problem
from doorward.core.kernel.errors import Unavailable
from doorward.core.operating.rules import Fitness, judge
from doorward.core.outbox.records import JobState
from doorward.settings.check import check_production
from doorward.settings.generate import FILE, GENERATED, with_generated_secrets
from doorward.settings.load import load
from doorward.settings.problems import Problem, SettingsInvalid
from doorward.settings.record import Loaded, SourceKind
from doorward.telemetry.logs import configure_logs

_MAIL_PATIENCE: Final = timedelta(seconds=5)
_CLOCK_SLACK: Final = timedelta(minutes=1)
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found; `remedy` is empty where all is well."""

    finding: str
    remedy: str = ""


def doctor(*, data_dir: DataDir = None, as_json: Json = False) -> None:
    """Find what is wrong with this deployment, and say how to mend it: settings, mail, store, keys, clients."""
    voice = Voice(as_json)
    rows = [_row(name, finding) for name, finding in _findings(data_dir)]
    voice.verdicts(rows)
    if any(row["remedy"] for row in rows):
        raise typer.Exit(1)


def _findings(data_dir: DataDir) -> Iterator[tuple[str, Finding]]:
    try:
        loaded = with_generated_secrets(load({"data_dir": data_dir}))
    except SettingsInvalid as invalid:
        yield from (("settings", _of(problem)) for problem in invalid.problems)
        return
    configure_logs("error", "console")
    yield "settings", _settings(loaded)
    problems = check_production(loaded)
    yield from (("production", _of(problem)) for problem in problems)
    if loaded.settings.server.issuer:
        yield "cookies", _cookies(loaded)
        yield "issuer", _issuer(loaded)
    for name, check in _BEFORE_OPENING.items():
        yield name, check(loaded)
    yield "cache", _cache(loaded)
    yield from _providers(loaded)
    yield from ((name, _found(examined)) for name, examined in examine_keeping(loaded.settings))
    if not problems:
        yield from _findings_inside(loaded)


def _findings_inside(loaded: Loaded) -> Iterator[tuple[str, Finding]]:
    try:
        house = house_of(loaded)
    except SettingsInvalid as invalid:
        yield from (("store", _of(problem)) for problem in invalid.problems)
        return
    try:
        state, is_usable = _store(house)
        yield "store", state
        if is_usable:
            yield from ((name, look(house)) for name, look in _INSIDE.items())
    except Unavailable as away:
        yield "store", _of(explain_away(away))
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


def _secrets(loaded: Loaded) -> Finding:
    sources = {str(loaded.sources[name]) for name in GENERATED}
    return Finding("not set" if sources == {SourceKind.DEFAULT} else f"from {' and '.join(sorted(sources))}")


def _file_modes(loaded: Loaded) -> Finding:
    if not loaded.settings.server.data_dir.exists():
        return Finding("nothing is kept on this machine")
    folder = loaded.settings.server.data_dir
    for path in (folder, folder / FILE):
        if path.exists() and path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            return Finding(f"{path} is open to other users of this machine", f"Run: chmod go= {path}")
    return Finding(f"{folder.absolute()} is for its owner alone")


def _mail(loaded: Loaded) -> Finding:
    url = loaded.settings.mail.smtp_url
    if url is None and loaded.settings.server.is_production:
        return Finding("nowhere to go")
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


def _cache(loaded: Loaded) -> Finding:
    if not loaded.settings.store.is_cache_shared:
        return Finding("in this process alone: fine for one instance")
    try:
        examined = examine_cache(loaded.settings)
    except SettingsInvalid as invalid:
        return _of(invalid.problems[0])
    return _found(examined)


def _providers(loaded: Loaded) -> Iterator[tuple[str, Finding]]:
    """Ask each provider that people may sign in with for its configuration, as a sign-in would."""
    try:
        providers = examine_providers(loaded.settings)
    except SettingsInvalid as invalid:
        yield from (("providers", _of(problem)) for problem in invalid.problems)
        return
    for provider_id, examined in providers:
        yield f"provider {provider_id}", _found(examined)


def _store(house: House) -> tuple[Finding, bool]:
    """Return what is to be said of the store, and whether its tables can be read."""
    try:
        house.store.check()
        schema = house.store.schema()
    except Unavailable as away:
        return _of(explain_away(away)), False
    match judge(schema):
        case Fitness.FITS:
            is_newer = schema.revision > schema.needed
            return Finding(
                "answers, its newer tables serve this program" if is_newer else "answers, tables up to date"
            ), True
        case Fitness.TOO_NEW | Fitness.UNFINISHED:
            return _of(unfit(schema)), False
    if is_embedded(house.settings) or not house.settings.server.is_production:
        return Finding("answers; `doorward serve` brings its tables up to date"), False
    return Finding("its tables are not up to date", "Run: doorward store migrate"), False


def _keys(house: House) -> Finding:
    with house.store.view() as work:
        has_keys = bool(work.signing_keys.all())
    if not has_keys:
        return Finding("none yet; `doorward serve` makes the first")
    if not house.flows.keyring.is_ready():
        return Finding("none can be opened and signs now", "Restore the DOORWARD_SECRET that they were sealed with.")
    return Finding("sign")


def _clock(house: House) -> Finding:
    """Compare the clock with the newest thing that was written down: time only goes forward."""
    with house.store.view() as work:
        made = [key.created_at for key in work.signing_keys.all()]
    ahead = max(made, default=house.clock.now()) - house.clock.now()
    if ahead > _CLOCK_SLACK:
        return Finding(f"is {ahead} behind what was written before", "Set the machine's clock, best by NTP.")
    return Finding(f"goes forward; it is {house.clock.now():%Y-%m-%d %H:%M} UTC")


def _jobs(house: House) -> Finding:
    with house.store.view() as work:
        counts = {state.value: count for state, count in work.outbox.count().items()}
        dead = work.outbox.list(JobState.DEAD, limit=1)
    if dead:
        why = f"{counts[JobState.DEAD]} were given up, one because of: {dead[0].last_error}"
        return Finding(
            why, "Mend what keeps them, best the way to the mail server; then run: doorward jobs retry --all-dead"
        )
    return Finding(f"{counts.get(JobState.READY, 0)} waiting")


def _clients(house: House) -> Finding:
    unsaid = house.flows.clients.unsaid()
    return _of(unsaid_problem(unsaid)) if unsaid else Finding("each says for which APIs it answers")


_BEFORE_OPENING: Final[Mapping[str, Callable[[Loaded], Finding]]] = {
    "file modes": _file_modes,
    "secrets": _secrets,
    "mail": _mail,
}
_INSIDE: Final[Mapping[str, Callable[[House], Finding]]] = {
    "keys": _keys,
    "clock": _clock,
    "jobs": _jobs,
    "clients": _clients,
}


def _found(examined: Examined | ExaminedProvider) -> Finding:
    return Finding(examined.is_what) if examined.problem is None else _of(examined.problem)


def _of(problem: Problem) -> Finding:
    return Finding(f"{problem.what} {problem.why}", problem.remedy)


def _row(name: str, finding: Finding) -> dict[str, Value]:
    state = "mend" if finding.remedy else "ok"
    return {"check": name, "state": state, "finding": finding.finding, "remedy": finding.remedy}
