"""How entries are linked, and how a network address becomes a pseudonym."""

import ipaddress
import json
import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Final

from doorward.core.audit.records import AddressKey, Entry, Event, Head, Place, Search, kind_of
from doorward.core.kernel.errors import Invalid
from doorward.core.kernel.secrets import decode, encode, mac, same

START: Final = Head(0, bytes(32))
"""The end of an empty chain."""

ADDRESSES_KEPT_FOR: Final = timedelta(days=30)
KEY_LIVES_FOR: Final = timedelta(days=1) + ADDRESSES_KEPT_FOR
"""How long a day's key lives, from the beginning of its day."""

UNREADABLE: Final = "invalid"
"""The pseudonym of whatever cannot be read as an address."""

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_TAG_CHARACTERS: Final = 26
_MICROSECOND: Final = timedelta(microseconds=1)
_UNREADABLE_ENTRY: Final = "unreadable"
_MOST_SHOWN: Final = 1000
_PLACE: Final = re.compile(r"(0|[1-9][0-9]{0,17})-(0|[1-9][0-9]{0,17})")
_END: Final = re.compile(r"(0|[1-9][0-9]{0,17}):([a-z2-7]{52})")


def link(head: Head, event: Event, at: datetime) -> Entry:
    """Return the entry that continues the chain with `event`."""
    sequence = head.sequence + 1
    body = json.dumps(
        [
            sequence,
            at.isoformat(),
            event.kind,
            event.account_id,
            event.actor_id,
            event.session_id,
            event.address_tag,
            sorted(event.detail.items()),
        ],
        separators=(",", ":"),
    )
    return Entry(sequence, at, event, mac(head.link, b"audit", body.encode()))


def first_broken(entries: Iterable[Entry], head: Head = START) -> int | None:
    """Return the sequence number at which the chain breaks, or None when every entry continues the one before."""
    for entry in entries:
        expected = link(head, entry.event, entry.at)
        is_sound = entry.event.kind != _UNREADABLE_ENTRY and same(entry.link, expected.link)
        if entry.sequence != expected.sequence or not is_sound:
            return head.sequence + 1
        head = Head(entry.sequence, entry.link)
    return None


def unreadable(sequence: int, micros: object, written: object) -> Entry:
    """Return what is shown in the place of an entry that cannot be read: we never wrote it so, and it is never sound.

    `micros` is its time, in microseconds since 1970 if it is one at all, and `written` all that stands there.
    """
    try:
        at = EPOCH + int(f"{micros}") * _MICROSECOND
    except (ValueError, OverflowError):
        at = EPOCH
    detail = {"written": repr(written)[:_MOST_SHOWN]}
    return Entry(sequence, at, Event(kind_of(_UNREADABLE_ENTRY), detail=detail), b"")


def is_of(search: Search, entry: Entry) -> bool:
    """Tell whether an entry is what is searched for."""
    event = entry.event
    wanted = (
        (search.account_id, event.account_id),
        (search.actor_id, event.actor_id),
        (search.address_tag, event.address_tag),
        (search.kind, event.kind),
    )
    if any(value is not None and value != found for value, found in wanted):
        return False
    return (search.since is None or search.since <= entry.at) and (search.until is None or entry.at < search.until)


def place_of(entry: Entry) -> Place:
    """Return where an entry stands in time."""
    return Place(entry.at, entry.sequence)


def spell_place(place: Place) -> str:
    """Return a place as text, for whoever goes on from there."""
    return f"{(place.at - EPOCH) // _MICROSECOND}-{place.sequence}"


def read_place(presented: str) -> Place:
    """Return the place that a text spells. It opens nothing that its bearer may not read anyway.

    Raises: Invalid.
    """
    spelled = _PLACE.fullmatch(presented)
    if spelled is None:
        raise Invalid("/after", "This is no place in the audit log.")
    try:
        return Place(EPOCH + int(spelled[1]) * _MICROSECOND, int(spelled[2]))
    except OverflowError:
        raise Invalid("/after", "This is no place in the audit log.") from None


def spell_end(head: Head) -> str:
    """Return an end of the chain as text, to be kept where whoever may write to the store cannot reach it."""
    return f"{head.sequence}:{encode(head.link)}"


def read_end(presented: str) -> Head:
    """Return the end of the chain that a text spells.

    Raises: Invalid.
    """
    spelled = _END.fullmatch(presented)
    link = decode(spelled[2]) if spelled else None
    if spelled is None or link is None:
        raise Invalid("/end", "This is no end of an audit log.")
    return Head(int(spelled[1]), link)


def day_of(now: datetime) -> str:
    """Return the day whose key tags the addresses seen at `now`."""
    return now.date().isoformat()


def destroy_at(now: datetime) -> datetime:
    """Return when the key of the day of `now` must be gone."""
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + KEY_LIVES_FOR


def pseudonymise_address(address: str | None, key: bytes) -> str:
    """Return the pseudonym of a network address under one day's key.

    The same client has the same pseudonym for a day: an IPv4 address whole, an IPv6 address by its /64 network, which
    is what one client commands. What cannot be read as an address is `invalid`, never skipped.
    """
    network = network_of(address)
    if network is None:
        return UNREADABLE
    return encode(mac(key, network))[:_TAG_CHARACTERS]


def network_of(address: str | None) -> bytes | None:
    """Return what stands for the client behind `address`: 4 bytes of IPv4, or the first 8 of IPv6."""
    try:
        parsed = ipaddress.ip_address((address or "").partition("%")[0])
    except ValueError:
        return None
    if isinstance(parsed, ipaddress.IPv6Address):
        mapped = parsed.ipv4_mapped
        return mapped.packed if mapped else parsed.packed[:8]
    return parsed.packed


def context_of(day: str) -> str:
    """Return the context that a day's key is sealed under."""
    return f"address-key:{day}"


def is_due(key: AddressKey, now: datetime) -> bool:
    """Tell whether a day's key must be destroyed by now."""
    return key.destroy_at <= now
