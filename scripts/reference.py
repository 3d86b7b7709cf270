"""Writes docs/reference from the code: what the code says of itself is said once."""

import importlib
import pkgutil
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import get_args

from typer.core import TyperCommand

from doorward.api.problems import STATUSES
from doorward.cli.app import all_commands
from doorward.core.audit.records import AuditKind
from doorward.core.kernel.errors import Refusal
from doorward.core.limits.records import LIMITS
from doorward.core.onetime.records import PURPOSES
from doorward.gateway.monitoring.rules import ALERTS
from doorward.gateway.monitoring.ticks import Ticks
from doorward.gateway.topology import Application, Monitoring, Topology
from doorward.resource.errors import AccessRefused
from doorward.settings.record import SECTIONS, SETTINGS
from doorward.settings.sections.federation import ProviderSettings
from doorward.settings.sections.gateways import ProtectedHostSettings
from doorward.settings.sections.section import Section
from doorward.telemetry.figures import FIGURES, Figure
from doorward.worker.jobs import EVERY, JOBS, SCHEDULE

REFERENCE = Path(__file__).parent.parent / "docs" / "reference"
NOTE = "<!-- Written by `make docs`. Change the code, not this page. -->"


def page(title: str, introduction: str, parts: Iterable[str]) -> str:
    """Return a page of Markdown."""
    return "\n\n".join((f"# {title}", NOTE, introduction, *parts)) + "\n"


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table of Markdown."""
    lines = [" | ".join(columns), " | ".join("---" for _ in columns)]
    lines += [" | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in row) for row in rows]
    return "\n".join(f"| {line} |" for line in lines)


def sentence(thing: object) -> str:
    """Return the first sentence of a docstring."""
    text = " ".join((thing.__doc__ or "").split())
    return text.partition(". ")[0].rstrip(".") + "."


def modules(name: str) -> None:
    """Import every module of a package, so that what it defines is known."""
    for found in pkgutil.walk_packages(importlib.import_module(name).__path__, f"{name}."):
        if "migrations" not in found.name:
            importlib.import_module(found.name)


def refusals(kind: type[Refusal] = Refusal) -> Iterator[type[Refusal]]:
    """Yield every refusal."""
    for each in kind.__subclasses__():
        yield each
        yield from refusals(each)


def errors() -> str:
    """Return the page of error codes."""
    modules("doorward.core")
    modules("doorward.api")
    modules("doorward.resource")

    def status(refusal: type[Refusal]) -> str:
        if issubclass(refusal, AccessRefused):
            return str(refusal.status)
        return next((str(STATUSES[each]) for each in refusal.__mro__ if each in STATUSES), "500")

    told = {each for each in refusals() if "code" in vars(each)}

    def rows(*, of_resources: bool) -> list[tuple[str, ...]]:
        return [
            (f"`{each.code}`", status(each), each.detail, sentence(each))
            for each in sorted(told, key=lambda each: (each.code, each.__name__))
            if issubclass(each, AccessRefused) is of_resources
        ]

    introduction = (
        "Every refusal is an `application/problem+json` document (RFC 9457) with a stable `code`. "
        "`detail` is for anyone to read and never says more than the caller may know."
    )
    columns = ("code", "status", "detail", "when")
    of_resources = (
        "## Of resource servers\n\nWhat `doorward.resource` answers with, beside a challenge in `WWW-Authenticate`."
    )
    parts = [table(columns, rows(of_resources=False)), of_resources, table(columns, rows(of_resources=True))]
    return page("Error codes", introduction, parts)


def settings() -> str:
    """Return the page of settings."""
    parts = [
        f"## {name.capitalize()}\n\n{sentence(section)}\n\n{table(('setting', 'default', 'what it is'), _rows(name))}"
        for name, section in SECTIONS.items()
    ]
    introduction = (
        "Each setting is an environment variable, or the same name in lower case without `DOORWARD_` in "
        "`doorward.toml`. A secret may also be read from the file that `…_FILE` names. "
        "`doorward settings` shows every value and where it came from."
    )
    for name, section in {"A provider": ProviderSettings, "A protected host": ProtectedHostSettings}.items():
        members = table(("member", "what it is"), _members(section))
        parts.append(f"## {name}\n\n{sentence(section)}\n\n{members}")
    sections = f"The sections are {', '.join(f'`{name}`' for name in SECTIONS)}."
    return page("Settings", introduction, [sections, *parts])


def _members(section: type[Section]) -> Iterator[tuple[str, str]]:
    for name, info in section.model_fields.items():
        yield f"`{name}`", info.description or ""


def _rows(section: str) -> Iterator[tuple[str, str, str]]:
    for setting in SETTINGS.values():
        if setting.section == section:
            names = " or ".join(f"`{name}`" for name in setting.environment)
            yield names, f"`{setting.default}`" if setting.default else "", setting.description


def topology() -> str:
    """Return the page of the file that says what stands where."""
    sections = {f"`[{name}]`": _section(info.annotation) for name, info in Topology.model_fields.items()}
    sections.pop("`[applications]`")
    tables = {**sections, "`[[applications]]`": Application}
    introduction = (
        "`topology.toml` says what stands where: `doorward gateway`, `compose`, `systemd`, `helm` and `monitoring` "
        "write from it. What Doorward itself does stands in `doorward.toml`, and where the two contradict nothing is "
        "written. "
        "Only `[auth]` and `[gateway]` must be there."
    )
    parts = [
        f"## {name}\n\n{sentence(section)}\n\n{table(('member', 'what it is'), _members(section))}"
        for name, section in tables.items()
    ]
    return page("Topology", introduction, parts)


def _section(annotation: object) -> type[Section]:
    """Return the section that a member of the topology is, or may be."""
    choices = get_args(annotation) or (annotation,)
    return next((each for each in choices if isinstance(each, type) and issubclass(each, Section)), Section)


def commands() -> str:
    """Return the page of commands."""
    parts = [
        f"## `{name}`\n\n{command.help or ''}\n\n{table(('argument or option', 'what it is'), _parameters(command))}"
        for name, command in all_commands()
    ]
    introduction = "Every command answers `--help`, and prints JSON for programs with `--json`."
    return page("Commands", introduction, parts)


def _parameters(command: TyperCommand) -> Iterator[tuple[str, str]]:
    for parameter in command.params:
        names = ", ".join(f"`{name}`" for name in (*parameter.opts, *parameter.secondary_opts))
        yield names, getattr(parameter, "help", None) or ""


def audit_events() -> str:
    """Return the page of audit events."""
    rows = [(f"`{kind.value}`", kind.name.replace("_", " ").capitalize()) for kind in AuditKind]
    introduction = (
        "The audit log is a chain: every entry covers the one before it, so nothing can be changed, left out or put in "
        "unnoticed. Network addresses stand in it as pseudonyms whose daily key is destroyed after 30 days."
    )
    return page("Audit events", introduction, [table(("event", "what happened"), rows)])


def one_time() -> str:
    """Return the page of one-time links and codes."""
    rows = [
        (f"`{purpose.value}`", str(lives.link), str(lives.code) if lives.code else "")
        for purpose, lives in PURPOSES.items()
    ]
    introduction = (
        "Whatever may be used once is of exactly one purpose, lives for so long, and is given away at most once."
    )
    return page("One-time links and codes", introduction, [table(("purpose", "link lives", "code lives"), rows)])


def limits() -> str:
    """Return the page of rate limits."""
    rows = [(f"`{row.name}`", str(row.amount), str(row.window), row.per.value, row.tier.name.lower()) for row in LIMITS]
    introduction = (
        "Tier 1 is enforced by the gateway, tier 2 by the application; both read this table. What guards the password "
        "of one account is not here: five failures suspend sign-in from unknown devices for twelve hours."
    )
    return page("Rate limits", introduction, [table(("limit", "amount", "window", "per", "enforced by"), rows)])


def jobs() -> str:
    """Return the page of jobs."""
    scheduled = [(f"`{row.name}`", str(row.every)) for row in SCHEDULE]
    rows = [(f"`{name}`",) for name in JOBS if name not in EVERY]
    introduction = "Jobs are written in the same transaction as what makes them necessary, and run at least once."
    parts = [table(("job",), rows), "## Again and again, once for all workers", table(("job", "every"), scheduled)]
    return page("Jobs", introduction, parts)


def metrics() -> str:
    """Return the page of metrics."""

    def labels(figure: Figure) -> str:
        return "; ".join(f"`{label}`: {values}" for label, values in figure.labels.items())

    rows = [(f"`{figure.shown}`", figure.kind.value, figure.what, labels(figure)) for figure in FIGURES]
    introduction = (
        "Every process counts for itself: `/metrics` of a server, and the port that `DOORWARD_METRICS_PORT` or "
        "`doorward worker --metrics-port` names. No label holds what a caller chose, so there are a few hundred series "
        "a process, whatever comes. A histogram stands as `_bucket`, `_sum` and `_count`; `process_…` are those "
        "of the process itself. [Watch it](../how-to/watch-it.md) says what to make of them."
    )
    return page("Metrics", introduction, [table(("figure", "kind", "what it is", "labels"), rows)])


def alerts() -> str:
    """Return the page of alerts."""
    ticks = Ticks(Monitoring(server="127.0.0.1:9090").every_seconds)
    parts = [
        f"## {alert.name}\n\n{alert.what}\n\n{alert.so}\n\n"
        f"A `{alert.severity}`, once this has held for {ticks(alert.holds_for)}:\n\n"
        f"```promql\n{alert.expression(ticks)}\n```"
        for alert in ALERTS
    ]
    introduction = (
        "What `doorward monitoring` lets Prometheus tell of. A `page` wakes somebody, a `ticket` waits for the "
        "morning. Durations are those of a deployment that is asked every 15 seconds; they follow `every_seconds`."
    )
    return page("Alerts", introduction, parts)


PAGES = {
    "errors": errors,
    "settings": settings,
    "topology": topology,
    "commands": commands,
    "audit-events": audit_events,
    "one-time": one_time,
    "limits": limits,
    "jobs": jobs,
    "metrics": metrics,
    "alerts": alerts,
}


def main() -> None:
    """Write every page."""
    REFERENCE.mkdir(parents=True, exist_ok=True)
    for name, write in PAGES.items():
        (REFERENCE / f"{name}.md").write_text(write(), encoding="utf-8")
        sys.stdout.write(f"docs/reference/{name}.md\n")


if __name__ == "__main__":
    main()
