"""`doorward keys`: the signing keys."""

from collections.abc import Sequence
from datetime import datetime

import typer

from doorward.cli.options import DataDir, Json, opened
from doorward.cli.output import Value, Voice
from doorward.core.keys.records import SIGNS, Algorithm, KeyState, SigningKey
from doorward.core.keys.rules import signing_key, state_of

keys = typer.Typer(help="List and rotate the signing keys.", no_args_is_help=True, add_completion=False)
_OF_ALGORITHMS = ("algorithm", "signs", "until", "next", "from", "only_verify")
_COLUMNS = ("id", "algorithm", "state", "signs_from", "signs_until", "ends_at")


@keys.command("list")
def list_keys(*, data_dir: DataDir = None, as_json: Json = False) -> None:
    """List the signing keys, the oldest first."""
    voice = Voice(as_json)
    with opened(data_dir, voice) as house:
        now = house.clock.now()
        with house.store.view() as work:
            kept = work.signing_keys.all()
        rows = [_members(key, state_of(kept, key, now)) for key in kept]
        voice.table(rows, columns=_COLUMNS, empty="There are no keys yet; `doorward serve` makes the first.")


@keys.command("status")
def show_status(*, data_dir: DataDir = None, as_json: Json = False) -> None:
    """Tell for each algorithm which key signs, which is published to sign next, and which only verify any more."""
    voice = Voice(as_json)
    with opened(data_dir, voice) as house:
        now = house.clock.now()
        with house.store.view() as work:
            kept = work.signing_keys.all()
        rows = [_status(algorithm, [key for key in kept if key.algorithm is algorithm], now) for algorithm in SIGNS]
        voice.table(rows, columns=_OF_ALGORITHMS, empty="There are no keys yet; `doorward serve` makes the first.")


@keys.command("rotate")
def rotate(*, data_dir: DataDir = None, as_json: Json = False) -> None:
    """Publish new keys now. They sign after 24 hours, when every verifier has fetched them."""
    voice = Voice(as_json)
    with opened(data_dir, voice) as house:
        made = house.flows.rotate_keys(force=True)
        rows = [_members(key, KeyState.NEXT) for key in made]
        voice.table(rows, columns=_COLUMNS, empty="Nothing was due.")


def _status(algorithm: Algorithm, kept: Sequence[SigningKey], now: datetime) -> dict[str, Value]:
    signing = signing_key(kept, algorithm, now)
    coming = min((key for key in kept if key.signs_from > now), key=lambda key: key.signs_from, default=None)
    only_verifying = [key for key in kept if state_of(kept, key, now) is KeyState.RETIRING]
    return {
        "algorithm": algorithm.value,
        "signs": signing.id if signing else None,
        "until": signing.signs_until.isoformat(timespec="seconds") if signing else None,
        "next": coming.id if coming else None,
        "from": coming.signs_from.isoformat(timespec="seconds") if coming else None,
        "only_verify": len(only_verifying),
    }


def _members(key: SigningKey, state: KeyState) -> dict[str, Value]:
    return {
        "id": key.id,
        "algorithm": key.algorithm.value,
        "state": state.value,
        "signs_from": key.signs_from.isoformat(timespec="seconds"),
        "signs_until": key.signs_until.isoformat(timespec="seconds"),
        "ends_at": key.ends_at.isoformat(timespec="seconds"),
    }
