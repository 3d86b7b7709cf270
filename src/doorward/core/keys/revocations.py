"""What the feed of revocations says: which tokens are worthless before their time, as signed statements.

A statement is a JSON Web Token of its own type. `since` and `until` are places in the audit chain: it tells everything
between the two, and one that follows begins where it ends, so nobody can leave one out unnoticed.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from doorward.core.keys import jose
from doorward.core.keys.errors import TokenRefused
from doorward.core.keys.jose import JsonValue, Parsed

FEED_TYPE: Final = "revocations+jwt"
FEED_SCOPE: Final = "revocations.read"
_ROOM_CHARACTERS: Final = 4000
"""How much of a statement its items may be: a token has at most 8 KiB, and a third is added when it is written."""

_AROUND_A_NAME: Final = 48


class Of(StrEnum):
    """What an item names: a session by `sid`, a person by `sub`, an application by `client_id`, or everybody."""

    SESSION = "sid"
    SUBJECT = "sub"
    CLIENT = "client_id"
    EVERYBODY = "everybody"


@dataclass(frozen=True, slots=True)
class Revoked:
    """One item: tokens of `name` that were issued at `at` or before are worthless; those of a session always are."""

    of: Of
    name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Statement:
    """What was revoked between two places of the chain."""

    since: int
    until: int
    told_at: datetime
    items: tuple[Revoked, ...] = ()


def audience_of(issuer: str) -> str:
    """Return the audience of tokens that open the feed."""
    return f"{issuer}/v1/feed"


def statements(items: Iterable[Revoked], *, since: int, until: int, now: datetime) -> Iterator[Statement]:
    """Yield what is to be said of `items`; only the last statement moves on, so that a broken line loses none."""
    part: list[Revoked] = []
    room = _ROOM_CHARACTERS
    for item in items:
        room -= len(item.name) + _AROUND_A_NAME
        if room < 0 and part:
            yield Statement(since, since, now, tuple(part))
            part, room = [], _ROOM_CHARACTERS - len(item.name) - _AROUND_A_NAME
        part.append(item)
    yield Statement(since, until, now, tuple(part))


def claims_of(statement: Statement, issuer: str) -> dict[str, JsonValue]:
    """Return a statement as claims."""
    return {
        "iss": issuer,
        "aud": audience_of(issuer),
        "iat": int(statement.told_at.timestamp()),
        "since": statement.since,
        "until": statement.until,
        "items": [_item(item) for item in statement.items],
    }


def read_statement(parsed: Parsed, issuer: str) -> Statement:
    """Return what a statement with a good signature says.

    Raises: TokenRefused, when it is none, or that of another issuer.
    """
    claims = parsed.claims
    if parsed.type != FEED_TYPE or claims.get("iss") != issuer or claims.get("aud") != audience_of(issuer):
        raise TokenRefused
    items = claims.get("items")
    if not isinstance(items, list):
        raise TokenRefused
    since, until = jose.number(claims, "since"), jose.number(claims, "until")
    return Statement(since, until, jose.moment(claims, "iat"), tuple(_read_items(items)))


def _item(item: Revoked) -> JsonValue:
    return {"of": item.of.value, "name": item.name, "at": int(item.at.timestamp())}


def _read_items(items: Iterable[JsonValue]) -> Iterator[Revoked]:
    for item in items:
        if not isinstance(item, dict):
            raise TokenRefused
        yield _read_item(item)


def _read_item(item: Mapping[str, JsonValue]) -> Revoked:
    try:
        of = Of(jose.text(item, "of"))
    except ValueError:
        raise TokenRefused from None
    return Revoked(of, jose.text(item, "name"), jose.moment(item, "at"))
