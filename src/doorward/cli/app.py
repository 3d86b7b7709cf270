"""The command `doorward` and all its commands."""

from typing import Annotated

import typer

import doorward
from doorward.cli.doctor import doctor
from doorward.cli.init import init
from doorward.cli.keys import keys
from doorward.cli.serve import serve
from doorward.cli.settings import settings
from doorward.cli.store import store
from doorward.cli.users import users
from doorward.cli.worker import worker

app = typer.Typer(
    name="doorward",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


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


app.command()(serve)
app.command()(worker)
app.command()(init)
app.command()(doctor)
app.command()(settings)
app.add_typer(users, name="users")
app.add_typer(keys, name="keys")
app.add_typer(store, name="store")
