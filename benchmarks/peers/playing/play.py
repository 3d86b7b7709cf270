"""What callers do at one operation: a ring of requests, and what each takes from the answer for the next.

`<<name>>` in a path, a header, a form or a JSON value stands for the caller's variable of that name. In a form it is
encoded as forms are; elsewhere it goes in as it is.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final
from urllib.parse import quote

Variables = Mapping[str, str]
"""What a caller knows, by name: credentials, a session's cookie, the token of the last answer."""

_SLOT: Final = re.compile(r"<<(\w+)>>")


@dataclass(frozen=True, slots=True)
class Take:
    """Where a value stands in an answer: behind the first `after`, up to `before`, or to the end where that is not.

    In the body; or in the header field `header`. Of several fields of one name only the last is seen. Both ends are
    literal text, so they are written as this peer writes its JSON: `'"access_token":"'`.
    """

    after: str
    before: str
    header: str | None = None


@dataclass(frozen=True, slots=True)
class Slot:
    """A place in a request that a variable is put in."""

    name: str
    in_form: bool = False


Text = tuple[str | Slot, ...]
"""A text with places for variables."""


@dataclass(frozen=True, slots=True)
class Step:
    """One request, the one status that answers it well, and what is taken from the answer.

    `Host`, `Content-Type` and `Content-Length` are added. A value that is not found fails the figure.
    """

    method: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, str] | None = None
    json: Mapping[str, object] | None = None
    status: int = 200
    takes: Mapping[str, Take] = field(default_factory=dict)

    def head(self, host: str) -> Text:
        """Return the request up to its length, which depends on the variables."""
        given = {"Host": host, **self._kind(), **self.headers}
        lines = [f"{self.method} {self.path} HTTP/1.1", *(f"{name}: {value}" for name, value in given.items())]
        return _raw("\r\n".join(lines) + "\r\n")

    def body(self) -> Text | None:
        """Return the body; None where the request has none."""
        if self.form is not None:
            return _form(self.form)
        return None if self.json is None else _raw(json.dumps(self.json, separators=(",", ":")))

    def _kind(self) -> Mapping[str, str]:
        if self.form is not None:
            return {"Content-Type": "application/x-www-form-urlencoded"}
        return {} if self.json is None else {"Content-Type": "application/json"}


class Deal(StrEnum):
    """How rows of variables are dealt out to callers, each of whom has one connection."""

    KEPT = "kept"
    """A row keeps what is taken from answers, and comes again with that: refresh tokens. No two callers share a row."""

    IN_TURN = "in turn"
    """Another row each time round the ring; after the last comes the first again: accounts that sign in."""

    ONCE = "once"
    """Another row each time round the ring, none twice; running out fails the figure: accounts that register."""


def _nothing(_: int) -> Sequence[Variables]:
    return ({},)


@dataclass(frozen=True, slots=True)
class Play:
    """What callers do again and again: all steps in order, then from the first.

    `rows(count)` is called before each figure of each round, and returns the rows of variables to deal out, all with
    the same names. `count` is how many are enough: as many as there are callers for KEPT (no fewer will do), more than
    can be sent for ONCE, a handful for IN_TURN (some do, and more are taken). What is used up or runs out is made anew
    each time: the last tokens of the figure before are nobody's.

    `note` is said in the row: anything that a reader must know of this figure beside the peer's own `less`.
    """

    steps: tuple[Step, ...]
    rows: Callable[[int], Sequence[Variables]] = _nothing
    deal: Deal = Deal.IN_TURN
    note: str = ""


def _raw(text: str) -> Text:
    return tuple(Slot(part) if place % 2 else part for place, part in enumerate(_SLOT.split(text)) if part)


def _form(form: Mapping[str, str]) -> Text:
    parts: list[str | Slot] = []
    for name, value in form.items():
        parts.append(f"{'&' if parts else ''}{quote(name, safe='')}=")
        parts += [
            Slot(part.name, in_form=True) if isinstance(part, Slot) else quote(part, safe="") for part in _raw(value)
        ]
    return tuple(parts)
