"""The matcher agrees with a plain reading of MongoDB's rules, whatever it is asked."""

from operator import ge, gt, le, lt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.adapters.mongo.engine.matching import matches, ordered

COLUMNS = ("a", "b", "c")
VALUES = st.none() | st.integers(-3, 3) | st.sampled_from(["", "?", "?x", "@", "x"]) | st.binary(max_size=1)
COMPARED = {"$lt": lt, "$lte": le, "$gt": gt, "$gte": ge}
CONDITIONS = (
    VALUES
    | st.builds(lambda name, value: {name: value}, st.sampled_from([*COMPARED, "$ne"]), VALUES)
    | st.builds(lambda values: {"$in": values}, st.lists(VALUES, max_size=3))
)
FLAT = st.dictionaries(st.sampled_from(COLUMNS), CONDITIONS, max_size=2)
QUERIES = st.builds(lambda flat, any_of: flat | ({"$or": any_of} if any_of else {}), FLAT, st.lists(FLAT, max_size=2))
DOCUMENTS = st.dictionaries(st.sampled_from(COLUMNS), VALUES, max_size=3)


def reference(document: dict[str, Any], query: dict[str, Any]) -> bool:
    for column, condition in query.items():
        if column == "$or":
            if not [one for one in condition if reference(document, one)]:
                return False
            continue
        value = document.get(column)
        name, operand = next(iter(condition.items())) if isinstance(condition, dict) else ("$in", [condition])
        if name == "$in":
            is_held = [each for each in operand if each == value] != []
        elif name == "$ne":
            is_held = value != operand
        else:
            is_held = value is not None and type(value) is type(operand) and COMPARED[name](value, operand)
        if not is_held:
            return False
    return True


@given(DOCUMENTS, QUERIES)
def test_matches_any_query_agrees_with_the_reference(document: dict[str, Any], query: dict[str, Any]) -> None:
    assert matches(document, query) is reference(document, query)


@pytest.mark.parametrize(("pattern", "expected"), [("arg", True), ("^arg", False), ("a.g", True), ("a\\.g", False)])
def test_matches_pattern_is_searched_in_texts_alone(pattern: str, *, expected: bool) -> None:
    assert matches({"a": "margaret"}, {"a": {"$regex": pattern}}) is expected
    assert not matches({"a": 1}, {"a": {"$regex": pattern}})
    assert not matches({}, {"a": {"$regex": pattern}})


def test_matches_several_conditions_on_one_column_hold_together() -> None:
    between = {"a": {"$gte": 1, "$lt": 3}}

    assert [matches({"a": number}, between) for number in range(4)] == [False, True, True, False]


def test_matches_unknown_operator_is_no_silent_answer() -> None:
    with pytest.raises(KeyError):
        matches({"a": 1}, {"a": {"$not": 1}})


def test_ordered_first_column_decides_then_the_next() -> None:
    documents = [{"a": a, "b": b} for a in (1, 2) for b in (1, 2)]

    found = ordered(documents, [("a", -1), ("b", 1)])

    assert [(each["a"], each["b"]) for each in found] == [(2, 1), (2, 2), (1, 1), (1, 2)]
