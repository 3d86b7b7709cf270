from datetime import UTC, datetime
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.api.gateways.identity import NAMES, Admitted, spelled
from doorward.core.oauth.gateways.records import Identity

ALLOWED = set(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~@:+/ %")


def test_admitted_names_every_field_once_even_where_there_is_nothing_to_say() -> None:
    answer = Admitted(Identity("somebody"))

    names = [name for name, _ in answer.raw_headers if name in NAMES]
    assert sorted(names) == sorted(NAMES)
    assert (answer.status_code, answer.body) == (200, b"")
    assert dict(answer.raw_headers)[b"x-auth-roles"] == b""
    assert dict(answer.raw_headers)[b"cache-control"] == b"no-store"


def test_admitted_tells_what_is_known() -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    identity = Identity("a", "s", "n", "n@mail.example", "x y", ("editor", "team:ops"), "client", at)

    told = dict(Admitted(identity).raw_headers)

    assert told[b"x-auth-roles"] == b"editor team:ops"
    assert told[b"x-auth-email"] == b"n@mail.example"
    assert told[b"x-auth-time"] == b"1767225600"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("ada", b"ada"),
        ("ada+1@mail.example", b"ada+1@mail.example"),
        ("Zoë", b"Zo%C3%AB"),
        ("50%", b"50%25"),
        ("a,b;c=d", b"a%2Cb%3Bc%3Dd"),
        ("a\r\nX-Auth-Roles: operator", b"a%0D%0AX-Auth-Roles: operator"),
        ("a\nb", b"a%0Ab"),
        ("\n", b"%0A"),
        ("\x00\x7f", b"%00%7F"),
        ('"quoted"', b"%22quoted%22"),
    ],
)
def test_spelled_value_is_letters_and_a_few_signs(value: str, expected: bytes) -> None:
    assert spelled([value]) == [expected]
    assert spelled(["before", value, "after"]) == [b"before", expected, b"after"]


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=1, max_size=8))
def test_spelled_arbitrary_values_can_be_read_again_and_never_leave_their_field(values: list[str]) -> None:
    found = spelled(values)

    assert [unquote(each.decode()) for each in found] == values
    assert all(set(each) <= ALLOWED for each in found)
