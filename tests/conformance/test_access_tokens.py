# Source: RFC 7515, RFC 7519, RFC 8725, RFC 9068; the section stands in the id.
import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from doorward.adapters.jose.signatures import JoseSignatures
from doorward.core.kernel.ids import KeyId, SessionId
from doorward.core.keys import jose, tokens
from doorward.core.keys.errors import TokenRefused
from doorward.core.keys.records import AccessToken, Algorithm
from doorward.testing.clock import START

ISSUER, AUDIENCE = "https://id.example.org", "https://id.example.org/v1/mobile"
NOW = START
EPOCH = int(NOW.timestamp())
SIGNATURES = JoseSignatures()
PUBLIC, PRIVATE = SIGNATURES.generate(Algorithm.ES256, KeyId("k1"))
HEADER: dict[str, JsonValue] = {"alg": "ES256", "kid": "k1", "typ": "at+jwt"}
CLAIMS: dict[str, JsonValue] = {
    "iss": ISSUER,
    "sub": "a1",
    "aud": AUDIENCE,
    "client_id": "doorward",
    "sid": "s1",
    "jti": "t1",
    "scope": "",
    "iat": EPOCH,
    "exp": EPOCH + 300,
    "auth_time": EPOCH,
}


def part(text: str) -> str:
    return jose.b64url_encode(text.encode())


def sealed(header: str, claims: str) -> str:
    signed = f"{header}.{claims}"
    return f"{signed}.{jose.b64url_encode(SIGNATURES.sign(Algorithm.ES256, PRIVATE, signed.encode()))}"


def signed(header: JsonValue = None, claims: JsonValue = None) -> str:
    return sealed(part(json.dumps(header or HEADER)), part(json.dumps(claims or CLAIMS)))


def read(presented: str, *, issuer: str = ISSUER, audience: str = AUDIENCE) -> AccessToken:
    parsed = jose.parse(presented)
    if parsed.key_id != "k1" or parsed.algorithm is not Algorithm.ES256:
        raise TokenRefused
    if not SIGNATURES.verify(parsed.algorithm, PUBLIC, parsed.signed, signature=parsed.signature):
        raise TokenRefused
    return tokens.read_access_token(parsed, issuer=issuer, audience=audience, now=NOW)


def refuses(presented: str) -> bool:
    try:
        read(presented)
    except TokenRefused:
        return True
    return False


def test_read_good_token_returns_its_claims() -> None:
    token = read(signed())

    assert (token.subject, token.session_id, token.expires_at) == ("a1", "s1", NOW + timedelta(minutes=5))


def test_signing_input_is_what_read_reads() -> None:
    token = AccessToken(ISSUER, "a", AUDIENCE, "c", SessionId("s"), "j", "x", NOW, NOW + timedelta(seconds=60), NOW)
    signing = tokens.signing_input(token, Algorithm.ES256, KeyId("k1"))
    signature = jose.b64url_encode(SIGNATURES.sign(Algorithm.ES256, PRIVATE, signing))

    assert read(f"{signing.decode()}.{signature}") == token


@pytest.mark.parametrize(
    "header",
    [
        pytest.param({"typ": "JWT"}, id="rfc8725-3.11-id-token"),
        pytest.param({"typ": "logout+jwt"}, id="rfc8725-3.11-logout-token"),
        pytest.param({"typ": "dpop+jwt"}, id="rfc8725-3.11-dpop-proof"),
        pytest.param({"typ": "oauth-authz-req+jwt"}, id="rfc8725-3.11-request-object"),
        pytest.param({"typ": "application/jwt"}, id="rfc8725-3.11-long-form-of-another"),
        pytest.param({"typ": "application/application/at+jwt"}, id="rfc7515-4.1.9-twice"),
        pytest.param({"typ": None}, id="rfc8725-3.11-null"),
        pytest.param({"alg": "none"}, id="rfc8725-3.1-none"),
        pytest.param({"alg": "None"}, id="rfc8725-3.1-none-case"),
        pytest.param({"alg": "HS256"}, id="rfc8725-3.1-hmac-with-public-key"),
        pytest.param({"alg": "RS256"}, id="rfc8725-3.1-other-algorithm"),
        pytest.param({"alg": "ES384"}, id="rfc8725-3.1-not-ours"),
        pytest.param({"alg": ["ES256"]}, id="rfc8725-3.1-list"),
        pytest.param({"crit": []}, id="rfc7515-4.1.11-empty"),
        pytest.param({"crit": ["exp"]}, id="rfc7515-4.1.11-known-claim"),
        pytest.param({"crit": ["unknown"], "unknown": 1}, id="rfc7515-4.1.11-unknown"),
        pytest.param({"b64": False}, id="rfc7797-3-b64"),
        pytest.param({"kid": "../../dev/null"}, id="rfc8725-3.10-path"),
        pytest.param({"kid": "k1' OR '1'='1"}, id="rfc8725-3.10-sql"),
        pytest.param({"kid": 1}, id="rfc8725-3.10-number"),
        pytest.param({"kid": None}, id="rfc8725-3.10-null"),
        pytest.param({"pad": "x" * 1024}, id="rfc8725bis-3.15-long-header"),
    ],
)
def test_read_hostile_header_refuses(header: dict[str, JsonValue]) -> None:
    assert refuses(signed(header=HEADER | header))


@pytest.mark.parametrize("name", ["jwk", "jku", "x5u", "x5c"])
def test_read_key_in_header_is_ignored(name: str) -> None:
    stranger_public, stranger_private = SIGNATURES.generate(Algorithm.ES256, KeyId("k1"))
    embedded: dict[str, JsonValue] = {"jwk": json.loads(stranger_public)}
    header = HEADER | (embedded if name == "jwk" else {name: "https://attacker.example/keys"})
    signing = f"{part(json.dumps(header))}.{part(json.dumps(CLAIMS))}"
    signature = SIGNATURES.sign(Algorithm.ES256, stranger_private, signing.encode())

    assert refuses(f"{signing}.{jose.b64url_encode(signature)}")
    assert read(signed(header=header)).subject == "a1"


@pytest.mark.parametrize(
    "claims",
    [
        pytest.param({"exp": EPOCH - 31}, id="rfc7519-4.1.4-expired"),
        pytest.param({"exp": EPOCH + 301}, id="asvs-9.2.1-lives-too-long"),
        pytest.param({"exp": 10**300}, id="asvs-9.2.1-huge"),
        pytest.param({"exp": 1e308}, id="asvs-9.2.1-huge-float"),
        pytest.param({"exp": EPOCH + 60.5}, id="rfc7519-4.1.4-float"),
        pytest.param({"exp": str(EPOCH + 60)}, id="rfc7519-4.1.4-text"),
        pytest.param({"exp": True}, id="rfc7519-4.1.4-bool"),
        pytest.param({"exp": None}, id="rfc7519-4.1.4-null"),
        pytest.param({"exp": -(10**18)}, id="rfc7519-4.1.4-before-time"),
        pytest.param({"exp": EPOCH}, id="rfc7519-4.1.4-no-life"),
        pytest.param({"iat": EPOCH + 31, "exp": EPOCH + 331}, id="rfc7519-4.1.6-from-the-future"),
        pytest.param({"nbf": EPOCH + 31}, id="rfc7519-4.1.5-not-yet"),
        pytest.param({"nbf": "now"}, id="rfc7519-4.1.5-text"),
        pytest.param({"iss": ISSUER + "/"}, id="rfc9068-4-issuer-slash"),
        pytest.param({"iss": ISSUER[:-1]}, id="rfc9068-4-issuer-prefix"),
        pytest.param({"iss": ISSUER.upper()}, id="rfc9068-4-issuer-case"),
        pytest.param({"iss": [ISSUER]}, id="rfc9068-4-issuer-list"),
        pytest.param({"aud": [AUDIENCE]}, id="rfc9068-4-audience-list"),
        pytest.param({"aud": [AUDIENCE, "https://stranger.example"]}, id="rfc9068-4-audience-with-strangers"),
        pytest.param({"aud": AUDIENCE + "s"}, id="rfc9068-4-audience-suffix"),
        pytest.param({"aud": AUDIENCE[:-1]}, id="rfc9068-4-audience-prefix"),
        pytest.param({"aud": {AUDIENCE: 1}}, id="rfc9068-4-audience-object"),
        pytest.param({"aud": 1}, id="rfc9068-4-audience-number"),
        pytest.param({"sub": 1}, id="rfc9068-2.2-subject-number"),
        pytest.param({"sub": {"$ne": ""}}, id="rfc9068-2.2-subject-operator"),
        pytest.param({"deep": [[[[[[[[1]]]]]]]]}, id="rfc8725bis-3.15-deep"),
        pytest.param({"pad": "x" * 8192}, id="rfc8725bis-3.15-long"),
    ],
)
def test_read_hostile_claims_refuses(claims: dict[str, JsonValue]) -> None:
    assert refuses(signed(claims=CLAIMS | claims))


@pytest.mark.parametrize("kind", ["application/at+jwt", "AT+JWT", "Application/At+JWT"])
def test_read_other_spelling_of_the_type_is_read(kind: str) -> None:  # RFC 7515 section 4.1.9, RFC 9068 section 4
    assert read(signed(header=HEADER | {"typ": kind})).subject == "a1"


@pytest.mark.parametrize("name", sorted(set(CLAIMS) - {"sid", "auth_time"}))
def test_read_claim_absent_refuses(name: str) -> None:
    assert refuses(signed(claims={key: value for key, value in CLAIMS.items() if key != name}))


@pytest.mark.parametrize("name", sorted(HEADER))
def test_read_header_member_absent_refuses(name: str) -> None:
    assert refuses(signed(header={key: value for key, value in HEADER.items() if key != name}))


@pytest.mark.parametrize(
    ("header", "claims"),
    [
        pytest.param('{"alg":"ES256","alg":"ES256","kid":"k1","typ":"at+jwt"}', None, id="rfc7519-4-twice-in-header"),
        pytest.param(None, json.dumps(CLAIMS)[:-1] + ',"sub":"a2"}', id="rfc7519-4-twice-in-claims"),
        pytest.param(None, json.dumps(CLAIMS)[:-1] + ',"act":{"sub":1,"sub":2}}', id="rfc7519-4-twice-inside"),
        pytest.param(None, json.dumps(CLAIMS)[:-1] + ',"s\\u0075b":"a2"}', id="rfc7519-4-twice-escaped"),
        pytest.param(None, json.dumps(CLAIMS)[:-1] + ',"x":NaN}', id="rfc8259-6-nan"),
        pytest.param(None, json.dumps(CLAIMS)[:-1] + ',"x":Infinity}', id="rfc8259-6-infinity"),
        pytest.param(None, json.dumps(CLAIMS)[:-1], id="rfc8259-4-cut"),
        pytest.param(None, json.dumps(CLAIMS) + "{}", id="rfc8259-2-two-values"),
        pytest.param(None, json.dumps([CLAIMS]), id="rfc7519-7.2-list"),
        pytest.param(None, '"claims"', id="rfc7519-7.2-text"),
        pytest.param(None, "[" * 3000, id="rfc8725bis-3.15-unclosed"),
        pytest.param("[]", None, id="rfc7515-4-header-list"),
        pytest.param("\ufeff" + json.dumps(HEADER), None, id="rfc8259-8.1-byte-order-mark"),
    ],
)
def test_read_json_that_two_readers_would_read_differently_refuses(header: str | None, claims: str | None) -> None:
    presented = sealed(part(header or json.dumps(HEADER)), part(claims or json.dumps(CLAIMS)))

    assert refuses(presented)


def test_read_text_that_is_not_utf8_refuses() -> None:
    claims = json.dumps(CLAIMS).encode().replace(b'"a1"', b'"a\xff"')

    assert refuses(sealed(part(json.dumps(HEADER)), jose.b64url_encode(claims)))


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda token: token + ".", id="rfc7515-7.1-four-parts"),
        pytest.param(lambda token: token + ".e30.e30", id="rfc7516-9-five-parts"),
        pytest.param(lambda token: token.rpartition(".")[0], id="rfc7515-7.1-two-parts"),
        pytest.param(lambda token: token.rpartition(".")[0] + ".", id="rfc7515-7.1-no-signature"),
        pytest.param(lambda token: " " + token, id="rfc8725bis-3.14-space-before"),
        pytest.param(lambda token: token + "\n", id="rfc8725bis-3.14-line-break-behind"),
        pytest.param(lambda token: token.replace(".", " .", 1), id="rfc8725bis-3.14-space-inside"),
        pytest.param(lambda token: f'"{token}"', id="rfc8725bis-3.14-quotes"),
        pytest.param(lambda token: "{" + token + "}", id="rfc8725bis-3.14-braces"),
        pytest.param(lambda token: token + "=", id="rfc7515-2-padding"),
        pytest.param(lambda token: token.replace(".", "=.", 1), id="rfc7515-2-padding-inside"),
        pytest.param(lambda token: token[:-1] + chr(ord(token[-1]) + 1), id="rfc4648-3.5-loose-bits"),
        pytest.param(lambda token: token + "ä", id="rfc7515-2-not-ascii"),
        pytest.param(lambda _: "", id="rfc7515-7.1-empty"),
        pytest.param(lambda _: "..", id="rfc7515-7.1-dots"),
    ],
)
def test_read_other_spelling_refuses(change: Callable[[str], str]) -> None:
    assert refuses(change(signed()))


@given(place=st.integers(min_value=0), letter=st.sampled_from("ABCXYZabcxyz0189-_.=+/ \n"))
def test_read_one_character_changed_refuses(place: int, letter: str) -> None:
    good = signed()
    place %= len(good)
    changed = good[:place] + letter + good[place + 1 :]

    assert changed == good or refuses(changed)


@given(st.text(max_size=400) | st.from_regex(r"[A-Za-z0-9_-]{0,80}\.[A-Za-z0-9_-]{0,80}\.[A-Za-z0-9_-]{0,80}"))
def test_parse_arbitrary_text_refuses_and_raises_nothing_else(presented: str) -> None:
    assert refuses(presented)
