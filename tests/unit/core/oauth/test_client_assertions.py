import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from doorward.core.kernel.errors import Unavailable
from doorward.core.keys.jose import JsonValue, b64url_encode
from doorward.core.keys.records import Algorithm
from doorward.core.oauth.clients.records import Wanted
from doorward.core.oauth.clients.rules.client_assertion import LEEWAY
from doorward.core.oauth.errors import ClientRefused
from tests.builders import ACCOUNT, CLIENT, ISSUER
from tests.house import House
from tests.unit.core.oauth.keys import EC_KEY, RSA_KEY
from tests.unit.core.oauth.proving import (
    BY_KEY,
    HOME,
    KEY_SET,
    Shelf,
    added,
    by_assertion,
    claims_at,
    fetching,
    is_refused,
    prove,
    signed,
)


@pytest.mark.parametrize("algorithm", [Algorithm.ES256, Algorithm.RS256, Algorithm.PS256])
def test_authenticate_assertion_of_a_registered_key_is_proof(house: House, algorithm: Algorithm) -> None:
    rsa = {name: value for name, value in RSA_KEY.items() if name != "alg"}
    added(house, replace(BY_KEY, jwks=json.dumps({"keys": [EC_KEY, rsa]})))
    assertion = signed(claims_at(house.clock.now()), algorithm=algorithm)

    assert prove(house, None, by_assertion(assertion)).id == CLIENT


@pytest.mark.parametrize("path", ["", "/oauth/token", "/oauth/par", "/oauth/introspect", "/oauth/revoke"])
def test_authenticate_assertion_may_be_addressed_to_the_issuer_or_an_endpoint(house: House, path: str) -> None:
    added(house, BY_KEY)
    assertion = signed(claims_at(house.clock.now(), aud=f"{ISSUER}{path}"))

    assert prove(house, None, by_assertion(assertion, client_id=CLIENT)).id == CLIENT


@pytest.mark.requirement("J-09", "J-20")
@pytest.mark.parametrize(
    "changes",
    [
        {"iss": None},
        {"iss": "other"},
        {"iss": ISSUER},
        {"sub": "nobody"},
        {"aud": None},
        {"aud": "https://other.example"},
        {"aud": f"{ISSUER}/"},
        {"aud": f"{ISSUER}/oauth/userinfo"},
        {"aud": []},
        {"aud": [ISSUER, "https://other.example"]},
        {"aud": [[ISSUER]]},
        {"jti": None},
        {"jti": ""},
        {"jti": 1},
        {"jti": "x" * 257},
        {"exp": None},
        {"exp": "soon"},
        {"exp": 1e308},
        {"exp": True},
    ],
    ids=str,
)
def test_authenticate_assertion_that_lacks_or_misstates_a_claim_is_refused(
    house: House, changes: dict[str, JsonValue]
) -> None:
    added(house, BY_KEY)
    assertion = signed(claims_at(house.clock.now(), **changes))

    assert is_refused(house, None, by_assertion(assertion))


@pytest.mark.requirement("J-20")
@pytest.mark.parametrize(
    ("changes", "is_good"),
    [
        ({"exp": -300}, False),
        ({"exp": -31}, False),
        ({"exp": -29}, True),
        ({"exp": 300}, True),
        ({"exp": 331}, False),
        ({"exp": 86_400}, False),
        ({"iat": 8}, True),
        ({"nbf": 8}, True),
        ({"iat": 60}, False),
        ({"nbf": 60}, False),
        ({"iat": -86_400}, True),
    ],
    ids=str,
)
def test_authenticate_assertion_counts_within_its_time(house: House, changes: dict[str, int], *, is_good: bool) -> None:
    added(house, BY_KEY)
    seconds = int(house.clock.now().timestamp())
    moments: dict[str, JsonValue] = {name: seconds + offset for name, offset in changes.items()}
    assertion = signed(claims_at(house.clock.now(), **moments))

    assert is_refused(house, None, by_assertion(assertion)) is not is_good


@pytest.mark.requirement("J-09")
@pytest.mark.parametrize("kind", ["at+jwt", "logout+jwt", "dpop+jwt", "oauth-authz-req+jwt", "secevent+jwt", "jose"])
def test_authenticate_token_of_another_kind_is_refused(house: House, kind: str) -> None:
    added(house, BY_KEY)
    header: dict[str, JsonValue] = {"typ": kind, "jwk": dict(EC_KEY)}

    assert is_refused(house, None, by_assertion(signed(claims_at(house.clock.now()), header=header)))


@pytest.mark.parametrize("kind", ["JWT", "jwt", "application/jwt", "client-authentication+jwt"])
def test_authenticate_assertion_that_calls_itself_one_is_proof(house: House, kind: str) -> None:
    added(house, BY_KEY)

    assert prove(house, None, by_assertion(signed(claims_at(house.clock.now()), header={"typ": kind}))).id == CLIENT


def test_authenticate_assertion_is_taken_once(house: House) -> None:
    added(house, BY_KEY)
    added(house, replace(BY_KEY, id="other"))
    now = house.clock.now()
    assertion = signed(claims_at(now))

    first = prove(house, None, by_assertion(assertion))

    assert first.id == CLIENT
    assert is_refused(house, None, by_assertion(assertion))
    assert is_refused(house, None, by_assertion(signed(claims_at(now, exp=int(now.timestamp()) + 90))))
    assert prove(house, None, by_assertion(signed(claims_at(now, iss="other", sub="other")))).id == "other"


def test_authenticate_assertion_is_remembered_as_long_as_it_could_count(house: House) -> None:
    added(house, BY_KEY)
    assertion = signed(claims_at(house.clock.now()))
    prove(house, None, by_assertion(assertion))

    house.clock.pause(timedelta(seconds=60) + LEEWAY - timedelta(seconds=1))
    with house.store.work() as work:
        work.onetimes.purge(house.clock.now())

    assert is_refused(house, None, by_assertion(assertion))


def test_authenticate_assertion_with_a_bad_signature_spends_nothing(house: House) -> None:
    added(house, BY_KEY)
    good = signed(claims_at(house.clock.now()))
    head, body, _ = good.split(".")

    refused = [
        is_refused(house, None, by_assertion(each))
        for each in (
            f"{head}.{body}.{b64url_encode(bytes(64))}",
            f"{head}.{body}.",
            f"{head}.{body}.{b64url_encode(b'x')}",
        )
    ]

    assert refused == [True] * 3
    assert prove(house, None, by_assertion(good)).id == CLIENT


@pytest.mark.parametrize("kid", ["one", None, "two"])
def test_authenticate_assertion_names_its_key_or_none(house: House, kid: str | None) -> None:
    added(house, BY_KEY)
    header: dict[str, JsonValue] = {} if kid is None else {"kid": kid}

    refused = is_refused(house, None, by_assertion(signed(claims_at(house.clock.now()), header=header)))

    assert refused == (kid == "two")


def test_authenticate_assertion_by_the_key_of_another_client_is_refused(house: House) -> None:
    added(house, replace(BY_KEY, jwks=json.dumps({"keys": [RSA_KEY]})))

    assert is_refused(house, None, by_assertion(signed(claims_at(house.clock.now()))))


def test_authenticate_assertion_made_with_a_public_value_is_refused(house: House) -> None:
    secret = added(house)

    assert is_refused(house, None, by_assertion(signed(claims_at(house.clock.now()))))
    assert is_refused(house, None, by_assertion(secret))
    assert is_refused(house, None, by_assertion(signed(claims_at(house.clock.now(), sub=ACCOUNT))))


def a_strict_client() -> Wanted:
    keys = json.dumps({"keys": [EC_KEY, {name: value for name, value in RSA_KEY.items() if name != "alg"}]})
    return replace(BY_KEY, jwks=keys, requires_pushed_request=True, requires_dpop=True)


@pytest.mark.parametrize("algorithm", [Algorithm.ES256, Algorithm.PS256])
def test_authenticate_strict_client_addresses_the_issuer(house: House, algorithm: Algorithm) -> None:
    added(house, a_strict_client())
    assertion = signed(claims_at(house.clock.now()), algorithm=algorithm)

    assert prove(house, None, by_assertion(assertion)).id == CLIENT


@pytest.mark.parametrize("audience", [f"{ISSUER}/oauth/token", f"{ISSUER}/oauth/par", [ISSUER]], ids=str)
def test_authenticate_strict_client_that_addresses_anything_else_is_refused(house: House, audience: JsonValue) -> None:
    added(house, a_strict_client())

    assert is_refused(house, None, by_assertion(signed(claims_at(house.clock.now(), aud=audience))))


def test_authenticate_strict_client_signing_with_rs256_is_refused(house: House) -> None:
    added(house, a_strict_client())
    assertion = signed(claims_at(house.clock.now()), algorithm=Algorithm.RS256)

    assert is_refused(house, None, by_assertion(assertion))


def a_client_with_keys_elsewhere() -> Wanted:
    return replace(BY_KEY, jwks=None, jwks_uri="https://app.example/jwks")


def test_authenticate_keys_are_fetched_and_fetched_again_when_one_is_missing(house: House) -> None:
    added(house, a_client_with_keys_elsewhere())
    known = Shelf({"https://app.example/jwks": KEY_SET})
    changed = Shelf({"https://app.example/jwks": {"keys": [dict(RSA_KEY)]}}, {"https://app.example/jwks": KEY_SET})
    now = house.clock.now()

    for number, shelf in enumerate((known, changed)):
        assertion = signed(claims_at(now, jti=f"{number}"))
        assert fetching(house, shelf)(None, by_assertion(assertion), address=HOME).id == CLIENT

    assert [len(shelf.asked) for shelf in (known, changed)] == [1, 2]


def test_authenticate_keys_that_are_none_are_refused(house: House) -> None:
    added(house, a_client_with_keys_elsewhere())
    sets: tuple[Mapping[str, JsonValue], ...] = ({}, {"keys": "x"}, {"keys": [1]}, {"keys": [{"kty": "oct", "k": "x"}]})

    for answer in sets:
        with pytest.raises(ClientRefused):
            fetching(house, Shelf({"https://app.example/jwks": answer}))(
                None, by_assertion(signed(claims_at(house.clock.now()))), address=HOME
            )


def test_authenticate_keys_that_cannot_be_fetched_are_an_outage(house: House) -> None:
    added(house, a_client_with_keys_elsewhere())

    with pytest.raises(Unavailable):
        fetching(house, Shelf())(None, by_assertion(signed(claims_at(house.clock.now()))), address=HOME)


def test_authenticate_nothing_is_fetched_for_an_assertion_that_is_wrong_anyway(house: House) -> None:
    added(house, a_client_with_keys_elsewhere())
    shelf = Shelf()

    with pytest.raises(ClientRefused):
        fetching(house, shelf)(None, by_assertion(signed(claims_at(house.clock.now(), aud="x"))), address=HOME)

    assert shelf.asked == []


@dataclass
class Slow(Shelf):
    """Takes so long that something happens meanwhile."""

    meanwhile: Callable[[], object] = lambda: None

    def get(self, url: str) -> Mapping[str, JsonValue]:
        found = super().get(url)
        self.meanwhile()
        return found


def test_authenticate_client_that_is_disabled_while_its_keys_are_fetched_is_refused(house: House) -> None:
    added(house, a_client_with_keys_elsewhere())
    shelf = Slow(
        {"https://app.example/jwks": KEY_SET},
        meanwhile=lambda: house.flows.clients.set_enabled(CLIENT, enabled=False),
    )

    with pytest.raises(ClientRefused):
        fetching(house, shelf)(None, by_assertion(signed(claims_at(house.clock.now()))), address=HOME)
