"""The command `doorward` and all its commands, each imported when it is run."""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import Annotated, Final

import typer
from typer._click import Context
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

import doorward
from doorward.cli.collector import resting_collector
from doorward.cli.missing import refuse_without

_DEPLOYING: Final = "deploying."
_TRYING: Final = "trying."


@dataclass(frozen=True, slots=True)
class Row:
    """A command: its name, its line in the list, and its module's room; `word` names its module and its function."""

    name: str
    summary: str
    room: str = ""

    @property
    def word(self) -> str:
        """The name as Python spells it."""
        return self.name.replace("-", "_")


COMMANDS: Final = (
    Row("serve", "Start the server."),
    Row("worker", "Run jobs from the outbox: mails, and what is due again and again."),
    Row("init", "Write doorward.toml with every setting explained."),
    Row("status", "Show how servers and workers fare: sign-ins, locks, latency, the queue, the store."),
    Row(
        "frontend",
        "Serve the files of an application: fingerprinted ones for ever, its page with a policy.",
        _DEPLOYING,
    ),
    Row("doctor", "Find what is wrong with this deployment, and say how to mend it."),
    Row("settings", "Show every setting, its value and where it came from; secrets are hidden."),
    Row("users", "Add, find, disable, unlock and empower accounts."),
    Row("clients", "Register, find, change and end the applications that sign in here."),
    Row("keys", "List and rotate the signing keys."),
    Row("audit", "Look into the audit log, prove that it is whole, and write it out."),
    Row("jobs", "Look at the jobs that wait, and retry those that were given up."),
    Row("gateway", "Write the configuration of the gateway before the servers.", _DEPLOYING),
    Row(
        "compose",
        "Write compose.yaml, the image of Doorward, the configuration of every other part, and secrets as files.",
        _DEPLOYING,
    ),
    Row(
        "systemd",
        "Write a folder of units for each machine on which Doorward stands, and the secrets that all of them share.",
        _DEPLOYING,
    ),
    Row(
        "helm",
        "Write a chart of servers, workers, gateway and monitoring, and the secrets that its Secret is made of.",
        _DEPLOYING,
    ),
    Row(
        "monitoring",
        "Write the configuration of Prometheus with rules, of Alertmanager, and dashboards for Grafana.",
        _DEPLOYING,
    ),
    Row(
        "plan",
        "Say how many servers, how much memory, storage and which store so many people take, and what gives out first.",
        _DEPLOYING,
    ),
    Row("store", "Look after the store: its tables, copies, backups."),
    Row(
        "demo-data",
        "Fill the store with made-up accounts and sessions, for trying things out and for load tests.",
        _TRYING,
    ),
)


class Deferred(TyperCommand):
    """A command that is listed at once, and imported when it is run: the list of commands needs no server."""

    def __init__(self, row: Row) -> None:
        super().__init__(row.name, help=row.summary)
        self._name = row.name
        self._word = row.word
        self._module = f"doorward.cli.commands.{row.room}{row.word}"

    def load(self) -> TyperCommand | TyperGroup:
        """Return the command itself."""
        try:
            with resting_collector():
                found = getattr(import_module(self._module), self._word)
        except ModuleNotFoundError as missing:
            refuse_without(missing)
        if isinstance(found, typer.Typer):
            loaded = get_command(found)
        else:
            alone = typer.Typer(add_completion=False)
            alone.command(self._name)(found)
            loaded = get_command(alone)
        loaded.name = self._name
        if not isinstance(loaded, TyperCommand | TyperGroup):
            raise TypeError(f"{self._name} is no command")
        return loaded

    def make_context(
        self, info_name: str | None, args: list[str], parent: Context | None = None, **extra: object
    ) -> Context:
        """Return the context of the command itself, in which it runs."""
        return self.load().make_context(info_name, args, parent, **extra)


class Commands(TyperGroup):
    """The commands, in the order of their table."""

    def list_commands(self, ctx: Context) -> list[str]:  # noqa: ARG002 (the framework's signature)
        """Return the names."""
        return [row.name for row in COMMANDS]

    def get_command(self, ctx: Context, cmd_name: str) -> Deferred | None:  # noqa: ARG002 (the framework's signature)
        """Return a command by its name."""
        return next((Deferred(row) for row in COMMANDS if row.name == cmd_name), None)


app = typer.Typer(
    name="doorward",
    cls=Commands,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def all_commands() -> Iterator[tuple[str, TyperCommand]]:
    """Yield every command that can be typed, with all of its words before it."""
    for row in COMMANDS:
        yield from _below(Deferred(row).load(), f"doorward {row.name}")


def _below(command: object, path: str) -> Iterator[tuple[str, TyperCommand]]:
    if isinstance(command, TyperGroup):
        for name, inner in sorted(command.commands.items()):
            yield from _below(inner, f"{path} {name}")
    elif isinstance(command, TyperCommand):
        yield path, command


def _show_version(*, wanted: bool) -> None:
    if wanted:
        typer.echo(doorward.__version__)
        raise typer.Exit


@app.callback()
def main(
    *,
    _version: Annotated[
        bool,
        typer.Option(
            "--version", help="Show the version.", is_eager=True, callback=lambda wanted: _show_version(wanted=wanted)
        ),
    ] = False,
) -> None:
    """Serve, operate and examine a deployment."""
