from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.core.oauth.gateways.records import ProtectedHost, callback_of
from doorward.core.oauth.gateways.returns import CameBack, Returns
from doorward.core.oauth.records import INTERACTION_LIVES_FOR
from doorward.core.oauth.rules import pkce
from tests.builders import ISSUER, NOW

OWN, APP, OTHER = ProtectedHost(ISSUER), ProtectedHost("https://app.example"), ProtectedHost("https://other.example")
HOSTS = {host.origin: host for host in (OWN, APP, OTHER)}
RETURNS = Returns(bytes(32), ISSUER, HOSTS)
TARGET = "https://app.example/a?b=c"


def begun(returns: Returns = RETURNS, target: str = TARGET, mark: str = "mark") -> dict[str, str]:
    """Return the parameters of the address that a browser is sent to."""
    address = returns.begin(APP, target, mark=mark, now=NOW)
    assert address.startswith(f"{ISSUER}/oauth/authorize?")
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


def come_back(state: str, mark: str = "mark", returns: Returns = RETURNS) -> CameBack | None:
    return returns.come_back(state, ISSUER, mark=mark, now=NOW)


def test_returns_come_back_leads_to_the_target_with_the_verifier_of_the_challenge() -> None:
    asked = begun()

    came = come_back(asked["state"])

    assert came is not None
    assert (came.host, came.target) == (APP, TARGET)
    assert pkce.matches(asked["code_challenge"], came.verifier)
    assert came.verifier not in repr(came)


def test_returns_ask_for_nothing_but_who_it_is() -> None:
    asked = begun()

    assert asked["scope"] == "openid"
    assert (asked["response_type"], asked["code_challenge_method"]) == ("code", "S256")
    assert asked["redirect_uri"] == "https://app.example/forward-auth/callback"


def test_returns_come_back_in_another_browser_is_none_and_its_verifier_another() -> None:
    state = begun()["state"]

    assert come_back(state, "another mark") is None
    assert begun(mark="another mark")["code_challenge"] != begun()["code_challenge"]


def test_returns_come_back_too_late_is_none() -> None:
    state = begun()["state"]

    assert RETURNS.come_back(state, ISSUER, mark="mark", now=NOW + INTERACTION_LIVES_FOR) is None
    almost = NOW + INTERACTION_LIVES_FOR - timedelta(seconds=1)
    assert RETURNS.come_back(state, ISSUER, mark="mark", now=almost) is not None


def test_returns_come_back_from_another_issuer_is_none() -> None:
    assert RETURNS.come_back(begun()["state"], "https://evil.example", mark="mark", now=NOW) is None


def test_returns_come_back_to_a_host_that_is_guarded_no_more_is_none() -> None:
    state = begun()["state"]

    assert come_back(state, returns=Returns(bytes(32), ISSUER, {OTHER.origin: OTHER})) is None


def test_returns_come_back_to_a_target_that_somebody_else_sealed_is_none() -> None:
    forged = begun(Returns(bytes(31) + b"1", ISSUER, HOSTS), "https://app.example/evil")["state"]

    assert come_back(forged) is None


def test_returns_come_back_with_any_part_of_another_is_none() -> None:
    one, other = begun()["state"].split("."), begun(target="https://app.example/other")["state"].split(".")

    for place in (1, 2):
        mixed = [*one]
        mixed[place] = other[place]
        assert come_back(".".join(mixed)) is None
    assert come_back(".".join([str(int(one[0]) + 1), *one[1:]])) is None


@pytest.mark.parametrize(
    "state", ["", ".", "..", "a.b.c", "1.b", "1.b.c.d", "1.b.\udc80", "1.\udc80.c", "\u0661.b.c", "-1.b.c"]
)
def test_returns_come_back_with_what_is_no_state_is_none(state: str) -> None:
    assert come_back(state) is None


@given(st.text(max_size=60), st.text(max_size=60))
def test_returns_come_back_with_arbitrary_text_is_none(state: str, mark: str) -> None:
    assert come_back(state, mark) is None


def test_callback_stands_on_the_host_and_on_the_issuers_own_below_its_path() -> None:
    assert callback_of(APP, ISSUER) == "https://app.example/forward-auth/callback"
    assert callback_of(OWN, f"{ISSUER}/auth") == f"{ISSUER}/auth/forward-auth/callback"


def test_state_fits_what_the_authorization_endpoint_takes() -> None:
    longest = f"https://app.example/{'a' * 1004}"

    asked = begun(target=longest)

    assert len(longest) == 1024
    assert len(asked["state"]) <= 2048
