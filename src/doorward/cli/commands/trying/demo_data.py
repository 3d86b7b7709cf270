"""`doorward demo-data`: made-up people with their sessions, for trying things out and for load tests."""

from time import perf_counter
from typing import Annotated, Final

import typer

from doorward.assembly import archives
from doorward.assembly.house import House, open_house
from doorward.assembly.store import NOBODY, is_embedded, make_data_dir, open_store, url_of
from doorward.cli.options import DataDir, Json, interruptible, polite, speak
from doorward.cli.output import Voice
from doorward.cli.progress import progress
from doorward.core.kernel.secrets import derive
from doorward.core.moving.demo import Demo, password_of, username_of
from doorward.core.moving.fill import Fill
from doorward.settings.load import load
from doorward.settings.problems import Problem

_MOST_ACCOUNTS: Final = 100_000_000 - 1
_MOST_SESSIONS: Final = 1_000_000_000
_EVEN_IN_PRODUCTION: Final = "--even-in-production"
_IN_PRODUCTION: Final = Problem(
    "This deployment is in production.",
    "Everybody who knows the password of the made-up accounts could sign in to any of them.",
    f"Use another deployment, with a store of its own. If this is a test of load, add {_EVEN_IN_PRODUCTION}.",
)


def demo_data(
    *,
    accounts: Annotated[
        int, typer.Option(min=1, max=_MOST_ACCOUNTS, help="How many accounts; 1_000_000 may be written so.")
    ] = 1_000,
    sessions: Annotated[int, typer.Option(min=0, max=_MOST_SESSIONS, help="How many sessions they have together.")] = (
        5_000
    ),
    seed: Annotated[int, typer.Option(min=0, help="The same number makes the same people and secrets.")] = 0,
    is_forced: Annotated[
        bool, typer.Option(_EVEN_IN_PRODUCTION, help="Make them where environment = production too.")
    ] = False,
    data_dir: DataDir = None,
    as_json: Json = False,
) -> None:
    """Fill the store with made-up accounts and sessions, for trying things out and for load tests.

    The store holds nobody before, and no server or worker runs on it meanwhile. All accounts have one password, which
    is printed. It can be interrupted at any moment; the same command goes on where it was.
    """
    voice, began = Voice(as_json), perf_counter()
    with polite(voice), interruptible(voice):
        loaded = load({"data_dir": data_dir})
        if loaded.settings.server.is_production and not is_forced:
            voice.refuse(_IN_PRODUCTION, code="IN_PRODUCTION")
        speak(loaded, voice)
        house = open_house(loaded)
        try:
            key = derive(house.secret, f"demo data {seed}")
            made = _filled(house, _wanted(house, key, accounts=accounts, sessions=sessions), is_json=as_json)
        finally:
            house.close()
        _report(voice, house, made, seed=seed, seconds=perf_counter() - began)


def _wanted(house: House, key: bytes, *, accounts: int, sessions: int) -> Demo:
    return Demo(accounts, sessions, key, house.clock.now(), house.flows.log_in.hasher.hash(password_of(key)))


def _filled(house: House, demo: Demo, *, is_json: bool) -> Demo:
    settings = house.settings
    if is_embedded(settings):
        make_data_dir(settings.server)
    url = url_of(settings)
    with archives.opened(url) as target:
        archives.ready_target(url, target)
        opened = open_store(settings, NOBODY)
        try:
            with progress(is_json=is_json) as tell:
                return Fill(target, opened.work, tell)(demo)
        finally:
            opened.close()


def _report(voice: Voice, house: House, demo: Demo, *, seed: int, seconds: float) -> None:
    first, last, password = username_of(1), username_of(demo.accounts), password_of(demo.key)
    issuer = house.settings.server.issuer
    voice.done(
        f"{demo.accounts:,} accounts and {demo.sessions:,} sessions are made, in {seconds:,.1f} s.",
        {
            "accounts": demo.accounts,
            "sessions": demo.sessions,
            "seed": seed,
            "begun_at": demo.at.isoformat(timespec="seconds"),
            "seconds": round(seconds, 1),
            "first_username": first,
            "last_username": last,
            "password": password,
            "sign_in_at": f"{issuer}/sign-in",
        },
    )
    voice.note(f"  Sign in at {issuer}/sign-in as any of {first} to {last}, with the password {password}")
    voice.note("  They share one hash of it: each sign-in costs what any other costs, and making them cost it once.")
