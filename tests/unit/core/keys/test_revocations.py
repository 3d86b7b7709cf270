import json

import pytest

from doorward.core.keys import jose
from doorward.core.keys.errors import TokenRefused
from doorward.core.keys.jose import JsonValue
from doorward.core.keys.records import Algorithm
from doorward.core.keys.revocations import (
    FEED_TYPE,
    Of,
    Revoked,
    Statement,
    audience_of,
    claims_of,
    read_statement,
    statements,
)
from tests.builders import ISSUER, KEY, NOW

STATEMENT = Statement(3, 7, NOW, tuple(Revoked(of, "name", NOW) for of in Of))


def parsed(claims: dict[str, JsonValue], kind: str = FEED_TYPE) -> jose.Parsed:
    return jose.parse(f"{jose.compact(kind, claims, algorithm=Algorithm.ES256, key_id=KEY).decode()}.AA")


def test_read_statement_what_was_written_is_read() -> None:
    assert read_statement(parsed(claims_of(STATEMENT, ISSUER)), ISSUER) == STATEMENT


@pytest.mark.requirement("J-09")
@pytest.mark.parametrize("kind", ["at+jwt", "JWT", "logout+jwt", ""])
def test_read_statement_of_another_type_is_refused(kind: str) -> None:
    with pytest.raises(TokenRefused):
        read_statement(parsed(claims_of(STATEMENT, ISSUER), kind), ISSUER)


@pytest.mark.parametrize(
    "change",
    [
        {"iss": "https://other.example"},
        {"aud": ISSUER},
        {"aud": None},
        {"since": "3"},
        {"until": None},
        {"iat": True},
        {"items": None},
        {"items": {}},
        {"items": ["sid"]},
        {"items": [{"of": "sid", "name": "a"}]},
        {"items": [{"of": "all", "name": "a", "at": 1}]},
        {"items": [{"of": "sid", "name": 1, "at": 1}]},
    ],
    ids=json.dumps,
)
def test_read_statement_amiss_is_refused(change: dict[str, JsonValue]) -> None:
    with pytest.raises(TokenRefused):
        read_statement(parsed({**claims_of(STATEMENT, ISSUER), **change}), ISSUER)


def test_statements_one_that_is_longer_than_any_stands_alone() -> None:
    items = [Revoked(Of.CLIENT, "c" * length, NOW) for length in (5000, 10, 3990, 10)]

    parts = list(statements(items, since=1, until=2, now=NOW))

    assert [len(part.items) for part in parts] == [1, 1, 1, 1]
    assert [(part.since, part.until) for part in parts] == [(1, 1), (1, 1), (1, 1), (1, 2)]


def test_statements_of_nothing_is_one_that_says_so() -> None:
    assert list(statements([], since=1, until=2, now=NOW)) == [Statement(1, 2, NOW)]


def test_audience_is_below_the_issuer() -> None:
    assert audience_of(ISSUER) == f"{ISSUER}/v1/feed"
