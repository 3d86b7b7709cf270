"""`@audited`: who did what, and how it ended."""

import logging
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from inspect import signature
from typing import Final

from doorward.core.kernel.errors import Refusal
from doorward.core.keys.records import AccessToken
from doorward.resource.decorators.around import P, R, around
from doorward.resource.errors import TokenMissing
from doorward.resource.request import current_token

_LOG: Final = logging.getLogger("doorward.audit")  # noqa: TID251 (the application's own log: this is its process)


@dataclass(frozen=True, slots=True)
class Audited:
    """One call. `outcome` is `done`, the code of a refusal, or the name of what was raised; never its message.

    `subject`, `client_id` and `session_id` are those of the current token, and None when there is none. `fields` are
    the arguments that were asked for by name, and no others: arguments hold secrets.
    """

    event: str
    outcome: str
    subject: str | None
    client_id: str | None
    session_id: str | None
    fields: Mapping[str, str]


def audited(
    event: str, *, fields: Collection[str] = (), write: Callable[[Audited], object] | None = None
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Write down each call as `event`, a dotted name, when it has ended, however it did.

    `fields` names the arguments that are written down beside. Without `write` it goes to the log `doorward.audit`.
    What `write` raises reaches the caller: what cannot be written down is not done in silence.
    Raises: TypeError, when the function has no such argument.
    """
    written = write or _log

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        shape = signature(function)
        unknown = set(fields) - set(shape.parameters)
        if unknown:
            raise TypeError(f"{function.__qualname__} has no argument {', '.join(sorted(unknown))}")

        def told(args: tuple[object, ...], kwargs: Mapping[str, object]) -> Mapping[str, str]:
            bound = shape.bind_partial(*args, **kwargs)
            bound.apply_defaults()
            return {name: str(bound.arguments[name]) for name in fields if name in bound.arguments}

        @contextmanager
        def entered(*args: P.args, **kwargs: P.kwargs) -> Iterator[None]:
            outcome = "done"
            try:
                yield
            except Refusal as refused:
                outcome = refused.code
                raise
            except BaseException as error:
                outcome = type(error).__name__
                raise
            finally:
                written(_entry(event, outcome, told(args, kwargs)))

        return around(function, entered)

    return decorate


def _entry(event: str, outcome: str, fields: Mapping[str, str]) -> Audited:
    token = _token()
    if token is None:
        return Audited(event, outcome, None, None, None, fields)
    return Audited(event, outcome, token.subject, token.client_id, token.session_id, fields)


def _token() -> AccessToken | None:
    try:
        return current_token()
    except TokenMissing:
        return None


def _log(entry: Audited) -> None:
    _LOG.info(
        "%s %r",
        entry.event,
        {
            "outcome": entry.outcome,
            "subject": entry.subject,
            "client_id": entry.client_id,
            "session_id": entry.session_id,
            **entry.fields,
        },
    )
