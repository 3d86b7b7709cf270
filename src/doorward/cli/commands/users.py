"""`doorward users`: the accounts of a deployment."""

import sys
from typing import Annotated

import typer

from doorward.cli.options import DataDir, Json, opened
from doorward.cli.output import Value, Voice
from doorward.core.access.records import OPERATOR
from doorward.core.accounts.records import Account
from doorward.core.operating.accounts import AccountWithRoles

users = typer.Typer(help="Add, find, disable, unlock and empower accounts.", no_args_is_help=True, add_completion=False)

Wanted = Annotated[str, typer.Argument(metavar="USER", help="A username, an e-mail address or an account id.")]
_NOBODY = "There are no accounts yet. `doorward users add` makes one."
_NOBODY_LIKE_THAT = "No account has a name or address like that."
_COLUMNS = ("username", "email", "status", "created_at", "id")


@users.command("add")
def add(
    username: Annotated[str, typer.Argument(help="3 to 32 letters, digits, dots, dashes, underscores.")],
    email: Annotated[str, typer.Argument(help="The address; you vouch for it, no mail is sent to prove it.")],
    *,
    role: Annotated[list[str] | None, typer.Option("--role", help="A role to grant; may be repeated.")] = None,
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from standard input (for your own account).")
    ] = False,
    data_dir: DataDir = None,
    as_json: Json = False,
) -> None:
    """Add an account. Its owner chooses the password by the link that is printed, once, within seven days."""
    voice = Voice(as_json)
    password = sys.stdin.readline().rstrip("\n") if password_stdin else None
    with opened(data_dir, voice) as house:
        added = house.flows.add_account(username, email, password=password, roles=tuple(role or ()))
        link = f"{house.settings.server.issuer}/reset?token={added.token}" if added.token else None
        voice.done(f"{added.account.username} is added.", {**_members(added.account), "link": link})
        if link:
            voice.note(f"  To choose a password, its owner opens this link once, within seven days:\n  {link}")


@users.command("list")
def list_users(
    contains: Annotated[str | None, typer.Argument(help="Only names and addresses with this in them.")] = None,
    *,
    after: Annotated[str | None, typer.Option(help="Go on after the account with this id.")] = None,
    size: Annotated[int, typer.Option(min=1, max=200, help="How many at most.")] = 50,
    data_dir: DataDir = None,
    as_json: Json = False,
) -> None:
    """List accounts, the oldest first."""
    voice = Voice(as_json)
    with opened(data_dir, voice) as house:
        page = house.flows.list_accounts(after=after, size=size, contains=contains)
        rows = [_members(account) for account in page.items]
        voice.table(
            rows,
            columns=_COLUMNS,
            empty=_NOBODY_LIKE_THAT if contains else _NOBODY,
            document={"users": rows, "next_after": page.next_after},
        )
        if page.next_after:
            voice.note(f"There are more: --after {page.next_after}")


@users.command("show")
def show(wanted: Wanted, *, data_dir: DataDir = None, as_json: Json = False) -> None:
    """Show one account with its roles and where it is signed in."""
    voice = Voice(as_json)
    with opened(data_dir, voice) as house:
        found = house.flows.show_account(wanted)
        sessions = house.flows.list_sessions(found.account.id)
        voice.record({**_with_roles(found), "signed_in_on": [session.device_name for session in sessions]})


@users.command("disable")
def disable(wanted: Wanted, *, data_dir: DataDir = None, as_json: Json = False) -> None:
    """Disable an account: its sessions and links end at once."""
    _set_enabled(wanted, Voice(as_json), data_dir=data_dir, enabled=False)


@users.command("enable")
def enable(wanted: Wanted, *, data_dir: DataDir = None, as_json: Json = False) -> None:
    """Enable a disabled account again."""
    _set_enabled(wanted, Voice(as_json), data_dir=data_dir, enabled=True)


@users.command("unlock")
def unlock(wanted: Wanted, *, data_dir: DataDir = None, as_json: Json = False) -> None:
    """Lift the twelve-hour suspension of an account's sign-in, for everybody."""
    voice = Voice(as_json)
    with opened(data_dir, voice) as house:
        house.flows.unlock_account(wanted)
        voice.done(f"Sign-in of {wanted} is open again.", {"user": wanted, "unlocked": True})


@users.command("grant")
def grant(
    wanted: Wanted,
    role: Annotated[str, typer.Argument(help=f"The role, for example {OPERATOR}.")],
    *,
    revoke: Annotated[bool, typer.Option("--revoke", help="Take the role away instead.")] = False,
    data_dir: DataDir = None,
    as_json: Json = False,
) -> None:
    """Grant a role to an account, or revoke it."""
    voice = Voice(as_json)
    with opened(data_dir, voice) as house:
        found = house.flows.set_role(wanted, role, granted=not revoke)
        held = ", ".join(found.roles) or "no role"
        voice.done(f"{found.account.username} has {held}.", _with_roles(found))


def _set_enabled(wanted: str, voice: Voice, *, data_dir: DataDir, enabled: bool) -> None:
    with opened(data_dir, voice) as house:
        account = house.flows.set_enabled(wanted, enabled=enabled)
        voice.done(f"{account.username} is {account.status}.", _members(account))


def _members(account: Account) -> dict[str, Value]:
    return {
        "id": account.id,
        "username": account.username,
        "email": account.email,
        "status": account.status.value,
        "is_verified": account.is_verified,
        "created_at": account.created_at.isoformat(timespec="seconds"),
    }


def _with_roles(found: AccountWithRoles) -> dict[str, Value]:
    return {**_members(found.account), "roles": list(found.roles)}
