"""`doorward clients`: the applications that may act for people, or for themselves."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Final

import typer

from doorward.assembly.house import House
from doorward.cli.options import DataDir, Json, opened
from doorward.cli.output import Value, Voice
from doorward.core.kernel.errors import NotFound
from doorward.core.oauth.clients.client_secrets import OVERLAP
from doorward.core.oauth.clients.records import Registered, Registering, Wanted
from doorward.core.oauth.records import Client, ClientAuthentication, ClientType, GrantType
from doorward.settings.problems import Problem

clients = typer.Typer(
    help="Register, find, change and end the applications that sign in here.",
    no_args_is_help=True,
    add_completion=False,
)

ClientArgument = Annotated[str, typer.Argument(metavar="CLIENT", help="The id of a client.")]
Name = Annotated[str, typer.Argument(help="What people are asked about: the application's name.")]
Type = Annotated[ClientType, typer.Option("--type", help="Where it runs: a server, a browser, a device, or alone.")]
Id = Annotated[str | None, typer.Option("--id", help="An id of your choice; one is made otherwise.")]
Uris = Annotated[list[str] | None, typer.Option("--redirect-uri", help="Where answers go; exact; may be repeated.")]
FirstParty = Annotated[
    bool, typer.Option("--first-party", help="It is yours: nobody is asked for consent, and localhost will do.")
]
Scopes = Annotated[list[str] | None, typer.Option("--scope", help="What it may ask for; may be repeated.")]
Resources = Annotated[
    list[str] | None, typer.Option("--resource", help="An API that it may get tokens for; may be repeated.")
]
Audiences = Annotated[
    list[str] | None,
    typer.Option("--audience", help="An API that it is itself: it may introspect its tokens; may be repeated."),
]
Grants = Annotated[list[GrantType] | None, typer.Option("--grant", help="What it may exchange; may be repeated.")]
Proof = Annotated[ClientAuthentication | None, typer.Option("--authentication", help="How it proves who it is.")]
Keys = Annotated[Path | None, typer.Option("--jwks", help="A file with its public keys (RFC 7517).")]
KeysAt = Annotated[str | None, typer.Option("--jwks-uri", help="The https address of its public keys.")]
LogoutUris = Annotated[
    list[str] | None, typer.Option("--post-logout-redirect-uri", help="Where browsers go after signing out.")
]
Backchannel = Annotated[
    str | None, typer.Option("--backchannel-logout-uri", help="Where its server is told of ended sessions.")
]
Home = Annotated[str | None, typer.Option("--client-uri", help="Its home page.")]
Pairwise = Annotated[bool, typer.Option("--pairwise", help="It knows people by a number of its own.")]
RequirePar = Annotated[bool, typer.Option("--require-par", help="It must push its requests (RFC 9126).")]
RequireDpop = Annotated[bool, typer.Option("--require-dpop", help="It must bind tokens to a key (RFC 9449).")]
RefreshCookie = Annotated[
    bool, typer.Option("--refresh-cookie", help="Its pages get refresh tokens as a cookie, and never as text.")
]
_NO_SUCH: Final = Problem("There is no such client.", "", "`doorward clients list` shows all.")
_NOT_BY_TOKEN: Final = Problem(
    "Registering does not ask for tokens here.",
    "The setting client_registration is not `token`.",
    "Set DOORWARD_CLIENT_REGISTRATION=token for the server.",
)
_NONE: Final = "There are no clients yet. `doorward clients add` registers one."
_COLUMNS: Final = ("id", "name", "type", "state", "first_party", "created_at")


@clients.command("add")
def add(
    name: Name,
    *,
    kind: Type,
    redirect_uri: Uris = None,
    client_id: Id = None,
    first_party: FirstParty = False,
    scope: Scopes = None,
    resource: Resources = None,
    audience: Audiences = None,
    grant: Grants = None,
    authentication: Proof = None,
    jwks: Keys = None,
    jwks_uri: KeysAt = None,
    post_logout_redirect_uri: LogoutUris = None,
    backchannel_logout_uri: Backchannel = None,
    client_uri: Home = None,
    pairwise: Pairwise = False,
    require_par: RequirePar = False,
    require_dpop: RequireDpop = False,
    refresh_cookie: RefreshCookie = False,
    data_dir: DataDir = None,
    as_json: Json = False,
) -> None:
    """Register a client. What an application needs to know is printed; its secret once, and never again."""
    voice = Voice(as_json)
    with _found(data_dir, voice) as house:
        registered = house.flows.clients.add(
            Wanted(
                name=name,
                type=kind,
                id=client_id,
                authentication=authentication,
                grants=tuple(grant) if grant else None,
                scopes=tuple(scope) if scope else None,
                resources=tuple(resource or ()),
                audiences=tuple(audience or ()),
                redirect_uris=tuple(redirect_uri or ()),
                post_logout_redirect_uris=tuple(post_logout_redirect_uri or ()),
                backchannel_logout_uri=backchannel_logout_uri,
                jwks=jwks.read_text("utf-8") if jwks else None,
                jwks_uri=jwks_uri,
                client_uri=client_uri,
                is_first_party=first_party,
                is_pairwise=pairwise,
                requires_pushed_request=require_par,
                requires_dpop=require_dpop,
                uses_refresh_cookie=refresh_cookie,
            )
        )
        _tell(voice, house, registered, sentence=f"{name} is registered.")


@clients.command("list")
def list_clients(
    *,
    after: Annotated[str | None, typer.Option(help="Go on after the client with this id.")] = None,
    size: Annotated[int, typer.Option(min=1, max=200, help="How many at most.")] = 50,
    data_dir: DataDir = None,
    as_json: Json = False,
) -> None:
    """List clients in the order of their ids."""
    voice = Voice(as_json)
    with opened(data_dir, voice) as house:
        page = house.flows.clients.list(after=after, size=size)
        rows = [_members(client) for client in page.items]
        document: dict[str, Value] = {"clients": rows, "next_after": page.next_after}
        voice.table(rows, columns=_COLUMNS, empty=_NONE, document=document)
        if page.next_after:
            voice.note(f"There are more: --after {page.next_after}")


@clients.command("show")
def show(wanted: ClientArgument, *, data_dir: DataDir = None, as_json: Json = False) -> None:
    """Show one client. Of its secrets, only when they were made and when they end."""
    voice = Voice(as_json)
    with _found(data_dir, voice) as house:
        voice.record(_everything(house.flows.clients.show(wanted)))


@clients.command("set-audiences")
def set_audiences(
    wanted: ClientArgument,
    audiences: Annotated[
        list[str] | None, typer.Argument(metavar="[AUDIENCE]...", help="Each API; none: none.")
    ] = None,
    *,
    data_dir: DataDir = None,
    as_json: Json = False,
) -> None:
    """Say for which APIs a client answers: it may introspect and exchange the tokens for them, and no others."""
    voice, named = Voice(as_json), tuple(audiences or ())
    with _found(data_dir, voice) as house:
        client = house.flows.clients.change(wanted, lambda before: replace(before, audiences=named)).client
        voice.done(f"{client.id} answers for {', '.join(named) or 'no API'}.", _everything(client))


@clients.command("rotate-secret")
def rotate_secret(
    wanted: ClientArgument,
    *,
    overlap_days: Annotated[
        int, typer.Option("--overlap-days", min=0, max=90, help="How long the old secret goes on; 0 ends it at once.")
    ] = OVERLAP.days,
    data_dir: DataDir = None,
    as_json: Json = False,
) -> None:
    """Make a new secret, which is printed once. The old one goes on for a week, so that nothing is interrupted."""
    voice = Voice(as_json)
    with _found(data_dir, voice) as house:
        registered = house.flows.clients.rotate_secret(wanted, overlap=timedelta(days=overlap_days))
        ends = f"goes on for {overlap_days} days" if overlap_days else "has ended"
        _tell(voice, house, registered, sentence=f"{wanted} has a new secret; the old one {ends}.")


@clients.command("disable")
def disable(wanted: ClientArgument, *, data_dir: DataDir = None, as_json: Json = False) -> None:
    """Disable a client: it gets nothing any more, and every session that it was granted ends."""
    _set_enabled(wanted, Voice(as_json), data_dir=data_dir, enabled=False)


@clients.command("enable")
def enable(wanted: ClientArgument, *, data_dir: DataDir = None, as_json: Json = False) -> None:
    """Enable a disabled client again. The sessions that ended do not come back."""
    _set_enabled(wanted, Voice(as_json), data_dir=data_dir, enabled=True)


@clients.command("remove")
def remove(wanted: ClientArgument, *, data_dir: DataDir = None, as_json: Json = False) -> None:
    """Remove a client with everything that it was granted and that people allowed it. The audit log keeps its id."""
    voice = Voice(as_json)
    with _found(data_dir, voice) as house:
        house.flows.clients.remove(wanted)
        voice.done(f"{wanted} is gone.", {"id": wanted, "removed": True})


@clients.command("registration-token")
def registration_token(
    *,
    days: Annotated[int, typer.Option("--days", min=1, max=365, help="How long it may be used.")] = 7,
    data_dir: DataDir = None,
    as_json: Json = False,
) -> None:
    """Make a token by which applications register themselves at /oauth/register, many of them, until it expires."""
    voice = Voice(as_json)
    with opened(data_dir, voice) as house:
        setting = house.settings.clients.client_registration
        token = house.flows.clients.registration_tokens.initial(house.clock.now(), lives=timedelta(days=days))
        voice.done(f"Whoever has this token may register applications for {days} days.", {"token": token})
        voice.note(f"\n  {token}")
        if setting is not Registering.TOKEN:
            voice.warn(_NOT_BY_TOKEN)


@contextmanager
def _found(data_dir: DataDir, voice: Voice) -> Iterator[House]:
    """Open the house; a client that is not there is refused in words of clients."""
    with opened(data_dir, voice) as house:
        try:
            yield house
        except NotFound as refused:
            voice.refuse(_NO_SUCH, code=refused.code)


def _set_enabled(wanted: str, voice: Voice, *, data_dir: DataDir, enabled: bool) -> None:
    with _found(data_dir, voice) as house:
        client = house.flows.clients.set_enabled(wanted, enabled=enabled)
        voice.done(f"{client.id} is {_state(client)}.", _members(client))


def _tell(voice: Voice, house: House, registered: Registered, *, sentence: str) -> None:
    """Say what was done, and what to paste into the application."""
    client, issuer = registered.client, house.settings.server.issuer
    settings: dict[str, Value] = {
        "issuer": issuer,
        "discovery": f"{issuer}/.well-known/openid-configuration",
        "client_id": client.id,
        "client_secret": registered.secret,
        "authentication": client.authentication.value,
        "scope": " ".join(client.scopes),
        "redirect_uris": list(client.redirect_uris),
    }
    voice.done(sentence, settings)
    if voice.is_json:
        return
    voice.note("  For the application's settings:\n")
    voice.record({name: value for name, value in settings.items() if value})
    if registered.secret:
        voice.note("\n  The secret is shown this once. Keep it where only the application reads it.")


def _state(client: Client) -> str:
    return "enabled" if client.disabled_at is None else "disabled"


def _members(client: Client) -> dict[str, Value]:
    return {
        "id": client.id,
        "name": client.name,
        "type": client.type.value,
        "state": _state(client),
        "first_party": client.is_first_party,
        "created_at": client.created_at.isoformat(timespec="seconds"),
    }


def _everything(client: Client) -> dict[str, Value]:
    return {
        **_members(client),
        "authentication": client.authentication.value,
        "grants": [grant.value for grant in client.grants],
        "scopes": list(client.scopes),
        "resources": list(client.resources),
        "audiences": None if client.audiences is None else list(client.audiences),
        "redirect_uris": list(client.redirect_uris),
        "post_logout_redirect_uris": list(client.post_logout_redirect_uris),
        "backchannel_logout_uri": client.backchannel_logout_uri,
        "secrets": [
            {
                "created_at": secret.created_at.isoformat(timespec="seconds"),
                "expires_at": secret.expires_at.isoformat(timespec="seconds") if secret.expires_at else None,
            }
            for secret in client.secrets
        ],
        "jwks": client.jwks,
        "jwks_uri": client.jwks_uri,
        "pairwise": client.is_pairwise,
        "requires_pushed_request": client.requires_pushed_request,
        "requires_dpop": client.requires_dpop,
        "refresh_cookie": client.uses_refresh_cookie,
        "client_uri": client.client_uri,
        "contacts": list(client.contacts),
        "registered_itself": client.registration_digest is not None,
    }
