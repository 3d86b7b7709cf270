import base64
import json
from urllib.parse import quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.core.oauth.errors import ClientRefused, OAuthCode, OAuthError
from doorward.core.oauth.records import ClientAuthentication
from doorward.core.oauth.clients.rules import client_auth

ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40)
ODD = ("a:b", "a%b", "a+b", "a b", "a%2Bb", "é", "密", "=&", "~._-", "%3A:%", "a/b?c#d")


def basic(name: str, secret: str, *, scheme: str = "Basic") -> str:
    pair = f"{quote_plus(name)}:{quote_plus(secret)}"
    return f"{scheme} {base64.b64encode(pair.encode()).decode()}"


def an_assertion(header: object = None, **claims: object) -> str:
    parts = (header or {"alg": "ES256"}, claims)
    spelled = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts]
    return ".".join((*spelled, "c2ln"))


@pytest.mark.requirement("O-02")
@pytest.mark.parametrize("secret", ODD)
@pytest.mark.parametrize("name", ODD)
def test_read_basic_odd_characters_come_through(name: str, secret: str) -> None:
    assert client_auth.read_basic(basic(name, secret)) == (name, secret)


@pytest.mark.requirement("O-02")
@given(ANY_TEXT, ANY_TEXT, st.sampled_from(["Basic", "basic", "BASIC"]))
def test_read_basic_anything_encoded_comes_through(name: str, secret: str, scheme: str) -> None:
    assert client_auth.read_basic(basic(name, secret, scheme=scheme)) == (name, secret)


@given(st.text(st.characters(), max_size=60))
def test_read_basic_anything_else_is_refused_or_read(header: str) -> None:
    try:
        name, _ = client_auth.read_basic(header)
    except ClientRefused as refused:
        name = str(refused.by_header)
    assert name


@pytest.mark.requirement("O-17")
@pytest.mark.parametrize(
    "header",
    [
        "",
        "Basic",
        "Basic ",
        "Basic !!!!",
        "Basic cmVwb3J0cw==",  # no colon
        "Basic OnNlY3JldA==",  # no id
        "Basic cmVwb3J0czpzZWNyZXQ",  # no padding
        "Basic /////w==",
        "Basic JUZGOng=",  # an encoded byte that is no UTF-8
        "Bearer abc",
        "Digest x",
        "Basic " + "QUFB" * 2000,
    ],
)
def test_read_header_that_is_no_pair_is_refused_by_header(header: str) -> None:
    with pytest.raises(ClientRefused) as refused:
        client_auth.read(header, {})

    assert (refused.value.error, refused.value.by_header) == (OAuthCode.INVALID_CLIENT, True)


def test_read_each_way_is_recognised() -> None:
    assertion = {"client_assertion": an_assertion(sub="reports"), "client_assertion_type": client_auth.ASSERTION_TYPE}
    found = [
        client_auth.read(basic("reports", "s"), {}),
        client_auth.read(basic("reports", "s"), {"client_id": "reports", "client_secret": ""}),
        client_auth.read(None, {"client_id": "reports", "client_secret": "s"}),
        client_auth.read(None, assertion),
        client_auth.read(None, assertion | {"client_id": "reports"}),
        client_auth.read(None, {"client_id": "reports"}),
    ]

    assert {each.client_id for each in found} == {"reports"}
    assert [each.method for each in found] == [
        ClientAuthentication.SECRET_BASIC,
        ClientAuthentication.SECRET_BASIC,
        ClientAuthentication.SECRET_POST,
        ClientAuthentication.PRIVATE_KEY,
        ClientAuthentication.PRIVATE_KEY,
        ClientAuthentication.NONE,
    ]


@pytest.mark.requirement("O-01")
@pytest.mark.parametrize(
    ("header", "form"),
    [
        (basic("a", "s"), {"client_id": "a", "client_secret": "s"}),
        (basic("a", "s"), {"client_assertion": an_assertion(sub="a")}),
        (basic("a", "s"), {"client_assertion_type": client_auth.ASSERTION_TYPE}),
        (None, {"client_id": "a", "client_secret": "s", "client_assertion": an_assertion(sub="a")}),
        (None, {"client_id": "a", "client_secret": "s", "client_assertion_type": "x"}),
        ("Bearer x", {"client_id": "a", "client_secret": "s"}),
    ],
)
def test_read_two_ways_at_once_are_refused(header: str | None, form: dict[str, str]) -> None:
    with pytest.raises(OAuthError) as refused:
        client_auth.read(header, form)

    assert refused.value.error == OAuthCode.INVALID_REQUEST


@pytest.mark.parametrize(
    ("header", "form"),
    [
        (basic("a", "s"), {"client_id": "b"}),
        (
            None,
            {
                "client_assertion": an_assertion(sub="a"),
                "client_assertion_type": client_auth.ASSERTION_TYPE,
                "client_id": "b",
            },
        ),
    ],
)
def test_read_two_clients_are_refused(header: str | None, form: dict[str, str]) -> None:
    with pytest.raises(OAuthError) as refused:
        client_auth.read(header, form)

    assert refused.value.error == OAuthCode.INVALID_REQUEST


@pytest.mark.requirement("O-04", "O-10")
@pytest.mark.parametrize(
    "form",
    [
        {},
        {"client_id": ""},
        {"client_secret": "s"},
        {"client_assertion": an_assertion(sub="a")},
        {"client_assertion": an_assertion(sub="a"), "client_assertion_type": "urn:other"},
        {"client_assertion_type": client_auth.ASSERTION_TYPE},
        *(
            {"client_assertion": presented, "client_assertion_type": client_auth.ASSERTION_TYPE}
            for presented in (
                "",
                "a.b",
                "a.b.c.d",
                an_assertion(),
                an_assertion(sub=1),
                an_assertion(sub=""),
                an_assertion({"alg": "none"}, sub="a"),
                an_assertion({"alg": "HS256"}, sub="a"),
                an_assertion({"alg": "ES256", "crit": ["x"]}, sub="a"),
            )
        ),
    ],
)
def test_read_nothing_that_names_a_client_is_refused(form: dict[str, str]) -> None:
    with pytest.raises(ClientRefused) as refused:
        client_auth.read(None, form)

    assert not refused.value.by_header


def test_presented_client_hides_its_secret() -> None:
    presented = client_auth.read(None, {"client_id": "reports", "client_secret": "dws1_secret"})

    assert "dws1_secret" not in repr(presented)
