"""The part of MongoDB's query language that the store uses, for what a unit of work has not written yet."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from doorward.adapters.mongo.engine.connection import Order, Query
from doorward.adapters.mongo.engine.table import Document


def matches(document: Document, query: Query) -> bool:
    """Tell whether MongoDB's own filter would find the document. A missing column counts as null.

    Raises: KeyError, for an operator that the store does not use.
    """
    return all(
        any(matches(document, one) for one in condition) if column == "$or" else _holds(document.get(column), condition)
        for column, condition in query.items()
    )


def ordered(documents: Iterable[Document], order: Order) -> list[Document]:
    """Return documents in an order; the columns that it names are never null."""
    found = list(documents)
    for column, direction in reversed(order):
        found.sort(key=lambda document: document[column], reverse=direction < 0)
    return found


def _holds(value: Any, condition: Any) -> bool:  # noqa: ANN401 (what a document holds)
    if not isinstance(condition, Mapping):
        return bool(value == condition)
    return all(_OPERATORS[name](value, operand) for name, operand in condition.items())


def _compared(compare: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    """Return a comparison that nothing of another type passes: null is neither less nor more than a number."""
    # The driver's own number for 64 bits is a kind of int.
    return lambda value, operand: any(
        isinstance(value, kind) and isinstance(operand, kind) and compare(value, operand) for kind in (int, str, bytes)
    )


_OPERATORS: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "$lt": _compared(lambda value, operand: value < operand),
    "$lte": _compared(lambda value, operand: value <= operand),
    "$gt": _compared(lambda value, operand: value > operand),
    "$gte": _compared(lambda value, operand: value >= operand),
    "$ne": lambda value, operand: value != operand,
    "$in": lambda value, operand: value in operand,
    "$regex": lambda value, operand: isinstance(value, str) and re.search(operand, value) is not None,
}
