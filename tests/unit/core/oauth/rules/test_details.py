"""What is left of authorization details for one token. RFC 9396 sections 6 and 6.1."""

import json
from collections.abc import Mapping, Sequence
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.core.keys.jose import JsonValue
from doorward.core.oauth.errors import OAuthCode, OAuthError
from doorward.core.oauth.rules import details

ACCOUNTS: Mapping[str, JsonValue] = {
    "type": "accounts",
    "locations": ["https://one.example", "https://two.example"],
    "actions": ["read", "list"],
    "datatypes": ["balances"],
    "privileges": ["owner"],
    "identifier": "de-1",
}
PAYMENT: Mapping[str, JsonValue] = {"type": "payment", "amount": {"currency": "EUR", "value": 12}}
GRANTED = json.dumps([ACCOUNTS, PAYMENT])


def narrowed(
    *wanted: Mapping[str, JsonValue], granted: Sequence[Mapping[str, JsonValue]] = (ACCOUNTS, PAYMENT)
) -> object:
    return json.loads(details.narrow(json.dumps(wanted), granted=json.dumps(granted)) or "")


def refused(presented: str, granted: str | None = GRANTED) -> OAuthCode:
    with pytest.raises(OAuthError) as raised:
        details.narrow(presented, granted=granted)
    return raised.value.error


@pytest.mark.requirement("A-18")
@pytest.mark.parametrize("granted", [GRANTED, None], ids=["something", "nothing"])
def test_narrow_nothing_asked_gives_everything_granted(granted: str | None) -> None:
    assert details.narrow(None, granted=granted) == granted


@pytest.mark.requirement("A-18")
def test_narrow_one_of_several_is_left() -> None:
    assert narrowed(PAYMENT) == [PAYMENT]


@pytest.mark.requirement("A-18")
def test_narrow_all_in_another_order_and_spelling_is_the_same() -> None:
    again: Mapping[str, JsonValue] = {"amount": {"value": 12, "currency": "EUR"}, "type": "payment"}

    assert narrowed(again, ACCOUNTS) == [PAYMENT, ACCOUNTS]


@pytest.mark.requirement("A-18")
@pytest.mark.parametrize(
    ("name", "left"),
    [
        ("locations", ["https://two.example"]),
        ("actions", ["list"]),
        ("actions", ["list", "read"]),
        ("actions", ["read", "read"]),
    ],
)
def test_narrow_fewer_entries_of_a_list_are_less(name: str, left: list[JsonValue]) -> None:
    assert narrowed({**ACCOUNTS, name: left}) == [
        {**ACCOUNTS, name: [entry for entry in ("https://two.example", "read", "list") if entry in left]}
    ]


@pytest.mark.requirement("A-18")
@pytest.mark.parametrize(
    "change",
    [
        {"type": "payment"},
        {"actions": ["read", "write"]},
        {"actions": ["write"]},
        {"actions": []},
        {"actions": "read"},
        {"actions": ["Read"]},
        {"actions": [["read"]]},
        {"actions": {"read": True}},
        {"actions": None},
        {"identifier": "de-2"},
        {"identifier": ["de-1"]},
        {"more": True},
        {"datatypes": ["balances", 1]},
    ],
    ids=json.dumps,
)
def test_narrow_anything_else_is_more(change: dict[str, JsonValue]) -> None:
    assert refused(json.dumps([{**ACCOUNTS, **change}])) is OAuthCode.INVALID_DETAILS


@pytest.mark.requirement("A-18")
@pytest.mark.parametrize("name", [name for name in ACCOUNTS if name != "type"])
def test_narrow_a_member_that_is_left_out_may_stand_for_everything(name: str) -> None:
    without = {other: value for other, value in ACCOUNTS.items() if other != name}

    assert refused(json.dumps([without])) is OAuthCode.INVALID_DETAILS


@pytest.mark.requirement("A-18")
@pytest.mark.parametrize("granted", [[], ["read", 1], "read", {"read": 1}], ids=json.dumps)
def test_narrow_what_is_no_list_of_words_is_the_same_or_refused(granted: JsonValue) -> None:
    held = {"type": "accounts", "actions": granted}

    assert narrowed(held, granted=[held]) == [held]
    assert refused('[{"type":"accounts","actions":["read"]}]', json.dumps([held])) is OAuthCode.INVALID_DETAILS


@pytest.mark.requirement("A-18")
def test_narrow_a_list_of_which_nothing_is_known_is_the_same_or_refused() -> None:
    held: Mapping[str, JsonValue] = {"type": "accounts", "exceptions": ["de-1", "de-2"]}

    assert narrowed(held, granted=[held]) == [held]
    assert refused(json.dumps([{**held, "exceptions": ["de-1"]}]), json.dumps([held])) is OAuthCode.INVALID_DETAILS


@pytest.mark.requirement("A-18")
@pytest.mark.parametrize("value", [True, 1.0, "1", [1], None], ids=json.dumps)
def test_narrow_a_value_of_another_kind_is_another_value(value: JsonValue) -> None:
    assert refused(json.dumps([{"type": "payment", "amount": value}]), '[{"type":"payment","amount":1}]') is (
        OAuthCode.INVALID_DETAILS
    )


@pytest.mark.requirement("A-18")
def test_narrow_what_was_granted_once_is_not_given_twice() -> None:
    assert refused(json.dumps([PAYMENT, PAYMENT])) is OAuthCode.INVALID_DETAILS
    assert narrowed(PAYMENT, PAYMENT, granted=(PAYMENT, PAYMENT)) == [PAYMENT, PAYMENT]


@pytest.mark.requirement("A-18")
def test_narrow_finds_what_stands_behind_each_in_whatever_order() -> None:
    def files(*actions: JsonValue) -> Mapping[str, JsonValue]:
        return {"type": "files", "actions": [*actions]}

    wide, one, other = files("read", "write", "list"), files("read", "write"), files("read")

    for order in permutations((wide, one, other)):
        assert narrowed(other, one, wide, granted=order) == [other, one, wide]
        assert narrowed(other, other, other, granted=order) == [other, other, other]


@pytest.mark.requirement("A-18")
@pytest.mark.parametrize(
    "presented",
    ["", "x", "{}", "[]", "[1]", "[{}]", '[{"type": 1}]', '[{"type":"payment","type":"payment"}]', "[null]",
     '[{"type":"payment","amount":1e400}]', '[{"type":"payment","x":"\\ud800"}]', json.dumps([PAYMENT] * 17),
     '[{"type":"unknown"}]', f'[{"[" * 9000}'],
    ids=["empty", "word", "object", "none", "number", "no type", "number as type", "twice", "null", "infinite",
         "half of a pair", "long", "unknown", "deep"],
)  # fmt: skip
def test_narrow_what_is_malformed_or_unknown_is_refused(presented: str) -> None:
    assert refused(presented) is OAuthCode.INVALID_DETAILS
    assert refused(presented, None) is OAuthCode.INVALID_DETAILS


WORDS = st.sampled_from(["a", "b", "c"])
LISTS = st.one_of(st.lists(WORDS, max_size=3), WORDS, st.none(), st.integers(0, 1), st.booleans())
DETAIL = st.fixed_dictionaries(
    {"type": st.sampled_from(["x", "y"])},
    optional={"actions": LISTS, "locations": LISTS, "identifier": WORDS, "other": LISTS},
)


def is_no_wider(found: Mapping[str, JsonValue], granted: Mapping[str, JsonValue]) -> bool:
    """Tell it by the text of the decision: the same members, and lists that hold some of the same words."""

    def left(name: str) -> bool:
        one, other = found[name], granted[name]
        is_list = name in ("actions", "locations") and isinstance(one, list) and isinstance(other, list)
        return json.dumps(one) == json.dumps(other) or (is_list and one != [] and set(one) <= set(other))  # type: ignore[arg-type]  # they are lists of words

    return list(found) == list(granted) and all(map(left, found))


@given(st.lists(DETAIL, min_size=1, max_size=4), st.lists(DETAIL, max_size=4))
def test_narrow_never_gives_more_than_was_granted(
    wanted: list[dict[str, JsonValue]], granted: list[dict[str, JsonValue]]
) -> None:
    try:
        left = details.narrow(json.dumps(wanted), granted=json.dumps(granted))
    except OAuthError:
        return
    found = json.loads(left or "")
    assert len(found) == len(wanted)
    assert any(
        all(is_no_wider(one, other) for one, other in zip(found, behind, strict=True))
        for behind in permutations(granted, len(found))
    )


@given(st.data())
def test_narrow_gives_every_part_of_what_was_granted(data: st.DataObject) -> None:
    granted = data.draw(st.lists(DETAIL, min_size=1, max_size=4))
    wanted = [
        {
            name: data.draw(st.lists(st.sampled_from(value), min_size=1, unique=True))
            if name in ("actions", "locations") and isinstance(value, list) and value
            else value
            for name, value in detail.items()
        }
        for detail in data.draw(st.permutations(granted))
    ]

    found = json.loads(details.narrow(json.dumps(wanted), granted=json.dumps(granted)) or "")

    assert [{name: canonical(value) for name, value in each.items()} for each in found] == [
        {name: canonical(value) for name, value in each.items()} for each in wanted
    ]


def canonical(value: object) -> object:
    return sorted(set(value)) if isinstance(value, list) else value
