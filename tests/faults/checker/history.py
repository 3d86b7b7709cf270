"""What clients were told: an append-only file, one JSON document a line, that survives the death of its writer."""

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from doorward.core.kernel.secrets import encode, random_bytes

MUST_DENY: Final = "must_deny"
"""The fact of an operation that has to be refused, whatever happens to the server meanwhile."""


class Outcome(StrEnum):
    """What came of a request. `unknown`: no answer, or 503; it may have happened or not."""

    DONE = "done"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    STRANGE = "strange"


@dataclass(frozen=True, slots=True)
class Operation:
    """A request by `who`, with what was presented, and what was told."""

    what: str
    who: str
    asked: Mapping[str, str]
    outcome: Outcome = Outcome.UNKNOWN
    told: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_done(self) -> bool:
        return self.outcome is Outcome.DONE

    @property
    def may_have_happened(self) -> bool:
        return self.outcome in (Outcome.DONE, Outcome.UNKNOWN, Outcome.STRANGE)


@dataclass(frozen=True, slots=True)
class Mailed:
    """A mail that the next hop accepted."""

    mail_id: str
    to: str
    mail_kind: str
    token: str
    code: str


@dataclass(frozen=True, slots=True)
class Told:
    """Everything that the histories hold, in order."""

    operations: tuple[Operation, ...]
    mails: tuple[Mailed, ...] = ()
    guesses: tuple[tuple[str, bool], ...] = ()
    """Passwords that were held against a stored hash: the hash's digest, and whether it was right."""

    def of(self, *whats: str) -> Iterator[Operation]:
        """Yield the operations of some kinds."""
        return (operation for operation in self.operations if operation.what in whats)


class Refused(Exception):
    """The server said no; `code` says how."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Away(Exception):
    """No answer, or 503: nobody knows whether it happened."""


class Strange(Exception):
    """An answer that no fault excuses."""


class History:
    """Writes lines. A line is one write to a file opened for appending, so neither threads nor forks mix two."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._looked_at = 0
        self._mails: list[Mailed] = []

    def close(self) -> None:
        os.close(self._file)

    def note(self, kind: str, **facts: object) -> None:
        """Write a line."""
        line = json.dumps({"kind": kind, **facts}, separators=(",", ":")) + "\n"
        os.write(self._file, line.encode())

    def mails_to(self, address: str) -> list[Mailed]:
        """Return the mails to an address, whoever noted them; what was read before is not read again."""
        with self.path.open("rb") as file:
            file.seek(self._looked_at)
            for line in file:
                if not line.endswith(b"\n"):
                    break
                self._looked_at += len(line)
                if line.startswith(b'{"kind":"mailed"'):
                    self._mails.append(_mailed(json.loads(line)))
        return [mail for mail in self._mails if mail.to == address]

    @contextmanager
    def operation(self, what: str, who: str, **asked: str) -> Iterator[dict[str, str]]:
        """Note what is asked, and what is told; put what came back into the yielded facts."""
        number, told = encode(random_bytes(10)), dict[str, str]()
        self.note("asked", op=number, what=what, who=who, facts=asked)
        outcome = Outcome.STRANGE
        try:
            yield told
            outcome = Outcome.DONE
        except Refused as refused:
            outcome, told["code"] = Outcome.REFUSED, refused.code
            raise
        except Away:
            outcome = Outcome.UNKNOWN
            raise
        except Strange as strange:
            told["strange"] = str(strange)
            raise
        finally:
            self.note("told", op=number, outcome=outcome, facts=told)


def read(paths: Sequence[Path]) -> Told:
    """Return what histories hold. A line that was cut off by a death is none."""
    operations: dict[str, Operation] = {}
    mails: list[Mailed] = []
    guesses: list[tuple[str, bool]] = []
    for line in _lines(paths):
        match line.pop("kind"):
            case "asked":
                operations[line["op"]] = Operation(line["what"], line["who"], line["facts"])
            case "told":
                before = operations[line["op"]]
                operations[line["op"]] = Operation(
                    before.what, before.who, before.asked, Outcome(line["outcome"]), line["facts"]
                )
            case "mailed":
                mails.append(_mailed(line))
            case "guessed":
                guesses.append((line["stored"], line["is_right"]))
            case _:
                raise ValueError(line)
    return Told(tuple(operations.values()), tuple(mails), tuple(guesses))


def _mailed(line: dict[str, Any]) -> Mailed:
    return Mailed(**{name: value for name, value in line.items() if name != "kind"})


def _lines(paths: Sequence[Path]) -> Iterator[dict[str, Any]]:
    for path in paths:
        for line in path.read_bytes().splitlines(keepends=True):
            if line.endswith(b"\n"):
                yield json.loads(line)
