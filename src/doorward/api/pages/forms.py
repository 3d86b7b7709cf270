"""What was typed into a form, and what is wrong with it."""

from collections.abc import Callable, Collection
from functools import partial

from doorward.api.visit import Visit
from doorward.core.accounts import names
from doorward.core.credentials import rules
from doorward.core.kernel.errors import Invalid, Refusal

Errors = dict[str, str]
"""What is wrong, for the reader, by the id of the control; `form` when it is about no single one."""


def typed(visit: Visit, name: str) -> str:
    """Return what a form says of a control; nothing typed and no such control are the same."""
    return (visit.form or {}).get(name, "")


def missing(visit: Visit, **sentences: str) -> Errors:
    """Return what to say of each control that was left empty."""
    return {name: sentence for name, sentence in sentences.items() if not typed(visit, name)}


def errors_of(refusal: Refusal) -> Errors:
    """Return how a refusal is shown on the form that it is about."""
    if isinstance(refusal, Invalid):
        return {refusal.pointer.removeprefix("/"): refusal.reason}
    return {"form": refusal.detail}


def check_newcomer(visit: Visit) -> Errors:
    """Return everything that can be told at once of a new account's username, address and password."""
    password = rules.normalise(typed(visit, "password"))
    minimum = visit.doors.flows.register.choose.minimum
    return _gather(
        partial(names.username, typed(visit, "username")),
        partial(names.email, typed(visit, "email")),
        partial(rules.check, password, pointer="/password", context=(), minimum=minimum),
    )


def known(notice: str | None, notices: Collection[str]) -> str | None:
    """Return the name of a notice if the page has one of that name."""
    return notice if notice in notices else None


def _gather(*checks: Callable[[], object]) -> Errors:
    errors: Errors = {}
    for check in checks:
        try:
            check()
        except Invalid as refusal:
            errors.update(errors_of(refusal))
    return errors
