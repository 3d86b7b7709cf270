"""What providers say of themselves, and how their own APIs are read."""

import json
from collections.abc import Mapping

import pytest

from doorward.core.federation.errors import AddressMissing, ProviderNotBelieved
from doorward.core.federation.upstream import Redemption, Tokens, Upstream, address_with
from doorward.core.kernel.json_value import JsonValue
from doorward.core.kernel.outgoing import Failure, Fetched, NotFetched
from tests.unit.core.federation.ways import Ways, signed_in
from tests.upstream import ISSUER


def upstream(ways: Ways) -> Upstream:
    return ways.house.flows.providers.begin.upstream


@pytest.mark.parametrize(
    "configuration",
    [
        {"issuer": f"{ISSUER}/"},
        {"issuer": "https://evil.example"},
        {"issuer": None},
        {"issuer": [ISSUER]},
        {"authorization_endpoint": None},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"authorization_endpoint": "http://id.elsewhere.example/authorize"},
        {"authorization_endpoint": "https://good.example@evil.example/"},
        {"authorization_endpoint": "https://id.elsewhere.example/\r\nX: y"},
        {"authorization_endpoint": "https:///authorize"},
        {"authorization_endpoint": "https://[::1"},
        {"token_endpoint": None},
        {"token_endpoint": "file:///etc/passwd"},
        {"jwks_uri": None},
        {"jwks_uri": 7},
        {"userinfo_endpoint": "ftp://id.elsewhere.example/me"},
    ],
    ids=str,
)
def test_metadata_that_cannot_be_used_is_refused(configuration: Mapping[str, JsonValue]) -> None:
    ways = Ways()
    ways.elsewhere.configuration.update(configuration)

    with pytest.raises(NotFetched) as raised:
        ways.begin()

    assert raised.value.failure is Failure.CONTENT


def test_metadata_without_userinfo_will_do() -> None:
    ways = Ways()
    ways.elsewhere.configuration["userinfo_endpoint"] = None

    assert ways.go().remembered is not None


def test_address_of_userinfo_stands_in_where_the_token_tells_none() -> None:
    ways = Ways()
    ways.elsewhere.without = ("email", "email_verified")

    assert signed_in(ways.go()).profile.email == "ada@mail.example"


def test_address_nowhere_is_refused() -> None:
    ways = Ways()
    ways.elsewhere.without = ("email", "email_verified")
    ways.elsewhere.configuration["userinfo_endpoint"] = None

    with pytest.raises(AddressMissing):
        ways.go()


@pytest.mark.parametrize(
    "fetched",
    [
        Fetched(200, "application/json", b'{"sub": "another", "email": "victim@mail.example", "email_verified": true}'),
        Fetched(200, "application/json", b'{"email": "victim@mail.example", "email_verified": true}'),
        Fetched(200, "application/json", b"[]"),
        Fetched(403, "application/json", b"{}"),
    ],
)
def test_userinfo_of_somebody_else_is_refused(fetched: Fetched) -> None:
    ways = Ways()
    ways.elsewhere.without = ("email", "email_verified")
    ways.elsewhere.answers[f"{ISSUER}/me"] = fetched

    with pytest.raises(ProviderNotBelieved):
        ways.go()


def test_github_subject_is_the_number_and_the_address_is_the_primary_one() -> None:
    ways = Ways("github")

    remembered = signed_in(ways.go())

    (identity,) = ways.house.flows.providers.ways_in(remembered.profile.id).identities
    assert (identity.issuer, identity.subject) == ("https://github.com", "248289761001")
    assert identity.label == "ada@mail.example"


@pytest.mark.parametrize("body", [b'{"message": "Not Found"}', b"[]", b"[1]", b'[{"email": "a@mail.example"}]'])
def test_github_without_a_primary_address_has_none(body: bytes) -> None:
    ways = Ways("github")
    ways.elsewhere.answers["https://api.github.com/user/emails"] = Fetched(200, "application/json", body)

    with pytest.raises(AddressMissing):
        ways.go()


@pytest.mark.parametrize("user", [{}, {"id": "1"}, {"id": True}, {"id": None}, {"id": 1.5}], ids=str)
def test_github_user_without_a_number_is_refused(user: JsonValue) -> None:
    ways = Ways("github")
    ways.elsewhere.answers["https://api.github.com/user"] = Fetched(200, "application/json", json.dumps(user).encode())

    with pytest.raises(ProviderNotBelieved):
        ways.go()


@pytest.mark.parametrize("user", [{}, {"id": ""}, {"id": 5}, {"id": "x" * 256}], ids=str)
def test_discord_user_without_an_id_is_refused(user: JsonValue) -> None:
    ways = Ways("discord")
    url = "https://discord.com/api/users/@me"
    ways.elsewhere.answers[url] = Fetched(200, "application/json", json.dumps(user).encode())

    with pytest.raises(ProviderNotBelieved):
        ways.go()


def test_apple_secret_is_signed_anew_each_time() -> None:
    ways = Ways("apple")
    ways.go()
    ways.go()

    first, second = (form["client_secret"] for form in ways.elsewhere.forms)

    assert first.count(".") == 2
    assert second.count(".") == 2


@pytest.mark.parametrize(
    "fetched",
    [
        Fetched(500, "application/json", b"{}"),
        Fetched(200, "application/json", b"{}"),
        Fetched(200, "application/json", b"[]"),
        Fetched(200, "application/json", b'{"access_token": 1}'),
        Fetched(200, "application/json", b'{"access_token": "a\\nb"}'),
        Fetched(200, "application/json", b'{"access_token": "access"}'),
        Fetched(200, "application/json", b'{"access_token": "access", "id_token": {}}'),
        Fetched(200, "application/json", b'{"access_token": "access", "access_token": "access"}'),
        Fetched(400, "application/json", b'{"access_token": "access", "id_token": "a.b.c"}'),
        Fetched(200, "application/json", b"access_token=access"),
    ],
)
def test_sign_in_with_token_answer_that_is_none_is_refused(fetched: Fetched) -> None:
    ways = Ways()
    ways.elsewhere.answers["https://id.elsewhere.example/token"] = fetched

    with pytest.raises(ProviderNotBelieved):
        ways.go()


def test_redemption_and_tokens_show_nothing() -> None:
    shown = repr((Redemption("code", "verifier", "nonce", "uri"), Tokens("access", "id")))

    assert shown == "(Redemption(), Tokens())"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://a.example/b", "https://a.example/b?state=a%20b"),
        ("https://a.example/b?c=d", "https://a.example/b?c=d&state=a%20b"),
    ],
)
def test_address_with_keeps_the_query(url: str, expected: str) -> None:
    assert address_with(url, {"state": "a b"}) == expected


def test_upstream_in_development_may_stand_on_this_machine() -> None:
    ways = Ways()
    ways.elsewhere.configuration["authorization_endpoint"] = "http://localhost:5556/auth"
    here = upstream(ways)
    local = Upstream(here.web, here.documents, here.signatures, here.clock, is_development=True)

    assert local.metadata(ways.elsewhere.provider).authorization_endpoint == "http://localhost:5556/auth"
