import pytest

from doorward.core.kernel.ids import ClientId
from doorward.core.oauth.tokens.id_token import SignedIn, at_hash, id_token, logout_token
from tests.builders import ISSUER, NOW, SESSION

CLIENT = ClientId("reports")
SIGNED_IN = SignedIn(ISSUER, "subject", CLIENT, SESSION, NOW, acr="urn:acr", amr=("pwd", "otp"))


def test_id_token_says_who_signed_in_where_and_when() -> None:
    claims = id_token(SIGNED_IN, access_token="token", nonce="n", about={"email": "m@mail.example"}, now=NOW)

    now = int(NOW.timestamp())
    assert claims == {
        "iss": ISSUER,
        "sub": "subject",
        "aud": "reports",
        "azp": "reports",
        "sid": SESSION,
        "iat": now,
        "exp": now + 300,
        "auth_time": now,
        "nonce": "n",
        "acr": "urn:acr",
        "amr": ["pwd", "otp"],
        "at_hash": at_hash("token"),
        "email": "m@mail.example",
    }


def test_id_token_without_nonce_and_how_holds_none() -> None:
    signed_in = SignedIn(ISSUER, "subject", CLIENT, SESSION, NOW)

    claims = id_token(signed_in, access_token="token", nonce=None, about={}, now=NOW)

    assert (claims["nonce"], claims["acr"], claims["amr"]) == (None, None, None)


@pytest.mark.parametrize("name", ["sub", "iss", "aud", "exp", "sid", "nonce", "azp", "events"])
def test_id_token_claim_about_the_person_never_takes_the_place_of_a_reserved_one(name: str) -> None:  # class 22
    claims = id_token(SIGNED_IN, access_token="token", nonce=None, about={name: "forged"}, now=NOW)

    assert claims.get(name) != "forged"


def test_at_hash_is_that_of_the_vector() -> None:
    # OpenID Connect Core 1.0 appendix A.3: the access token and its hash in the example of `code id_token token`.
    assert at_hash("jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y") == "77QmUPtjPfzWtF2AnpK9RQ"


def test_logout_token_names_the_session_and_the_event_and_holds_no_nonce() -> None:
    claims = logout_token(issuer=ISSUER, subject="subject", client_id=CLIENT, session_id=SESSION, token_id="j", now=NOW)

    assert claims["events"] == {"http://schemas.openid.net/event/backchannel-logout": {}}
    assert set(claims) == {"iss", "sub", "aud", "sid", "jti", "iat", "exp", "events"}
